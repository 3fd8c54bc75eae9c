import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import type { WorkflowHandle } from '@temporalio/client';
import { findFreePort } from '../dev/temporal-server/ports';
import { msToTs } from '@temporalio/common/lib/time';
import { AxiosError, AxiosHeaders } from 'axios';
import { FAULT_KINDS, makesSense, PROVIDERS } from '../simulators';
import type { FaultKind, ProviderName, SimulatorOptions } from '../simulators';
import { legAt, originalOf } from '../simulators/originals';
import { createOperatorClient } from '../src/client/operator';
import type { OperatorClient, RefundRequest, RefundState, ResolutionOutcome } from '../src/client/operator';
import { buildTracedBundle } from '../src/runtime/bundle';
import { logLine } from '../src/runtime/logging';
import { startTracing } from '../src/tracing';
import type { Tracing } from '../src/tracing';
import { startCollector } from './support/collector';
import type { Collector } from './support/collector';
import { seed } from './support/requests';
import { logged, startSaga, type Saga } from './support/saga';

/** Part of every credential and of every text that nobody may read outside of payloads. */
const WORD = 'tweety';
/** Part of every phone number. */
const NUMBER = '9055577104';

/** The same bytes as they would look in a dump. */
const TRACES = [WORD, NUMBER].flatMap((text) => {
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + text)
      .toString('base64')
      .slice(shift + 1, -4),
  );
  return [text, bytes.toString('hex'), [...bytes].join(', '), [...bytes].join(','), ...base64];
});

const CREDENTIALS = {
  dsquares: { clientId: `${WORD}-dsquares-client` },
  mircate: { apiKey: `${WORD}-mircate-key` },
  paywall: { apiKey: `${WORD}-paywall-key`, apiClient: `${WORD}-paywall-client` },
  sipay: {
    clientId: `${WORD}-sipay-client`,
    clientSecret: `${WORD}-sipay-secret`,
    token: `${WORD}-sipay-token`,
  },
  wyre: { apiKey: `${WORD}-wyre-key` },
} satisfies Required<NonNullable<SimulatorOptions['credentials']>>;

/** So few that a machine with much else to do still answers each of their refunds. */
const KINDS_AT_ONCE = 8;

const QUICK = { FAST_RETRIES: '1', GIVE_UP_AFTER: '3s' };

let count = 0;

/** A request of legs in which every personal datum can be recognised; `mark` stands in every reference to an original. */
function aSecretRequest(providers: ProviderName[], mark = ''): RefundRequest {
  const number = (count += 1);
  const digits = `${process.pid % 1_000}${String(number).padStart(5, '0')}`;
  const phone = `${NUMBER}${digits.slice(-5)}`;
  const id = `1${mark}${digits.slice(-6)}`;
  const wallet =
    number % 2 === 0
      ? { walletId: `${WORD}-id-${number}`, walletCurrency: 'PTS' }
      : { accountNumber: `${WORD}-${number}` };
  const legs = {
    dsquares: {
      loyalty: {
        provider: 'dsquares',
        walletCode: `${WORD}-wallet-${number}`,
        contactMsisdn: `+${phone}`,
        branchMsisdn: phone,
        transactionId: id,
        points: 500,
        invoiceNumber: `${WORD} invoice ${number}`,
      },
    },
    mircate: { loyalty: { provider: 'mircate', transactionId: `trx-${id}`, points: 500, ...wallet } },
    paywall: {
      sale: {
        provider: 'paywall',
        externalReference: `sale-${id}`,
        amountMinor: 10_000,
        rollbackFee: true,
        rollbackCashback: true,
      },
    },
    sipay: { cash: { provider: 'sipay', transactionId: `744${id}`, amountMinor: 2_550 } },
    wyre: {
      cash: {
        provider: 'wyre',
        orderId: `WO_${id}`,
        amountMinor: 2_550,
        purchasedAt: new Date(Date.now() - 86_400_000).toISOString(),
      },
    },
  } as const;
  return {
    refundId: `rc-${id}-${(Date.now() % 1e8).toString(36)}`,
    orderId: `order-${number}`,
    currency: 'TRY',
    requestedBy: 'order-service',
    reason: `${WORD}'s goods, call ${phone}`,
    ...(Object.assign({}, ...providers.map((provider) => legs[provider])) as Partial<RefundRequest>),
  };
}

