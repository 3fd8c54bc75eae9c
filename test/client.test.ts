import { createHash, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter, defineSearchAttributeKey } from '@temporalio/common';
import {
  connectRefundClient,
  ConfigurationError,
  createOperatorClient,
  createRefundClient,
  DecisionRefusedError,
  InvalidRefundRequestError,
  PayloadUnreadableError,
  RefundConflictError,
  RefundEndedError,
  RefundNotFoundError,
  RefundTerminatedError,
  requestHash,
  ResolutionRefusedError,
  TemporalServerError,
  WorkerUnavailableError,
} from '../src/client/operator';
import type {
  ConnectedRefundClient,
  OperatorClient,
  RefundFilter,
  RefundRequest,
} from '../src/client/operator';
import { listQuery } from '../src/client/overview';
import { canonicalJson } from '../src/statements/request-hash';
import { parseKeys } from '../src/config/keys';
import { dataConverterFor } from '../src/encryption/codec';
import { aRefund, aWyreLeg } from './support/requests';
import { resetByHand } from './support/reset';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

const PAYLOAD_KEYS = `one:${Buffer.alloc(32, 1).toString('base64')}`;
const orderIdKey = defineSearchAttributeKey('RefundOrderId', 'KEYWORD');

/** Every refund asks a person; wyre is not configured. */
let saga: Saga;
let refunds: OperatorClient;
const opened: ConnectedRefundClient[] = [];

beforeAll(async () => {
  saga = await startSaga({ environment: { APPROVAL_LIMITS: '', WYRE_BASE_URL: '', WYRE_API_KEY: '' } });
  refunds = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
});

afterAll(async () => {
  await Promise.all(opened.map((client) => client.close()));
  await saga.close();
});

/** A client with a connection of its own, as an order service has. */
async function connect(environment: Record<string, string> = {}): Promise<ConnectedRefundClient> {
  const client = await connectRefundClient({
    environment: {
      TEMPORAL_ADDRESS: process.env.TEMPORAL_TEST_ADDRESS,
      REFUND_TASK_QUEUE: saga.taskQueue,
      ...environment,
    },
    patienceMs: 5_000,
  });
  opened.push(client);
  return client;
}

function request(overrides: Partial<RefundRequest> = {}): RefundRequest {
  return aRefund(saga.simulators, overrides);
}

