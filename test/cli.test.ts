import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { defineSearchAttributeKey } from '@temporalio/common';
import { table } from '../src/cli/layout';
import { runCli } from '../src/cli/main';
import { json } from '../src/cli/text';
import { showRows, showState } from '../src/cli/show';
import type { RefundRequest, RefundState } from '../src/client';
import { approverKeys, privatePem } from './support/approvers';
import { parsed, runRefund } from './support/cli';
import type { Extra, Ran } from './support/cli';
import { aPaywallLeg, aRefund, aSipayLeg, aWyreLeg, emptyFloatFor } from './support/requests';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

/** Every refund asks a person; wyre is not configured. */
let saga: Saga;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'refund-cli-'));
  saga = await startSaga({ environment: { APPROVAL_LIMITS: '', WYRE_BASE_URL: '', WYRE_API_KEY: '' } });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await saga.close();
});

function refund(args: string[], extra: Extra = {}): Promise<Ran> {
  const environment = { REFUND_TASK_QUEUE: saga.taskQueue, ...extra.environment };
  return runRefund(args, { ...extra, environment });
}

async function fileOf(request: unknown): Promise<string> {
  const file = path.join(folder, `${Math.random()}.json`);
  await writeFile(file, typeof request === 'string' ? request : JSON.stringify(request));
  return file;
}

function request(overrides: Partial<RefundRequest> = {}): RefundRequest {
  return aRefund(saga.simulators, overrides);
}

async function started(overrides: Partial<RefundRequest> = {}): Promise<RefundRequest> {
  const wanted = request(overrides);
  expect(await refund(['start', await fileOf(wanted)])).toMatchObject({ code: 0 });
  const handle = saga.client.workflow.getHandle(`refund:${wanted.refundId}`);
  await saga.until(handle, ({ waitingOn, status }) => waitingOn !== null || status === 'invalid');
  return wanted;
}

function containing(text: string): string {
  return expect.stringContaining(text) as string;
}