/** What every place but the payloads of requests shows, with the name of the place. */
const shown: [string, string][] = [];

function show(place: string, value: unknown): void {
  for (const text of textsOf(value)) shown.push([place, text]);
}

/** Every text in a message from the server, its bytes read as text; but not the requests themselves. */
function textsOf(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString()];
  if (typeof value !== 'object' || value === null || name === 'input') return [];
  return Object.entries(value).flatMap(([inner, part]) => [inner, ...textsOf(part, inner)]);
}

function leaks(): [string, string][] {
  return shown.filter(([, text]) => TRACES.some((trace) => text.includes(trace)));
}

async function showErrorOf(call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => undefined,
    (problem: unknown) => problem,
  );
  expect(error).toBeInstanceOf(Error);
  show('an error thrown to a client', inspect(error, { depth: 12, showHidden: true }));
}

/** Which runs of a saga ended or wait for a person: one question for all that wait, four times a second. */
function watch({ client, taskQueue }: Saga) {
  const query = `TaskQueue = '${taskQueue}' AND (RefundNeedsAttention = true OR ExecutionStatus != 'Running')`;
  const ask = async () => {
    await pause(250);
    const rows = { namespace: 'default', query, pageSize: 1_000 };
    const { executions } = await client.workflowService.listWorkflowExecutions(rows);
    underWay = undefined;
    return new Set(executions.map(({ execution }) => execution?.workflowId));
  };
  let underWay: Promise<Set<unknown>> | undefined;
  return async (workflowId: string) => {
    while (!(await (underWay ??= ask())).has(workflowId));
  };
}