async function eventually<Value>(
  read: () => Promise<Value>,
  wanted: (value: Value) => boolean,
): Promise<Value> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = await read();
    if (wanted(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function awaitingApproval(overrides: Partial<RefundRequest> = {}): Promise<string> {
  const { refundId } = await refunds.start(request(overrides));
  await eventually(
    () => refunds.state(refundId),
    ({ waitingOn }) => waitingOn === 'approval',
  );
  return refundId;
}

/** A refund whose sale is refunded and whose cash is refused: past the pivot, so it parks. */
async function parked(): Promise<string> {
  const rest = request();
  delete rest.loyalty;
  saga.simulators.faults.add({
    provider: 'sipay',
    operation: 'refund',
    kind: 'refuse',
    match: rest.cash?.provider === 'sipay' ? rest.cash.transactionId : '',
  });
  const { refundId } = await refunds.start(rest);
  await refunds.decide({ refundId, decision: 'approve', by: 'ana' });
  await eventually(
    () => refunds.state(refundId),
    ({ waitingOn }) => waitingOn === 'operator',
  );
  return refundId;
}

async function reasonOf(promise: Promise<unknown>): Promise<Error> {
  const reason: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(Error);
  return reason as Error;
}

describe('the content of a request', () => {
  test('has one hash, in whatever order and with whatever is left out', () => {
    const one = { b: [{ y: 1, x: 'ü' }], a: null, left: undefined };
    expect(canonicalJson(one)).toBe('{"b":[{"x":"ü","y":1}]}');
    expect(requestHash({ a: null, b: [{ x: 'ü', y: 1 }] })).toBe(requestHash(one));
    expect(requestHash({ a: null, b: [{ x: 'ü', y: 2 }] })).not.toBe(requestHash(one));
    expect(requestHash(JSON.parse('{"__proto__":1}'))).not.toBe(requestHash({}));
    expect(requestHash(undefined)).toBe(requestHash(null));
  });
});

describe('starting', () => {
  test('starts the run that the contract describes, and tells an operator what it is', async () => {
    const wanted = request();
    const started = await refunds.start(wanted);
    expect(started).toEqual({
      refundId: wanted.refundId,
      workflowId: `refund:${wanted.refundId}`,
      runId: expect.any(String) as string,
      existing: false,
      run: 'RUNNING',
    });
    const run = await saga.client.workflow.getHandle(started.workflowId).describe();
    expect(run).toMatchObject({ type: 'refundOrder', taskQueue: saga.taskQueue });
    expect(run.memo ?? {}).toEqual({});
    expect(run.typedSearchAttributes.get(orderIdKey)).toBe(wanted.orderId);
    expect(await run.staticSummary()).toContain(`Refund ${wanted.refundId} of order ${wanted.orderId}`);
    const details = (await run.staticDetails()) ?? '';
    expect(details).toContain('500 points, 100.00 TRY, 25.50 TRY');
    expect(details).toContain(`refund show ${wanted.refundId}`);
    for (const personal of ['01151618768', '201020792658', wanted.reason, wanted.requestedBy]) {
      expect(details).not.toContain(personal);
    }
    const { raw } = run;
    expect(Number(raw.executionConfig?.workflowRunTimeout?.seconds ?? 0)).toBe(0);
    expect(Number(raw.executionConfig?.workflowExecutionTimeout?.seconds ?? 0)).toBe(0);
  });

  test.each([
    ['another amount, with our hash in its memo', 'refundOrder'],
    ['the same content, as another type of workflow', 'somethingElse'],
  ])('a run of %s is no refund to attach to', async (_, type) => {
    const wanted = request();
    const theirs = type === 'refundOrder' ? { ...wanted, reason: 'something else' } : wanted;
    const run = await saga.client.workflow.start(type, {
      taskQueue: 'nobody-works-here',
      workflowId: `refund:${wanted.refundId}`,
      args: [theirs],
      memo: { requestHash: requestHash(wanted) },
    });
    const reason = await reasonOf(refunds.start(wanted));
    expect(reason).toBeInstanceOf(RefundConflictError);
    expect(reason.message).toContain('start it under another id');
    await run.terminate();
  });

  test('the same content attaches, running and ended', async () => {
    const wanted = request();
    const first = await refunds.start(wanted);
    const reordered = Object.fromEntries(Object.entries(wanted).reverse()) as unknown as RefundRequest;
    expect(await refunds.start(reordered)).toEqual({ ...first, existing: true });
    await refunds.decide({ refundId: wanted.refundId, decision: 'reject', by: 'ana' });
    expect(await refunds.result(wanted.refundId)).toMatchObject({ status: 'rejected' });
    expect(await refunds.start(wanted)).toEqual({ ...first, existing: true, run: 'COMPLETED' });
  });

  test('of many starts at once exactly one is the first', async () => {
    const wanted = request();
    const started = await Promise.all(Array.from({ length: 8 }, () => refunds.start(wanted)));
    expect(started.filter(({ existing }) => !existing)).toHaveLength(1);
    expect(new Set(started.map(({ runId }) => runId)).size).toBe(1);
  });

  test('another content under a used id is a conflict, running and ended', async () => {
    const wanted = request();
    const { refundId } = await refunds.start(wanted);
    const other = { ...wanted, reason: 'another reason' };
    const conflict = await reasonOf(refunds.start(other));
    expect(conflict).toBeInstanceOf(RefundConflictError);
    expect(conflict.message).toContain('nothing was started');
    expect(conflict.message).not.toContain('another reason');
    await refunds.decide({ refundId, decision: 'reject', by: 'ana' });
    await refunds.result(refundId);
    await expect(refunds.start(other)).rejects.toBeInstanceOf(RefundConflictError);
  });

  test.each(['', PAYLOAD_KEYS])(
    'a run that another client started is compared by its input (keys: "%s")',
    async (keys) => {
      const client = await connect({ PAYLOAD_KEYS: keys });
      const dataConverter = dataConverterFor(parseKeys(keys) ?? []);
      const raw = new Client({ connection: saga.connection, dataConverter });
      const wanted = request();
      const workflowId = `refund:${wanted.refundId}`;
      const taskQueue = `nobody-${saga.taskQueue}`;
      const handle = await raw.workflow.start('refundOrder', { taskQueue, workflowId, args: [wanted] });
      expect(await client.start(wanted)).toMatchObject({ existing: true, runId: handle.firstExecutionRunId });
      const other = { ...wanted, orderId: 'another-order' };
      await expect(client.start(other)).rejects.toBeInstanceOf(RefundConflictError);
      await handle.terminate();
      expect(await client.start(wanted)).toMatchObject({ existing: true });
      await expect(client.start(other)).rejects.toBeInstanceOf(RefundConflictError);
    },
  );

  test('encrypted refunds are started, compared and read with the keys, and not without', async () => {
    const [withKeys, without] = await Promise.all([connect({ PAYLOAD_KEYS }), connect()]);
    const encrypted = await startSaga({ environment: { PAYLOAD_KEYS } });
    try {
      const wanted = aRefund(encrypted.simulators);
      const client = new Client({ connection: encrypted.connection });
      const plain = createRefundClient({ client, taskQueue: encrypted.taskQueue });
      const connected = await connect({ PAYLOAD_KEYS, REFUND_TASK_QUEUE: encrypted.taskQueue });
      expect(await connected.start(wanted)).toMatchObject({ existing: false });
      expect(await withKeys.start(wanted)).toMatchObject({ existing: true });
      await expect(withKeys.start({ ...wanted, reason: 'x' })).rejects.toBeInstanceOf(RefundConflictError);
      expect(await connected.result(wanted.refundId)).toMatchObject({ status: 'refunded' });
      for (const blind of [without, plain]) {
        await expect(blind.start(wanted)).rejects.toBeInstanceOf(PayloadUnreadableError);
        await expect(blind.state(wanted.refundId)).rejects.toBeInstanceOf(PayloadUnreadableError);
      }
      const rows = () => without.list({ orderId: wanted.orderId });
      const mine = await eventually(rows, (all) => all.some(({ refundId }) => refundId === wanted.refundId));
      expect(mine.find(({ refundId }) => refundId === wanted.refundId)).toBeDefined();
    } finally {
      await encrypted.close();
    }
  });

  test('an invalid request starts nothing and repeats no value', async () => {
    const wrong = { ...request(), currency: 'ZZZ', secret: 'hunter2', reason: ' leaked\u0007' };
    const error = await reasonOf(refunds.start(wrong));
    expect(error).toBeInstanceOf(InvalidRefundRequestError);
    expect(error).toMatchObject({
      problems: [
        expect.stringMatching(/^currency: /),
        expect.stringMatching(/^reason: /),
        'secret: unknown field',
      ],
    });
    expect(error.message).toContain('nothing was started');
    for (const value of ['ZZZ', 'hunter2', 'leaked']) expect(error.message).not.toContain(value);
    await expect(refunds.overview(wrong.refundId)).rejects.toBeInstanceOf(RefundNotFoundError);
  });
});

describe('the result', () => {
  test('is the final state; a request that only the workers know to be invalid is an error', async () => {
    const { refundId } = await refunds.start(request({ cash: aWyreLeg() }));
    const error = await reasonOf(refunds.result(refundId));
    expect(error).toBeInstanceOf(InvalidRefundRequestError);
    expect(error).toMatchObject({
      problems: ['cash.provider: this provider is not served here (PROVIDERS)'],
    });
    expect(error.message).toContain('nothing was sent');
    expect(await refunds.state(refundId)).toMatchObject({ status: 'invalid', legs: {} });
    await expect(refunds.result('no-such-refund')).rejects.toBeInstanceOf(RefundNotFoundError);
  });

  test('of a terminated run is an error that says what that means', async () => {
    const refundId = await awaitingApproval();
    const result = reasonOf(refunds.result(refundId));
    await saga.client.workflow.getHandle(`refund:${refundId}`).terminate('wrong button');
    const error = await result;
    expect(error).toBeInstanceOf(RefundTerminatedError);
    expect(error.message).toContain('wrong button');
    expect(error.message).toContain(`refund heal ${refundId}`);
    expect(await refunds.overview(refundId)).toMatchObject({
      status: 'awaitingApproval',
      run: 'TERMINATED',
      waitingOn: null,
      needsAttention: false,
    });
  });

  test('follows a run that is reset meanwhile', async () => {
    // What cannot be looked up at its provider would park: nobody knows what the run before the reset did.
    const refundId = await awaitingApproval({ loyalty: undefined });
    const result = refunds.result(refundId);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await resetByHand(saga.client.workflow.getHandle(`refund:${refundId}`), 3);
    await refunds.decide({ refundId, decision: 'reject', by: 'ana' });
    expect(await result).toMatchObject({ status: 'rejected' });
    const { orderId } = await refunds.overview(refundId);
    const rows = await eventually(
      () => refunds.list({ orderId: orderId ?? '' }),
      ([row]) => row?.status === 'rejected',
    );
    expect(rows).toMatchObject([{ refundId, run: 'COMPLETED' }]);
  });
});

describe('the state', () => {
  test('without a worker is told of what has ended; of the rest it is said that no worker answers', async () => {
    const own = await startSaga({ environment: { APPROVAL_LIMITS: '' } });
    try {
      const client = createRefundClient({ client: own.client, taskQueue: own.taskQueue, timeoutMs: 1_500 });
      const patient = createRefundClient({ client: own.client, taskQueue: own.taskQueue });
      const ended = aRefund(own.simulators);
      await patient.start(ended);
      await patient.decide({ refundId: ended.refundId, decision: 'reject', by: 'ana' });
      const state = await patient.result(ended.refundId);
      const open = aRefund(own.simulators);
      await client.start(open);
      await own.stopWorkers();
      expect(await client.state(ended.refundId)).toEqual(state);
      const error = await reasonOf(client.state(open.refundId));
      expect(error).toBeInstanceOf(WorkerUnavailableError);
      expect(error.message).toContain('none polls its task queue');
      const decision = { refundId: open.refundId, decision: 'reject', by: 'ana' } as const;
      await expect(client.decide(decision)).rejects.toBeInstanceOf(WorkerUnavailableError);
      await own.startWorkers();
      // Sent again it is the same decision, whether or not the first one was taken in.
      expect(await patient.decide(decision)).toMatchObject({ approval: { decision: 'rejected', by: 'ana' } });
    } finally {
      await own.close();
    }
  });

  test('of a run whose workflow task fails says so', async () => {
    const taskQueue = `broken-${randomUUID()}`;
    const client = createRefundClient({ client: saga.client, taskQueue });
    const { refundId } = await client.start(request());
    const { workflowService } = saga.client;
    const fail = async () => {
      const { taskToken } = await workflowService.pollWorkflowTaskQueue({
        namespace: 'default',
        taskQueue: { name: taskQueue },
        identity: 'test',
      });
      await workflowService.respondWorkflowTaskFailed({ namespace: 'default', taskToken });
    };
    for (let times = 0; times < 2; times += 1) await saga.client.withDeadline(Date.now() + 20_000, fail);
    const error = await reasonOf(client.state(refundId));
    expect(error).toBeInstanceOf(WorkerUnavailableError);
    expect(error.message).toContain('its workflow task fails');
    await saga.client.workflow.getHandle(`refund:${refundId}`).terminate();
  });

  test('of a run that was terminated is where it was cut off; before it began there is none', async () => {
    const refundId = await awaitingApproval();
    await saga.client.workflow.getHandle(`refund:${refundId}`).terminate();
    expect(await refunds.state(refundId)).toMatchObject({ status: 'awaitingApproval' });
    const client = createRefundClient({ client: saga.client, taskQueue: `nobody-${saga.taskQueue}` });
    const unbegun = await client.start(request());
    await saga.client.workflow.getHandle(unbegun.workflowId).terminate();
    await expect(client.state(unbegun.refundId)).rejects.toBeInstanceOf(RefundTerminatedError);
  });

  test('of a refund that there is not, is an error', async () => {
    await expect(refunds.state('no-such-refund')).rejects.toBeInstanceOf(RefundNotFoundError);
  });
});

describe('people', () => {
  test('decide once, however often they click; nobody decides on what they requested', async () => {
    const refundId = await awaitingApproval();
    const refused = await reasonOf(refunds.decide({ refundId, decision: 'approve', by: 'Order-Service' }));
    expect(refused).toBeInstanceOf(DecisionRefusedError);
    expect(refused.message).toMatch(/^Refused, nothing was changed: the requester of a refund cannot decide/);
    const click = { refundId, decision: 'reject', by: 'ana', note: 'no ticket' } as const;
    const [one, two] = await Promise.all([refunds.decide(click), refunds.decide({ ...click, by: 'Ana' })]);
    expect(one.approval).toMatchObject({ decision: 'rejected', note: 'no ticket' });
    expect(two.approval).toEqual(one.approval);
    expect(await refunds.result(refundId)).toMatchObject({ status: 'rejected' });
    const other = { refundId, decision: 'approve', by: 'bob' } as const;
    await expect(refunds.decide(other)).rejects.toBeInstanceOf(RefundEndedError);
    await expect(refunds.decide({ ...other, refundId: 'none' })).rejects.toBeInstanceOf(RefundNotFoundError);
  });

  test('approve and reject by signal', async () => {
    const [approved, rejected] = await Promise.all([awaitingApproval(), awaitingApproval()]);
    await refunds.approve(approved, { by: 'ana', note: 'ok' });
    await refunds.reject(rejected, { by: 'ana' });
    expect(await refunds.result(approved)).toMatchObject({
      status: 'refunded',
      approval: { by: 'ana', note: 'ok' },
    });
    expect(await refunds.result(rejected)).toMatchObject({ status: 'rejected' });
    await expect(refunds.approve(rejected, { by: ' ' })).rejects.toBeInstanceOf(DecisionRefusedError);
    await expect(refunds.approve(rejected, { by: 'ana' })).rejects.toBeInstanceOf(RefundEndedError);
    await expect(refunds.reject('none', { by: 'ana' })).rejects.toBeInstanceOf(RefundNotFoundError);
  });

  test('settle a parked leg, and only with what it accepts', async () => {
    const refundId = await parked();
    const said = { refundId, leg: 'cash', outcome: 'declined', by: 'ana', evidence: 'seen' } as const;
    const refused = await reasonOf(refunds.resolve(said));
    expect(refused).toBeInstanceOf(ResolutionRefusedError);
    expect(refused.message).toContain('the cash leg now accepts: retry, refunded, turnBack');
    const notParked = await reasonOf(refunds.resolve({ ...said, leg: 'sale' }));
    expect(notParked.message).toContain('the sale leg is not parked');
    const settled = await refunds.resolve({ ...said, outcome: 'refunded', providerReference: 'bank-1' });
    expect(settled.legs.cash?.receipt).toMatchObject({
      providerReference: 'bank-1',
      confirmedBy: 'operator',
    });
    expect(await refunds.result(refundId)).toMatchObject({ status: 'refunded' });
    await expect(refunds.resolve(said)).rejects.toBeInstanceOf(RefundEndedError);
  });

  test('cancel what runs, and nothing else', async () => {
    const refundId = await awaitingApproval();
    await refunds.cancel(refundId);
    expect(await refunds.result(refundId)).toMatchObject({ status: 'cancelled' });
    await expect(refunds.cancel(refundId)).rejects.toBeInstanceOf(RefundEndedError);
    await expect(refunds.cancel('none')).rejects.toBeInstanceOf(RefundNotFoundError);
  });
});

describe('a decision', () => {
  test('names its refund, and is sent under an id from which nobody can find its person', async () => {
    const { refundId } = await refunds.start(request());
    await eventually(
      () => refunds.state(refundId),
      ({ status }) => status === 'awaitingApproval',
    );
    const reject = { refundId, decision: 'reject', by: 'ana' } as const;
    await Promise.all([refunds.decide(reject), refunds.decide({ ...reject, by: 'Ana' })]);
    const { events = [] } = await saga.client.workflow.getHandle(`refund:${refundId}`).fetchHistory();
    const accepted = (events ?? []).flatMap(
      ({ workflowExecutionUpdateAcceptedEventAttributes: attributes }) => attributes?.acceptedRequest ?? [],
    );
    expect(accepted).toHaveLength(1);
    const [payload] = accepted[0]?.input?.args?.payloads ?? [];
    expect(payload && defaultPayloadConverter.fromPayload(payload)).toEqual(
      expect.objectContaining({ refundId, decision: 'reject' }),
    );
    const unsalted = JSON.stringify([refundId, 'reject', 'ana', '']);
    const id = accepted[0]?.meta?.updateId ?? '';
    expect(id).toMatch(/^decide-[A-Za-z0-9_-]{43}$/);
    expect(id).not.toContain(createHash('sha256').update(unsalted).digest('base64url'));
  });
});

describe('the list', () => {
  test('filters by status, order, whom it waits for and attention', async () => {
    const orderId = `list-${randomUUID()}`;
    const open = request({ orderId });
    const ended = request({ orderId });
    await Promise.all([refunds.start(open), refunds.start(ended)]);
    // Of two equal refunds of an order the later one shows the other, and a decision counts once that was shown.
    await eventually(
      () => refunds.state(ended.refundId),
      ({ status }) => status === 'awaitingApproval',
    );
    await refunds.decide({ refundId: ended.refundId, decision: 'reject', by: 'ana' });
    await refunds.result(ended.refundId);
    const ids = async (filter: RefundFilter, count: number) => {
      const rows = await eventually(
        () => refunds.list({ orderId, ...filter }),
        (found) => found.length === count,
      );
      return rows.map(({ refundId }) => refundId).sort();
    };
    expect(await ids({ waitingOn: 'approval' }, 1)).toEqual([open.refundId]);
    expect(await ids({ status: 'rejected' }, 1)).toEqual([ended.refundId]);
    expect(await ids({ needsAttention: true }, 1)).toEqual([open.refundId]);
    expect(await ids({ needsAttention: false }, 1)).toEqual([ended.refundId]);
    expect(await ids({ status: 'refunding' }, 0)).toEqual([]);
    expect(await ids({}, 2)).toEqual([open.refundId, ended.refundId].sort());
    expect(await ids({ limit: 1 }, 1)).toHaveLength(1);
    const [row] = await refunds.list({ orderId, status: 'rejected' });
    expect(row).toEqual({
      refundId: ended.refundId,
      workflowId: `refund:${ended.refundId}`,
      runId: expect.any(String) as string,
      status: 'rejected',
      waitingOn: null,
      needsAttention: false,
      reason: null,
      orderId,
      startedAt: expect.stringMatching(/Z$/) as string,
      closedAt: expect.stringMatching(/Z$/) as string,
      taskQueue: saga.taskQueue,
      run: 'COMPLETED',
      hangs: false,
      historyBytes: expect.any(Number) as number,
    });
    await refunds.cancel(open.refundId);
  });

  test('never says less than what is the case', async () => {
    const nobody = createRefundClient({ client: saga.client, taskQueue: `nobody-${saga.taskQueue}` });
    const unbegun = await nobody.start(request());
    expect(await refunds.overview(unbegun.refundId)).toMatchObject({ status: 'refunding', waitingOn: null });
    await saga.client.workflow.getHandle(unbegun.workflowId).terminate();

    const asked = request();
    const match = asked.sale?.provider === 'paywall' ? asked.sale.externalReference : '';
    saga.simulators.faults.add({
      provider: 'paywall',
      operation: 'lookUp',
      kind: 'errorBefore',
      match,
      times: 1_000,
    });
    const { refundId } = await refunds.start(asked);
    const waiting = await eventually(
      () => refunds.overview(refundId),
      ({ waitingOn }) => waitingOn !== null,
    );
    expect(waiting).toMatchObject({ status: 'planning', waitingOn: 'paywall' });
    await refunds.cancel(refundId);
    saga.simulators.faults.clear();
    expect(await refunds.result(refundId)).toMatchObject({ status: 'cancelled' });
  });

  test('an order id is compared, never read as part of the query', async () => {
    const taskQueue = `nobody-${saga.taskQueue}`;
    const hostile = [
      "o'brien",
      "x' OR '1'='1",
      "''",
      '%',
      'a;--',
      '`a`',
      'a"b',
      'a\\',
      "a\\' OR 1=1 --",
      'a\nb',
      'a b',
    ];
    const client = createRefundClient({ client: saga.client, taskQueue });
    await client.start(request());
    for (const orderId of hostile) {
      expect(listQuery({ orderId })).toBeUndefined();
      expect(await client.list({ orderId })).toEqual([]);
    }
    const status = "refunding' OR RefundStatus != '" as 'refunding';
    expect(await client.list({ status })).toEqual([]);
    expect(listQuery({ orderId: 'order-7_7.8' })).toBe(
      "WorkflowType = 'refundOrder' AND RefundOrderId = 'order-7_7.8'",
    );
  });
});

describe('connecting', () => {
  test('to nowhere ends after the patience, and says which address', async () => {
    const began = Date.now();
    const environment = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const error = await reasonOf(connectRefundClient({ environment, patienceMs: 700 }));
    expect(error).toBeInstanceOf(TemporalServerError);
    expect(error.message).toContain('No Temporal server answered at 127.0.0.1:1 within 0.7 s');
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  test('wrong variables are told by name, without their values', async () => {
    const environment = { PAYLOAD_KEYS: 'one:hunter2', TEMPORAL_CONFIG_FILE: __filename };
    const keys = await reasonOf(connectRefundClient({ environment }));
    expect(keys).toBeInstanceOf(ConfigurationError);
    expect(keys.message).toContain('PAYLOAD_KEYS must be');
    expect(keys.message).not.toContain('hunter2');
    const file = await reasonOf(connectRefundClient({ environment: { ...environment, PAYLOAD_KEYS: '' } }));
    expect(file).toBeInstanceOf(ConfigurationError);
    expect(file.message).not.toContain('import');
  });

  test('a server that goes away, and a namespace that is not there, are told apart from a missing refund', async () => {
    const elsewhere = await connect({ TEMPORAL_NAMESPACE: 'nowhere' });
    const missing = await reasonOf(elsewhere.state('rf-1'));
    expect(missing).toBeInstanceOf(TemporalServerError);
    expect(missing.message).toContain('no namespace nowhere');
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const gone = createRefundClient({ client: new Client({ connection }), timeoutMs: 500 });
    for (const call of [gone.state('rf-1'), gone.list(), gone.cancel('rf-1'), gone.start(request())]) {
      const error = await reasonOf(call);
      expect(error).toBeInstanceOf(TemporalServerError);
      expect(error).toMatchObject({ reason: 'unanswered' });
    }
    await expect(gone.start(request())).rejects.toThrow('may have been started. Start it again');
    await connection.close();
  });
});
