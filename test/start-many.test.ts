import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { startTemporalServer } from '../dev/temporal-server';
import type { TemporalServer } from '../dev/temporal-server';
import { connectRefundClient, InvalidRefundRequestError } from '../src/client';
import type { ConnectedRefundClient, RefundRequest, StartResult } from '../src/client';
import { ensureSearchAttributes } from '../src/runtime/search-attributes';
import { runRefund } from './support/cli';
import { compileCode } from './support/compile';
import type { Extra, Ran } from './support/cli';
import { aDsquaresLeg, aPaywallLeg, aSipayLeg } from './support/requests';

/** Many refunds at once, on a server that is killed and started again; no worker is needed to start one. */
let server: TemporalServer;
let folder: string;
let refunds: ConnectedRefundClient;
/** Calls under way now, and the most that ever were. */
const calls = { now: 0, most: 0 };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refund-many-'));
  await compileCode(folder);
  server = await startTemporalServer({ useConfigured: false, dbFilename: path.join(folder, 'temporal.db') });
  const connection = await NativeConnection.connect({ address: server.address });
  await ensureSearchAttributes(connection, 'default');
  await connection.close();
  refunds = await connectRefundClient({
    environment: { TEMPORAL_ADDRESS: server.address },
    patienceMs: 2_000,
    timeoutMs: 5_000,
    interceptors: {
      workflow: [
        {
          startWithDetails: (input, next) => counted(() => next(input)),
          describe: (input, next) => counted(() => next(input)),
        },
      ],
    },
  });
});