/** Shows what the server tells of a run; its result, with every message to people, is part of the history. */
async function showRun(handle: WorkflowHandle): Promise<void> {
  const [history, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  show('the history', history);
  show('the description', raw);
}

/** Shows what an operator reads in the UI. */
async function showDetails(handle: WorkflowHandle): Promise<void> {
  show('the details', await handle.query('__temporal_workflow_metadata'));
}

/** Lets an operator settle a parked leg; a wrong answer is refused with an error, which is shown too. */
async function settleByHand(refunds: OperatorClient, { refundId, legs }: RefundState): Promise<void> {
  const leg = (['loyalty', 'sale', 'cash'] as const).find((name) => legs[name]?.status === 'parked');
  if (!leg) throw new Error('nothing is parked');
  const answers: ResolutionOutcome[] =
    legs[leg]?.problem?.side === 'reversal' ? ['refunded', 'reversed'] : ['waived', 'declined'];
  for (const outcome of answers) {
    const resolution = { refundId, leg, outcome, by: 'ana', evidence: 'seen', providerReference: 'REF-1' };
    const refused = await refunds.resolve(resolution).catch((error: unknown) => error);
    if (refused instanceof Error) show('an error thrown to a client', inspect(refused, { depth: 12 }));
  }
}

/** The requests of one fault: on every call about each provider's refund, and on taking points back. */
function struckBy(kind: FaultKind, { simulators }: Saga): RefundRequest[] {
  const delay = kind === 'slow' || kind === 'slowBefore' ? { delayMs: 1_200 } : {};
  const refunds = PROVIDERS.map((provider) => {
    const request = aSecretRequest([provider]);
    const match = referenceOf(request, provider);
    // Only what is in doubt is looked up.
    const first = kind === 'staleLookUp' ? 'dropAfter' : kind;
    simulators.faults.add({ provider, operation: 'refund', kind: first, match, ...delay });
    simulators.faults.add({ provider, operation: 'check', kind, match, ...delay });
    for (const part of [match, walletOf(request), `${request.refundId}:`]) {
      if (part !== undefined)
        simulators.faults.add({ provider, operation: 'lookUp', kind, match: part, ...delay });
    }
    return request;
  });
  const turn = FAULT_KINDS.indexOf(kind) % 2;
  const reversals = (['dsquares', 'mircate'] as const).slice(turn, turn + 1).map((provider) => {
    const request = aSecretRequest([provider, 'paywall']);
    simulators.faults.add({
      provider: 'paywall',
      operation: 'refund',
      kind: 'refuse',
      match: referenceOf(request, 'paywall'),
    });
    const match = walletOf(request);
    simulators.faults.add({
      provider,
      operation: 'reverse',
      kind,
      ...(match !== undefined && { match }),
      ...delay,
    });
    return request;
  });
  return [...refunds, ...reversals];
}

function referenceOf(request: RefundRequest, provider: ProviderName): string {
  const leg = request[legAt(provider)];
  return leg ? originalOf(leg) : '';
}

function walletOf({ loyalty }: RefundRequest): string | undefined {
  if (loyalty?.provider === 'dsquares') return loyalty.walletCode;
  return loyalty?.accountNumber ?? loyalty?.walletId;
}

/** A provider that says everything it was told, in every field of which a message could be made. */
async function startEcho() {
  const told: string[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const echo = `${request.url ?? ''} ${JSON.stringify(request.headers)} ${body}`;
      told.push(echo);
      const [, status = '500', kind = '0'] = /7777(\d{3})(\d)/.exec(echo) ?? [];
      response.writeHead(Number(status), { 'X-Echo': encodeURIComponent(echo), 'Retry-After': '0' });
      response.end(kind === '0' ? JSON.stringify(echoOf(echo)) : echo);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told, close };
}

function echoOf(echo: string) {
  const texts = [
    'errorMessage',
    'message',
    'errorCode',
    'code',
    'error',
    'error_description',
    'failedReason',
    'description',
    'id',
  ];
  return {
    ...Object.fromEntries(texts.map((name) => [name, echo])),
    type: 'ValidationException',
    Errors: [{ Code: echo, Message: echo }],
    IsSuccess: false,
    IsFailure: true,
    Value: null,
    status: 1,
  };
}

describe('what is secret or personal is seen nowhere but in the payloads of requests', () => {
  let saga: Saga;
  let echo: Awaited<ReturnType<typeof startEcho>>;
  let echoed: Saga;
  let collector: Collector;
  let tracing: Tracing;
  let port: number;
  let folder: string;

  beforeAll(async () => {
    [echo, collector, port] = await Promise.all([startEcho(), startCollector(), findFreePort()]);
    folder = await mkdtemp(path.join(os.tmpdir(), 'refund-canaries-'));
    const bundlePath = await buildTracedBundle(path.join(folder, 'workflow-bundle-traced.js'));
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
    tracing = startTracing({ protocol: 'http/json' }, () => undefined);
    const METRICS_ADDRESS = `127.0.0.1:${port}`;
    [saga, echoed] = await Promise.all([
      startSaga({
        environment: { ...QUICK, METRICS_ADDRESS },
        simulators: { credentials: CREDENTIALS },
        tracing,
        bundlePath,
      }),
      startSaga({
        tracing,
        bundlePath,
        environment: { ...QUICK, ...echoEnvironment(echo.url) },
        simulators: { credentials: CREDENTIALS },
      }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([saga.close(), echoed.close()]);
    await tracing.shutdown();
    Reflect.deleteProperty(process.env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
    await Promise.all([echo.close(), collector.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  function echoEnvironment(url: string): Record<string, string> {
    const urls = PROVIDERS.map((provider) => [`${provider.toUpperCase()}_BASE_URL`, url]);
    const token = {
      SIPAY_IDENTITY_URL: '',
      SIPAY_CLIENT_ID: '',
      SIPAY_CLIENT_SECRET: '',
      SIPAY_TOKEN: CREDENTIALS.sipay.token,
    };
    return { ...(Object.fromEntries(urls) as Record<string, string>), ...token };
  }

  /** Runs refunds until a person must act, lets one act, and shows everything that can be seen of them. */
  async function run(at: Saga, requests: RefundRequest[]): Promise<void> {
    const refunds = createOperatorClient({ client: at.client, taskQueue: at.taskQueue, timeoutMs: 30_000 });
    const settled = watch(at);
    await Promise.all(
      requests.map(async (request) => {
        const { workflowId } = await refunds.start(request);
        await settled(workflowId);
        const handle = at.client.workflow.getHandle(workflowId);
        if ((await refunds.overview(request.refundId)).run === 'RUNNING') {
          await showDetails(handle);
          await settleByHand(refunds, await refunds.state(request.refundId));
        }
        await showRun(handle);
        if ((await handle.describe()).status.name === 'RUNNING') await handle.terminate('the test is over');
      }),
    );
  }

  /** The kinds of trouble that have not struck every provider yet. */
  function missing(): FaultKind[] {
    const struck = new Set(
      saga.simulators.requests().map(({ provider, fault }) => `${provider} ${fault ?? ''}`),
    );
    return FAULT_KINDS.filter((kind) =>
      PROVIDERS.some(
        (provider) => makesSense(kind, provider, 'refund') && !struck.has(`${provider} ${kind}`),
      ),
    );
  }

  test('whatever goes wrong at the providers', async () => {
    for (const kind of ['unauthorized', 'malformed', 'errorAfter'] as const) {
      saga.simulators.faults.add({ provider: 'sipay', operation: 'token', kind });
    }
    // On a machine that has much else to do, a call may be given up before it is sent: then its fault is tried again.
    for (let rounds = 0; rounds < 3 && missing().length > 0; rounds += 1) {
      const kinds = missing();
      while (kinds.length > 0) {
        const requests = kinds.splice(0, KINDS_AT_ONCE).flatMap((kind) => struckBy(kind, saga));
        for (const request of requests) seed(saga.simulators, request);
        await run(saga, requests);
      }
    }
    expect(missing()).toEqual([]);
    const sent = saga.simulators
      .requests()
      .map(({ path, body }) => path + body)
      .join('\n');
    for (const text of [`${WORD}-wallet-`, `${WORD}-id-`, `"${WORD}-`, `${WORD} invoice`, NUMBER])
      expect(sent).toContain(text);
    expect(leaks()).toEqual([]);
  });

  test('also when a provider repeats everything it was told', async () => {
    const inJson = [200, 400, 403, 409, 500].map((status) => `7777${status}0`);
    const marks = [...inJson, '77772001', '77774001'];
    await run(
      echoed,
      marks.flatMap((mark) => PROVIDERS.map((provider) => aSecretRequest([provider], mark))),
    );
    const told = echo.told.join('\n');
    const { dsquares, mircate, paywall, sipay, wyre } = CREDENTIALS;
    for (const secret of [
      dsquares.clientId,
      mircate.apiKey,
      paywall.apiKey,
      paywall.apiClient,
      sipay.token,
      wyre.apiKey,
    ]) {
      expect(told).toContain(secret);
    }
    expect(leaks()).toEqual([]);
  });

  test('also when the request is wrong, or the messages to it are', async () => {
    const refunds = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const wrong = [
      { ...aSecretRequest(['dsquares']), currency: WORD },
      { ...aSecretRequest(['sipay']), [`${WORD}5`]: WORD },
      { ...aSecretRequest(['mircate']), reason: ` ${WORD}` },
      {
        ...aSecretRequest(['dsquares']),
        loyalty: { ...aSecretRequest(['dsquares']).loyalty, contactMsisdn: `${NUMBER}x` },
      },
      { ...aSecretRequest(['wyre']), loyalty: { provider: WORD, walletCode: WORD } },
    ] as unknown as RefundRequest[];
    for (const request of wrong) {
      await showErrorOf(refunds.start(request));
      const handle = await saga.start(request);
      await showErrorOf(handle.result());
      await showErrorOf(refunds.result(request.refundId));
      await showRun(handle);
    }
    const request = aSecretRequest(['dsquares']);
    await refunds.start(request);
    await showErrorOf(refunds.start({ ...request, reason: `other ${WORD}` }));
    const handle = saga.client.workflow.getHandle(`refund:${request.refundId}`);
    await showErrorOf(handle.executeUpdate('decide', { args: [{ decision: WORD, by: WORD }] }));
    await showErrorOf(
      handle.executeUpdate('resolveLeg', { args: [{ leg: WORD, outcome: WORD, by: WORD, evidence: WORD }] }),
    );
    await handle.result();
    show('the details', await handle.query('__temporal_workflow_metadata').catch(() => ''));
    expect(leaks()).toEqual([]);
  });

  test('also when an activity cannot read what it is given', async () => {
    const request = aSecretRequest(['dsquares']);
    const broken = { encoding: Buffer.from('json/plain') };
    await saga.client.workflowService.startActivityExecution({
      namespace: 'default',
      requestId: randomUUID(),
      activityId: `unreadable-${randomUUID()}`,
      activityType: { name: 'refundLeg' },
      taskQueue: { name: saga.taskQueue },
      startToCloseTimeout: msToTs('5s'),
      retryPolicy: { maximumAttempts: 1 },
      input: { payloads: [{ metadata: broken, data: Buffer.from(JSON.stringify(request).slice(0, -1)) }] },
    });
    const told = () => logged.find((line) => line.includes('Error while processing ActivityTask.start'));
    while (told() === undefined) await pause(50);
    expect(JSON.parse(told() ?? '')).toMatchObject({ level: 'ERROR', activityType: 'refundLeg' });
  });

  test('nor in any log entry, of any level', () => {
    expect(logged.length).toBeGreaterThan(500);
    show('the log', logged);
    expect(leaks()).toEqual([]);
    expect(logged.filter((line) => /token-[0-9a-f]{8}-/.test(line))).toEqual([]);
  });

  test('nor in the metrics', async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    for (const metric of ['refund_legs_parked_total', 'refund_provider_call_duration_seconds_count'])
      expect(text).toContain(metric);
    show('the metrics', text);
    expect(leaks()).toEqual([]);
  });

  test('nor in the traces', async () => {
    while (collector.spans().length < 500) await pause(100);
    expect(collector.spans().some(({ name }) => name === 'dsquares refund')).toBe(true);
    for (const { body } of collector.received) show('a trace', body);
    expect(leaks()).toEqual([]);
  });

  test('and the search finds what is there: the requests themselves', async () => {
    const request = aSecretRequest(['dsquares']);
    const handle = await saga.client.workflow.start('refundOrder', {
      taskQueue: 'nobody',
      workflowId: `refund:${request.refundId}`,
      args: [request],
    });
    const { events } = await handle.fetchHistory();
    await handle.terminate();
    const [, text] = [
      '',
      textsOf(events?.[0]?.workflowExecutionStartedEventAttributes?.input, 'started').join('\n'),
    ];
    expect(text).toContain(WORD);
    expect(text).toContain(NUMBER);
    expect(
      TRACES.filter((trace) => Buffer.from(text).toString('base64').includes(trace)).length,
    ).toBeGreaterThan(0);
    expect(
      TRACES.filter((trace) => Buffer.from(text).toString('hex').includes(trace)).length,
    ).toBeGreaterThan(0);
  });
});

describe('a log line', () => {
  const lineOf = (meta: Record<string, unknown>) =>
    JSON.parse(
      logLine({ level: 'INFO', message: 'm', timestampNanos: 1_800_000_000_000_000_000n, meta }),
    ) as unknown;
  const entry = { time: '2027-01-15T08:00:00.000Z', level: 'INFO', message: 'm' };

  const leaky = new AxiosError('no answer', 'ECONNRESET', {
    url: `https://provider.example/${WORD}`,
    data: WORD,
    headers: new AxiosHeaders({ 'x-api-key': WORD }),
  });
  const foreign = runInNewContext(`Object.assign(new Error('boom'), { secret: '${WORD}' })`) as unknown;
  const wrapped = new Error('outer', { cause: leaky });
  const told = { name: 'AxiosError', message: 'no answer' };

  test.each<[string, Record<string, unknown>, unknown]>([
    ['an error of axios, whose own JSON has the credentials', { error: leaky }, { error: told }],
    ['one deep inside', { list: [{ error: leaky }] }, { list: [{ error: told }] }],
    ['an error with a cause', { error: wrapped }, { error: { name: 'Error', message: 'outer' } }],
    ['an error of another realm', { error: foreign }, { error: { name: 'Error', message: 'boom' } }],
    ['a number too long for JSON', { taskToken: 2n ** 64n }, { taskToken: '18446744073709551616' }],
    [
      'a task that could not be read',
      { activityType: 'refundLeg', task: WORD, taskEncoded: WORD, info: { input: [{ data: WORD }] } },
      { activityType: 'refundLeg', info: {} },
    ],
    ['bytes', { token: Buffer.from(WORD) }, {}],
    ['names of its own', { level: 'ERROR', message: WORD, time: WORD }, {}],
  ])('shows of %s only what it may', (_, meta, shownOfIt) => {
    expect(lineOf(meta)).toEqual({ ...entry, ...(shownOfIt as object) });
    expect(JSON.stringify(lineOf(meta))).not.toContain(WORD);
  });

  test('is written even when what it is about cannot be', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(lineOf(cycle)).toEqual(entry);
    const broken = {
      toJSON: () => {
        throw new Error(WORD);
      },
    };
    expect(lineOf({ broken })).toEqual(entry);
  });

  const dumped = { by: 'ana', evidence: `${WORD}, call ${NUMBER}` };
  const bytes = Buffer.from(JSON.stringify(dumped));
  const metadata = '{"encoding": [106, 115, 111, 110]}';
  test.each([
    `Invalid transition while handling update response UpdateResponse { payload: Payload { metadata: ${metadata}, data: [${[...bytes].join(', ')}] } }`,
    `Missing associated machine for protocol message Request(${JSON.stringify(dumped)})`,
    `Update response for update [${bytes.toString('base64')}]`,
    `Update response for update ${bytes.toString('base64')}`,
    `Server returned an unparseable workflow task "${WORD}"`,
  ])('of the native core tells nothing of what it dumps: %#', (message) => {
    const meta = { sdkComponent: 'core', runId: 'run-1', error: message, nested: { update: message } };
    const line = logLine({ level: 'ERROR', message, timestampNanos: 0n, meta });
    expect(TRACES.filter((trace) => line.includes(trace))).toEqual([]);
    const { message: told, runId } = JSON.parse(line) as Record<string, string>;
    expect({ runId, begins: told?.startsWith(message.slice(0, 20)) }).toEqual({
      runId: 'run-1',
      begins: true,
    });
  });

  test('of the native core tells what the server answered', () => {
    const error =
      'Status { code: Unavailable, message: "tcp connect error", details: b"", metadata: MetadataMap { headers: {} } }';
    const meta = { sdkComponent: 'core', error };
    const line = logLine({ level: 'WARN', message: 'gRPC call failed', timestampNanos: 0n, meta });
    expect(JSON.parse(line)).toMatchObject({
      message: 'gRPC call failed',
      error: 'Status … Unavailable: tcp connect error',
    });
  });

  test('is one line', () => {
    const line = logLine({ level: 'WARN', message: 'a\nb', timestampNanos: 0n, meta: { 'c\n': 'd\r\n' } });
    expect(line).not.toMatch(/[\r\n]/);
  });
});