describe('usage', () => {
  test('help names every command and the exit codes', async () => {
    const { code, out } = await refund(['--help']);
    expect(code).toBe(0);
    for (const name of [
      ...['start', 'check', 'attention', 'show', 'status', 'wait', 'watch'],
      ...['approve', 'reject', 'resolve', 'cancel', 'heal', 'list'],
    ]) {
      expect(out).toContain(`  ${name} `);
    }
    expect(out).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}4 /);
    expect(await refund(['list', '--help'])).toMatchObject({
      code: 0,
      out: containing('--json'),
    });
  });

  test.each([
    [[]],
    [['frobnicate']],
    [['status']],
    [['approve', 'rf-1']],
    [['resolve', 'rf-1', '--leg', 'tip', '--outcome', 'retry', '--by', 'ana', '--evidence', 'x']],
    [['resolve', 'rf-1', '--leg', 'cash', '--outcome', 'forget', '--by', 'ana', '--evidence', 'x']],
    [['resolve', 'rf-1', '--by', 'ana', '--evidence', 'x', '--evidence-file', '-']],
    [['resolve', 'rf-1', '--by', 'ana', '--evidence-file', '/no/such/file']],
    [['approve', 'rf-1', '--by', 'ana', '--note', 'x', '--note-file', '-']],
    [['order', 'release', 'order-1', '--refund', 'rf-1', '--by', 'ana', '--yes']],
    [['list', '--limit', '0']],
    [['list', '--status', 'lost']],
    [['start', '/no/such/file.json']],
  ])('refund %j is wrong usage', async (args) => {
    const { code, out, err } = await refund(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  test('a wrong environment is told by name, without its value', async () => {
    const { code, err } = await refund(['list'], { environment: { PAYLOAD_KEYS: 'hunter2' } });
    expect(code).toBe(2);
    expect(err).toContain('PAYLOAD_KEYS must be');
    expect(err).not.toContain('hunter2');
  });
});

describe('refund start', () => {
  test('starts from a file or standard input, and attaches to the same refund', async () => {
    const wanted = request({ reason: 'iade edildi: çürük ürün' });
    const first = await refund(['start', await fileOf(wanted), '--json']);
    expect(first).toMatchObject({ code: 0, err: '' });
    const answer = parsed(first);
    expect(answer).toMatchObject({ refundId: wanted.refundId, existing: false });
    const again = await refund(['start', '-', '--json'], { stdin: `\uFEFF${JSON.stringify(wanted)}` });
    expect(parsed(again)).toEqual(Object.assign({}, answer, { existing: true }));
    const text = await refund(['start', '-'], { stdin: JSON.stringify(wanted) });
    expect(text.out).toBe(`Refund ${wanted.refundId} was already started (refund:${wanted.refundId}).\n`);
    const other = await refund(['start', await fileOf({ ...wanted, reason: 'hunter2' })]);
    expect(other).toMatchObject({ code: 1, out: '' });
    expect(other.err).toContain('already used for a different refund; nothing was started');
    expect(other.err).not.toContain('hunter2');
  });

  test.each([
    ['{"walletCode": "hunter2",', '(request): is not JSON'],
    ['"hunter2"', '(request): '],
    [
      '{"cash":{"amountMinor":1,"a":["}\\""],"amount\\u004dinor":2}}',
      'cash.amountMinor: appears more than once',
    ],
    [
      '{"a":[{},{"b c":1,"b c":"hunter2"}],"a":1}',
      'a.1.?: appears more than once; a: appears more than once',
    ],
    ['{"refundId":"hunter 2"}', 'refundId: must match'],
  ])('refuses %j, even without a server, and repeats nothing of it', async (content, problem) => {
    const environment = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const { code, out, err } = await refund(['start', await fileOf(content)], { environment });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(problem);
    expect(err).not.toMatch(/hunter/);
  });

  /** The age beside a time is another one a second later. */
  const withoutAges = (text: string) => text.replace(/ \((?:in )?\d+ [smhd]\)/g, '');

  test('--wait ends with the refund: 0 when refunded, else 1', async () => {
    const refunded = request();
    const rejected = request();
    const waits = [refunded, rejected].map(async (wanted) =>
      refund(['start', await fileOf(wanted), '--wait']),
    );
    const decided = async (wanted: RefundRequest, decision: string) => {
      const decide = () => refund([decision, wanted.refundId, '--by', 'ana', '--signal']);
      while ((await decide()).code !== 0) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await Promise.all([decided(refunded, 'approve'), decided(rejected, 'reject')]);
    const [done, refused] = await Promise.all(waits);
    expect(done).toMatchObject({ code: 0, out: containing(': refunded\n') });
    expect(done?.err).toContain('started');
    expect(refused).toMatchObject({ code: 1, out: containing(': rejected\n') });
    const { code, out } = await refund(['wait', refunded.refundId]);
    expect({ code, out: withoutAges(out) }).toEqual({ code: 0, out: withoutAges(done?.out ?? '') });
    const again = await refund(['wait', rejected.refundId, '--json']);
    expect(again.code).toBe(1);
    expect((parsed(again) as RefundState).status).toBe('rejected');
  });

  test('--wait says at once what it waits for', async () => {
    const wanted = request();
    let told = '';
    const code = runCli(['start', await fileOf(wanted), '--wait', '--json'], {
      stdout: { write: () => true },
      stderr: { write: (text: string) => (told += text) },
      environment: { TEMPORAL_ADDRESS: process.env.TEMPORAL_TEST_ADDRESS, REFUND_TASK_QUEUE: saga.taskQueue },
      version: '1.2.3',
    });
    while (!told.includes('Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toContain(`Refund ${wanted.refundId} started (refund:${wanted.refundId}).`);
    expect(told).toMatch(new RegExp(`Waiting for the end of refund ${wanted.refundId} \\(now \\w+`));
    const handle = saga.client.workflow.getHandle(`refund:${wanted.refundId}`);
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
    expect(await refund(['reject', wanted.refundId, '--by', 'ana', '--yes'])).toMatchObject({ code: 0 });
    expect(await code).toBe(1);
  });

  test('--wait for a request that the workers refuse ends with 1 and its problems', async () => {
    const wanted = request({ cash: aWyreLeg() });
    const { code, out, err } = await refund(['start', await fileOf(wanted), '--wait', '--json']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('cash.provider: this provider is not served here (PROVIDERS)');
  });
});

describe('a start under a used id that the workers refuse', () => {
  const startAnew = async (wanted: RefundRequest) => {
    const { workflow } = saga.client;
    const again = await workflow.start('refundOrder', {
      taskQueue: saga.taskQueue,
      workflowId: `refund:${wanted.refundId}`,
      args: [{ ...wanted, reason: 'something else' }],
    });
    await again.result().catch(() => undefined);
    return again;
  };

  test('points to the older run, which is paid, and never to a new id', async () => {
    const wanted = await started();
    await refund(['approve', wanted.refundId, '--by', 'ana', '--yes']);
    expect(await refund(['wait', wanted.refundId])).toMatchObject({ code: 0 });
    const older = await saga.client.workflow.getHandle(`refund:${wanted.refundId}`).describe();
    await startAnew(wanted);

    const wait = await refund(['wait', wanted.refundId]);
    expect(wait.code).toBe(1);
    expect(wait.err).toContain(
      'nothing was sent by this run. An older run under this id may have moved money',
    );
    expect(wait.err).toContain(`refund show ${wanted.refundId}, and refund stuck`);
    expect(wait.err).toMatch(/\. refundId: an older run under this id asked for something else\n$/);

    let show = await refund(['show', wanted.refundId]);
    // Lists are a moment behind.
    while (!show.out.includes(older.runId)) show = await refund(['show', wanted.refundId]);
    expect(show.out).toMatch(new RegExp(`^Refund ${wanted.refundId} of order ${wanted.orderId}\n`));
    expect(show.out).toContain('- refundId: an older run under this id asked for something else');
    expect(show.out).toContain(`Run ${older.runId}:\n\nRefunded: 500 points (loyalty)`);
    const json = parsed(await refund(['show', wanted.refundId, '--json']));
    expect(json).toMatchObject({ olderRuns: [{ runId: older.runId, status: 'refunded' }] });

    const status = await refund(['status', wanted.refundId]);
    expect(status.err).toContain('An older run under it may have moved money');
    const conflict = await refund(['start', await fileOf({ ...wanted, reason: 'a third thing' })]);
    expect(conflict.err).toContain(
      'failed because that was invalid, and sent nothing; nothing was started now',
    );
    expect(conflict.err).toContain(`look whether an older run moved money: refund show ${wanted.refundId}`);
    const refused = await fileOf({ ...wanted, reason: 'something else' });
    const same = await refund(['start', refused]);
    expect(same.out).toContain('Its run has failed: nothing goes on, and nothing was started now');
    for (const { out, err } of [wait, show, status, conflict])
      expect(out + err).not.toMatch(/no money moved|under a new refund id|that refund is unchanged/);
  });

  test('is told as refused to whoever watches, with the run that sent nothing', async () => {
    const wanted = await started();
    const { workflow } = saga.client;
    const watched = refund(['watch', wanted.refundId]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await workflow.getHandle(`refund:${wanted.refundId}`).terminate('a test');
    const again = await startAnew(wanted);
    const { code, out, err } = await watched;
    expect({ code, out }).toEqual({
      code: 1,
      out: containing(`was refused as invalid; run ${again.firstExecutionRunId} has sent nothing`),
    });
    expect(err).toContain('An older run under this id may have moved money');
  });
});

describe('people', () => {
  test('approve and reject are answered; whoever requested the refund is refused', async () => {
    const { refundId, orderId } = await started();
    const waiting = await refund(['status', refundId]);
    expect(waiting).toMatchObject({ code: 0, err: '' });
    expect(waiting.out).toContain(
      `Refund ${refundId} of order ${orderId}: awaitingApproval, waiting for a person`,
    );
    expect(waiting.out).toMatch(/^sale {5}paywall {3}pending {2}100\.00 TRY$/m);
    expect(waiting.out).toContain(`What to look at and what to do: refund show ${refundId}`);
    const refused = await refund(['approve', refundId, '--by', 'order-service']);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/^Refused, nothing was changed: the requester of a refund cannot decide/);
    const rejected = await refund(['reject', refundId, '--by', 'ana', '--note', 'no ticket', '--json']);
    expect(rejected).toMatchObject({ code: 0, err: '' });
    expect((parsed(rejected) as RefundState).approval).toMatchObject({ by: 'ana', note: 'no ticket' });
    await refund(['wait', refundId]);
    const late = await refund(['approve', refundId, '--by', 'bob']);
    expect(late).toMatchObject({ code: 1, err: containing('has already ended') });
  });

  test('resolve settles a parked leg, and is refused with what it accepts', async () => {
    const wanted = request();
    delete wanted.loyalty;
    const match = wanted.cash?.provider === 'sipay' ? wanted.cash.transactionId : '';
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'refuse', match });
    await refund(['start', await fileOf(wanted)]);
    const { refundId } = wanted;
    const note = ['--note-file', '-'];
    const approved = await refund(['approve', refundId, '--by', 'ana', ...note], { stdin: 'seen\n' });
    expect(approved.out).toMatch(/^\S+ \S+ UTC \(\d+ s\) ana: approve \(seen\)$/m);
    expect(approved.out).not.toContain('waiting for a person');
    await saga.parked(saga.client.workflow.getHandle(`refund:${refundId}`), 'cash');
    const { out } = await refund(['status', refundId]);
    expect(out).toMatch(/^LEG {3}PROVIDER {2}STATE {5}AMOUNT {6}REFERENCE/m);
    expect(out).toMatch(/^sale {2}paywall {3}refunded {2}100\.00 TRY {2}\S+ +answer$/m);
    expect(out).toMatch(/^cash {2}sipay {5}parked {4}25\.50 TRY$/m);
    expect(out).toContain('cash: the refund was declined (declined)');
    expect(out).toContain('It now accepts: retry, refunded, turnBack');
    const say = (...more: string[]) =>
      refund(['resolve', refundId, '--leg', 'cash', '--by', 'ana', '--evidence-file', '-', ...more], {
        stdin: 'paid by bank\n',
      });
    const wrong = await say('--outcome', 'waived');
    expect(wrong).toMatchObject({
      code: 1,
      out: '',
      err: containing('now accepts: retry, refunded'),
    });
    const settled = await say('--outcome', 'refunded', '--reference', 'bank-1', '--json');
    expect(parsed(settled)).toMatchObject({
      legs: { cash: { receipt: { providerReference: 'bank-1' } } },
      people: [{ note: 'seen' }, { evidence: 'paid by bank' }],
    });
    expect(await refund(['wait', refundId])).toMatchObject({ code: 0 });
  });

  test('cancel asks to stop; a terminated run is shown as cut off', async () => {
    const { refundId } = await started();
    const cancelled = await refund(['cancel', refundId, '--json']);
    expect(parsed(cancelled)).toEqual({ refundId, cancelRequested: true });
    expect(await refund(['wait', refundId])).toMatchObject({
      code: 1,
      out: containing('cancelled'),
    });
    expect(await refund(['cancel', refundId])).toMatchObject({ code: 1 });

    const other = await started();
    await saga.client.workflow.getHandle(`refund:${other.refundId}`).terminate('wrong button');
    const status = await refund(['status', other.refundId]);
    expect(status).toMatchObject({ code: 0, err: containing('cut off (terminated)') });
    const wait = await refund(['wait', other.refundId]);
    expect(wait).toMatchObject({ code: 1, out: '', err: containing('terminated by hand') });
  });
});

describe('refund list', () => {
  test('filters and prints columns or JSON', async () => {
    const { orderId, refundId } = await started({ orderId: `cli-list-${process.pid}-${Date.now()}` });
    const args = ['list', '--order', orderId, '--status', 'awaitingApproval', '--waiting-on', 'approval'];
    let listed = await refund([...args, '--attention', '--json']);
    for (let round = 0; String(parsed(listed)) === '' && round < 100; round += 1) {
      listed = await refund([...args, '--attention', '--json']);
    }
    expect(parsed(listed)).toMatchObject([{ refundId, orderId, waitingOn: 'approval' }]);
    const { out, err } = await refund([...args, '--limit', '1']);
    expect(out).toMatch(/^REFUND +ORDER +AMOUNT +STATUS +WAITING ON +ATTENTION +STARTED +CLOSED\n/);
    expect(out).toContain(
      `${refundId}  ${orderId}  500 points, 100.00 TRY, 25.50 TRY  awaitingApproval  approval    yes`,
    );
    expect(err).toMatch(/^(There may be more: the same command with --after \S+\n)?$/);
    const hostile = await refund(['list', '--order', "x' OR '1'='1", '--json']);
    expect(hostile).toMatchObject({ code: 0, out: '[]\n' });
    expect(await refund(['list', '--order', 'none'])).toMatchObject({ code: 0, out: 'No refund matches.\n' });
    await refund(['cancel', refundId]);
  });
});

describe('refund list, page by page', () => {
  test('shows each refund once, with what it was started with by whatever client', async () => {
    const orderId = `cli-pages-${process.pid}-${Date.now()}`;
    const wanted = Array.from({ length: 5 }, (_, index) =>
      request({
        orderId,
        loyalty: undefined,
        sale: undefined,
        cash: { ...aSipayLeg(), amountMinor: 100 + index },
      }),
    );
    for (const one of wanted) await saga.start(one);
    // Somebody else's run of our type, started with anything.
    await saga.client.workflow.start('refundOrder', {
      taskQueue: saga.taskQueue,
      workflowId: `refund:${orderId}-odd`,
      args: [{ currency: 'TRY', cash: 'hunter2' }],
      typedSearchAttributes: [{ key: defineSearchAttributeKey('RefundOrderId', 'KEYWORD'), value: orderId }],
    });
    const args = ['list', '--order', orderId];
    while ((parsed(await refund([...args, '--json'])) as object[]).length < 6);
    const seen: { refundId: string; amounts: unknown }[] = [];
    for (let after = ['--limit', '2']; after.length > 0;) {
      const page = await refund([...args, ...after, '--json']);
      seen.push(...(parsed(page) as typeof seen));
      const [, place] = /--after (\S+)\n$/.exec(page.err) ?? [];
      after = place === undefined ? [] : ['--limit', '2', '--after', place];
    }
    const amountsOf = Object.fromEntries(seen.map(({ refundId, amounts }) => [refundId, amounts]));
    expect(seen).toHaveLength(6);
    for (const { refundId, cash } of wanted) {
      expect(amountsOf[refundId]).toEqual({
        ...{ currency: 'TRY', exponent: 2 },
        legs: [{ leg: 'cash', amount: { amountMinor: cash?.amountMinor } }],
      });
    }
    expect(amountsOf[`${orderId}-odd`]).toBeNull();
    const { out } = await refund(args);
    expect(out).toMatch(/ {2}1\.00 TRY {2}/);
    expect(out).not.toContain('hunter2');
  });

  test.each(['zzz', 'a b', Buffer.from('{"CloseTime":"x"}').toString('base64url')])(
    'refuses a place that no page named: %s',
    async (place) => {
      const { code, out, err } = await refund(['list', '--after', place]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('the place that the previous page named');
    },
  );
});

describe('what cannot be reached', () => {
  test.each([
    ['status', 'none'],
    ['wait', 'none'],
    ['cancel', 'none'],
    ['approve', 'none', '--by', 'ana'],
    ['reject', 'none', '--by', 'ana', '--signal'],
  ])('no such refund: %s', async (...args) => {
    const { code, out, err } = await refund(args);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('There is no refund none');
  });

  test('no server, no namespace, no worker: 4', async () => {
    const nowhere = await refund(['list'], { environment: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
    expect(nowhere).toMatchObject({ code: 4, out: '', err: containing('within 5 s') });
    const namespace = await refund(['list'], { environment: { TEMPORAL_NAMESPACE: 'nowhere' } });
    expect(namespace).toMatchObject({ code: 4, out: '' });
    const environment = { REFUND_TASK_QUEUE: `nobody-${saga.taskQueue}` };
    const wanted = request();
    await refund(['start', await fileOf(wanted)], { environment });
    const worker = await refund(['status', wanted.refundId]);
    expect(worker).toMatchObject({ code: 4, out: '', err: containing('No worker answered') });
    await saga.client.workflow.getHandle(`refund:${wanted.refundId}`).terminate();
  });
});

describe('text from elsewhere', () => {
  const escape = '\u001b[2J\u009b31m\u202e';

  test('cannot command a terminal', () => {
    const state: RefundState = {
      refundId: `rf${escape}`,
      orderId: 'o',
      status: 'refunding',
      waitingOn: 'operator',
      people: [{ at: '2026-11-01T10:00:00Z', by: `ana${escape}`, said: 'approve', note: 'a\nb' }],
      legs: {
        cash: {
          provider: 'sipay',
          status: 'parked',
          problem: {
            side: 'refund',
            code: 'declined',
            message: `no${escape}\nFAKE`,
            evidence: { message: escape, at: '2026-11-01T10:00:00Z' },
          },
        },
      },
    };
    const row = {
      refundId: escape,
      orderId: null,
      status: null,
      waitingOn: null,
      needsAttention: true,
      reason: null,
    };
    const ids = { workflowId: '', runId: '', taskQueue: escape };
    const times = { ...ids, startedAt: '', run: 'FAILED', hangs: false, historyBytes: 0 } as const;
    for (const text of [showState(state), showRows([{ ...row, ...times }]), json(state)]) {
      expect(text).not.toMatch(/[^\P{C}\n]/u);
      expect(text).not.toMatch(/^FAKE/m);
    }
    expect(JSON.parse(json(state))).toEqual(state);
  });

  test('is aligned by the columns that its letters take', () => {
    expect(
      table(
        ['A', 'B'],
        [
          ['ü', '1'],
          ['😀😀', '2'],
        ],
      ),
    ).toBe('A     B\nü     1\n😀😀  2');
  });
});

describe('a decision that must be signed', () => {
  let signed: Saga;
  beforeAll(async () => {
    signed = await startSaga({
      environment: { APPROVAL_LIMITS: '', APPROVER_KEYS: approverKeys('ana', 'bob') },
    });
  });
  afterAll(() => signed.close());

  async function waiting(more: Partial<RefundRequest> = {}): Promise<RefundRequest> {
    const wanted = aRefund(signed.simulators, { cash: undefined, sale: undefined, ...more });
    const handle = await signed.start(wanted);
    await signed.until(handle, ({ status }) => status === 'awaitingApproval');
    return wanted;
  }

  const ran: string[] = [];

  async function decided(verb: string, id: string, args: string[]): Promise<Ran> {
    const done = await refund([verb, id, ...args], { environment: { REFUND_TASK_QUEUE: signed.taskQueue } });
    ran.push(done.out, done.err);
    return done;
  }

  test.each(['approve', 'reject'])(
    'is signed and sent by refund %s, after the amounts were shown',
    async (verb) => {
      const { refundId } = await waiting();
      const unsigned = await decided(verb, refundId, ['--by', 'ana']);
      expect(unsigned).toMatchObject({ code: 1, err: containing('--key FILE') });
      const { out } = await refund(['show', refundId]);
      expect(out).toContain('--by NAME --key FILE');
      const key = await fileOf(privatePem('ana'));
      const signing = await decided(verb, refundId, ['--by', 'ana', '--note', 'ok', '--key', key]);
      expect(signing).toMatchObject({
        code: 0,
        out: containing(`Signing as ana: ${verb} refund ${refundId}`),
      });
      expect(signing.out).toMatch(/loyalty +dsquares +500 points/);
      const handle = signed.client.workflow.getHandle(`refund:${refundId}`);
      expect(await handle.result()).toMatchObject({
        status: verb === 'approve' ? 'refunded' : 'rejected',
        approval: { signed: true, by: 'ana', note: 'ok' },
      });
    },
  );

  test('counts by signal too', async () => {
    const { refundId } = await waiting();
    const key = await fileOf(privatePem('bob'));
    expect(await decided('approve', refundId, ['--by', 'bob', '--signal', '--key', key])).toMatchObject({
      code: 0,
    });
    expect(await signed.client.workflow.getHandle(`refund:${refundId}`).result()).toMatchObject({
      status: 'refunded',
    });
  });

  test('is asked for by refund resolve too, and a word about a parked leg counts with it', async () => {
    const request = await waiting({ loyalty: undefined, sale: aPaywallLeg(), cash: aSipayLeg() });
    const { refundId } = request;
    signed.simulators.faults.add(emptyFloatFor(request));
    const key = await fileOf(privatePem('ana'));
    await decided('approve', refundId, ['--by', 'ana', '--key', key]);
    const handle = signed.client.workflow.getHandle(`refund:${refundId}`);
    await signed.parked(handle, 'cash');
    const word = [
      '--leg',
      'cash',
      '--outcome',
      'refunded',
      '--by',
      'ana',
      '--evidence',
      'paid by bank transfer',
    ];
    const args = [...word, '--reference', 'bank-7'];
    expect(await decided('resolve', refundId, args)).toMatchObject({
      code: 1,
      err: containing('signs with --key'),
    });
    expect(await decided('resolve', refundId, [...args, '--key', key])).toMatchObject({
      code: 0,
      out: containing(`Signing as ana: refunded for the cash of refund ${refundId}`),
    });
    expect(await handle.result()).toMatchObject({
      status: 'refunded',
      legs: { cash: { receipt: { confirmedBy: 'operator', by: 'ana' } } },
    });
  });

  test('is refused with a key that is not the approver’s, and the right one still counts', async () => {
    const { refundId } = await waiting();
    const wrong = await decided('approve', refundId, [
      '--by',
      'ana',
      '--key',
      await fileOf(privatePem('mallory')),
    ]);
    expect(wrong).toMatchObject({ code: 1, err: containing('not signed with the key of this approver') });
    const right = await decided('approve', refundId, [
      '--by',
      'ana',
      '--key',
      await fileOf(privatePem('ana')),
    ]);
    expect(right.code).toBe(0);
  });

  test('needs a file with an Ed25519 key, and never shows it', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
    const pem = rsa.export({ format: 'pem', type: 'pkcs8' }).toString();
    for (const content of ['', 'hunter2', pem, privatePem('ana').slice(0, -40)]) {
      const { code, err } = await decided('approve', 'rf-1', ['--by', 'ana', '--key', await fileOf(content)]);
      expect(code).toBe(2);
      expect(err).toContain('must hold an Ed25519 private key as PEM');
      expect(err).not.toContain('hunter2');
    }
    expect(await decided('approve', 'rf-1', ['--by', 'ana', '--key', '/no/such/key'])).toMatchObject({
      code: 2,
    });
    const secrets = ['ana', 'bob', 'mallory'].map((name) => privatePem(name).split('\n')[1] ?? '');
    for (const secret of secrets)
      expect(ran.filter((text) => text.includes(secret.slice(0, 40)))).toEqual([]);
  });
});