afterAll(async () => {
  await refunds.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => (calls.most = 0));

async function counted<Result>(call: () => Promise<Result>): Promise<Result> {
  calls.now += 1;
  calls.most = Math.max(calls.most, calls.now);
  try {
    return await call();
  } finally {
    calls.now -= 1;
  }
}

let count = 0;

function aRequest(overrides: Partial<RefundRequest> = {}): RefundRequest {
  count += 1;
  const refundId = `many-${count}`;
  const who = { requestedBy: 'order-service', reason: 'goods returned' };
  return { refundId, orderId: refundId, currency: 'TRY', ...who, cash: aSipayLeg(), ...overrides };
}

const requests = (number: number) => Array.from({ length: number }, () => aRequest());

async function fileOf(lines: readonly (RefundRequest | string)[]): Promise<string> {
  const file = path.join(folder, `${Math.random()}.ndjson`);
  await writeFile(
    file,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return file;
}

function refund(args: string[], extra: Extra = {}): Promise<Ran> {
  return runRefund(args, {
    ...extra,
    environment: { TEMPORAL_ADDRESS: server.address, ...extra.environment },
  });
}

interface Line {
  line: number;
  refundId: string;
  outcome: StartResult['outcome'];
  code?: string;
}

const linesOf = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .toSorted((one, other) => one.line - other.line);

const outcomes = (results: readonly { outcome: string }[]) => results.map(({ outcome }) => outcome);

async function runsOf(refundId: string): Promise<number> {
  for (;;) {
    const found = await refunds.list({ orderId: refundId });
    if (found.length > 0) return found.length;
  }
}

describe('startAll', () => {
  test('1,000 refunds handed over at once are all started, with no more than 20 calls at a time', async () => {
    const many = requests(1_000);
    let told = 0;
    const results = await refunds.startAll(many, { onResult: () => (told += 1) });
    expect(new Set(outcomes(results))).toEqual(new Set(['started']));
    expect(results.map(({ refundId }) => refundId)).toEqual(many.map(({ refundId }) => refundId));
    expect(told).toBe(1_000);
    expect(calls).toEqual({ now: 0, most: 20 });
  });

  test('tells what is there already from another under the same id, and starts nothing twice', async () => {
    const [first, second, third] = [aRequest(), aRequest(), aRequest()];
    await refunds.startAll([first, second]);
    const other = { ...second, reason: 'something else' };
    const results = await refunds.startAll([first, other, third], { parallel: 2 });
    expect(outcomes(results)).toEqual(['existing', 'conflict', 'started']);
    expect(results[1]).toMatchObject({ error: { code: 'conflict' } });
    expect(calls.most).toBeLessThanOrEqual(2);
    expect(await runsOf(first.refundId)).toBe(1);
  });

  test('starts nothing where one is wrong, and names each by its place and path', async () => {
    const [good, bad] = [aRequest(), aRequest({ currency: 'hunter2' })];
    const started = refunds.startAll([good, bad, { ...aRequest(), refundId: good.refundId }]);
    await expect(started).rejects.toBeInstanceOf(InvalidRefundRequestError);
    await expect(started).rejects.toMatchObject({
      problems: [
        'requests[1]: currency: must be an ISO 4217 currency',
        'requests[2]: refundId: is also that of requests[0]',
      ],
    });
    expect(calls.most).toBe(0);
    await expect(refunds.startAll([good], { parallel: 0 })).rejects.toThrow(
      'parallel must be a whole number',
    );
  });

  test('a signal ends it: what was sent is known, the rest was not begun', async () => {
    const stop = new AbortController();
    const onResult = () => stop.abort();
    const results = await refunds.startAll(requests(10), { parallel: 3, signal: stop.signal, onResult });
    expect(outcomes(results)).toEqual([
      ...Array<string>(3).fill('started'),
      ...Array<string>(7).fill('notBegun'),
    ]);
  });

  test('bears a server that is restarted; one that stays away ends it, and it goes on when called again', async () => {
    const restarted = requests(40);
    const away = refunds.startAll(restarted, {
      parallel: 4,
      onResult: (_, index) => void (index === 9 && cut()),
    });
    const cut = () => server.killHard().then(() => server.restart());
    expect(outcomes(await away).every((outcome) => outcome === 'started' || outcome === 'existing')).toBe(
      true,
    );

    const many = requests(40);
    let killed: Promise<unknown> | undefined;
    const results = await refunds.startAll(many, {
      parallel: 4,
      onResult: (_, index) => {
        if (index === 9) killed = server.killHard();
      },
    });
    await killed;
    const unknown = results.filter(({ outcome }) => outcome === 'unknown');
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.length).toBeLessThanOrEqual(4);
    expect(unknown[0]).toMatchObject({ error: { code: 'serverUnanswered' } });
    expect(outcomes(results).slice(20)).toEqual(Array(20).fill('notBegun'));

    await server.restart();
    const again = await refunds.startAll(many);
    const wasStarted = results.map(({ outcome }) => outcome === 'started');
    expect(again.every(({ outcome }, index) => !wasStarted[index] || outcome === 'existing')).toBe(true);
    expect(again.every(({ outcome }) => outcome === 'started' || outcome === 'existing')).toBe(true);
    for (const { refundId } of many.slice(0, 12)) expect(await runsOf(refundId)).toBe(1);
  });
});

describe('refund start --lines', () => {
  test('needs a yes: in a pipe --yes, on a terminal an answer to the count and the sums', async () => {
    const wanted = [
      aRequest({ loyalty: aDsquaresLeg(), sale: aPaywallLeg() }),
      aRequest({ currency: 'JPY' }),
      aRequest({ cash: { ...aSipayLeg(), amountMinor: 10 ** 12 } }),
    ];
    const args = ['start', '--lines', await fileOf(wanted)];
    const sums = [
      '3 refunds of 3 orders:',
      'PROVIDER  LEGS  SUM',
      'dsquares  1     500 points',
      'paywall   1     100.00 TRY',
      'sipay     1     2550 JPY',
      'sipay     2     10000000025.50 TRY',
      'In all: 500 points · 10000000125.50 TRY · 2550 JPY',
    ];
    const piped = await refund(args);
    expect(piped).toMatchObject({ code: 2, out: '' });
    for (const line of [...sums, 'Missing: --yes; nothing was started.']) expect(piped.err).toContain(line);
    const no = await refund(args, { answers: ['n'] });
    expect(no).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('Start 3 refunds? [y/N]') as string,
    });
    const yes = await refund(args, { answers: ['y'] });
    expect(yes.code).toBe(0);
    for (const line of sums) expect(yes.err).toContain(line);
    expect(outcomes(linesOf(yes.out))).toEqual(['started', 'started', 'started']);
  });

  test('prints a line for each, and run again attaches to the same ones', async () => {
    const wanted = requests(5);
    const file = await fileOf(['\uFEFF' + JSON.stringify(wanted[0]), '', ...wanted.slice(1)]);
    const first = await refund(['start', '--lines', file, '--yes', '--parallel', '2']);
    expect(first).toMatchObject({ code: 0, err: '5 refunds: 5 started.\n' });
    expect(linesOf(first.out).map(({ line }) => line)).toEqual([1, 3, 4, 5, 6]);
    const again = await refund(['start', '--lines', '-', '--yes'], {
      stdin: [...wanted, aRequest(), { ...aRequest(), refundId: 'many-1' }]
        .map((one) => JSON.stringify(one))
        .join('\n'),
      screen: true,
    });
    expect(again.code).toBe(1);
    expect(outcomes(linesOf(again.out))).toEqual([
      ...Array<string>(5).fill('existing'),
      'started',
      'conflict',
    ]);
    expect(linesOf(again.out).at(-1)).toMatchObject({ line: 7, refundId: 'many-1', code: 'conflict' });
    expect(again.err).toContain('[########################################] 7 of 7 refunds\r');
    expect(again.err).toContain(
      '1 started; 5 already there, as requested; 1 not started, because the id is used',
    );
  });

  test('tells every mistake by line and path before anything is started, and repeats nothing', async () => {
    const good = aRequest();
    const file = await fileOf([
      good,
      '{"refundId": "hunter2",',
      { ...aRequest(), currency: 'hunter2' },
      good,
      `{"a": 1, "a": "hunter2"}`,
    ]);
    const { code, out, err } = await refund(['start', '--lines', file, '--yes'], {
      environment: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      [
        'The file holds 4 mistakes; nothing was started. Correct it and start it again.',
        'line 2: (request): is not JSON',
        'line 3: currency: must be an ISO 4217 currency',
        'line 4: refundId: is also that of line 1',
        'line 5: a: appears more than once',
        '',
      ].join('\n'),
    );
  });

  test.each([
    [['start']],
    [['start', 'a.json', '--lines', 'b.ndjson']],
    [['start', '--lines', 'b.ndjson', '--wait']],
    [['start', '--lines', '-', '--yes']],
    [['start', '--lines', '-', '--yes', '--parallel', '0']],
  ])('refund %j is wrong usage', async (args) => {
    const { code, out, err } = await refund(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  test('as a process whose server is killed in the middle: what is known is told, and run again it ends', async () => {
    const wanted = requests(200);
    const file = await fileOf(wanted);
    const cut = startLines(file);
    await cut.printed(50);
    await server.killHard();
    const { code, out, err } = await cut.ended;
    expect(code).toBe(4);
    const lines = linesOf(out);
    expect(lines).toHaveLength(200);
    const has = (outcome: string) => lines.filter((line) => line.outcome === outcome).length;
    expect(has('unknown')).toBeGreaterThan(0);
    const told = err.replace(/\s+/g, ' ');
    expect(told).toContain(`200 refunds: ${has('started')} started; ${has('unknown')} not known`);
    expect(told).toContain(
      'Run the same command again: what was started is attached to, and nothing is started twice.',
    );

    await server.restart();
    const again = await startLines(file).ended;
    expect(again).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^200 refunds: \d+ started; \d+ already/) as string,
    });
    expect(linesOf(again.out).filter(({ outcome }) => outcome === 'existing').length).toBeGreaterThanOrEqual(
      has('started'),
    );
  });
});

/** The built command line, as a script runs it. */
function startLines(file: string) {
  const built = path.join(folder, 'src', 'cli', 'process.js');
  const script = 'require(process.argv[1]).runProcess("1.2.3")';
  const child = spawn(
    process.execPath,
    ['-e', script, built, 'start', '--lines', file, '--yes', '--parallel', '4'],
    {
      env: { ...process.env, TEMPORAL_ADDRESS: server.address },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ran>((resolve) =>
    child.on('close', (code) => resolve({ code: code ?? -1, out, err })),
  );
  const printed = async (number: number) => {
    while (out.split('\n').length <= number) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { ended, printed };
}
