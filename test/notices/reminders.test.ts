import { setTimeout as pause } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import { findFreePort } from '../../dev/temporal-server/ports';
import { createOperatorClient } from '../../src/client/operator';
import type { RemindAfter } from '../../src/domain/reminder';
import type { RefundRequest } from '../../src/domain/request';
import { createReminders } from '../../src/runtime/reminders';
import { useOwnServer } from '../support/own-server';
import { aRefundAt, aSipayLeg, emptyFloatFor } from '../support/requests';
import { startReceiver, type Heard, type Receiver } from '../support/receiver';
import { startSaga, type Saga } from '../support/saga';

const { EventType } = temporal.api.enums.v1;
const FAILED = { status: 500, body: 'oops' };
const TAKEN = { status: 204, body: '' };

let leaveServer: () => Promise<void>;
let receiver: Receiver;
/** Its workers post notices and survey nothing: the rounds of these tests are their own. */
let saga: Saga;
const warned: unknown[] = [];

beforeAll(async () => {
  leaveServer = await useOwnServer();
  receiver = await startReceiver();
  const environment = { ...receiver.environment, APPROVAL_LIMITS: 'TRY=5000' };
  saga = await startSaga({ environment });
});
afterAll(async () => {
  await saga.close();
  await receiver.close();
  await leaveServer();
  expect(warned).toEqual([]);
});
afterEach(() => receiver.answer(TAKEN));

/** The rounds of one worker; another one, or the same after a restart, remembers nothing of them. */
function aWorker(remindAfter: RemindAfter): () => Promise<void> {
  const { client, taskQueue } = saga;
  const logger = {
    ...console,
    trace: console.log,
    log: console.log,
    warn: (...told: unknown[]) => warned.push(told),
  };
  return createReminders({ client, taskQueue, timeoutMs: 10_000, remindAfter, logger });
}

const remindersOf = ({ refundId }: RefundRequest): Heard[] =>
  receiver.heard(refundId).filter(({ type }) => type === 'refund.reminder');

/** Goes rounds until so many different reminders have arrived. */
async function until(request: RefundRequest, count: number, rounds: () => Promise<void>): Promise<Heard[]> {
  for (;;) {
    await rounds();
    if (new Set(remindersOf(request).map(({ id }) => id)).size >= count) return remindersOf(request);
    await pause(50);
  }
}

async function parked(): Promise<RefundRequest> {
  const request = aRefundAt(saga.simulators, 'sipay');
  saga.simulators.faults.add(emptyFloatFor(request));
  await saga.parked(await saga.start(request), 'cash');
  return request;
}

const handleOf = ({ refundId }: RefundRequest) => saga.client.workflow.getHandle(`refund:${refundId}`);

/** How long its history is, once its first notice was taken and that is taken in. */
async function settledLength(request: RefundRequest): Promise<number> {
  for (;;) {
    const types = ((await handleOf(request).fetchHistory()).events ?? []).map(({ eventType }) => eventType);
    const isTold = types.includes(EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED);
    if (isTold && types.at(-1) === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) return types.length;
    await pause(50);
  }
}

const retry = ({ refundId }: RefundRequest) =>
  createOperatorClient({ client: saga.client }).resolve({
    ...{ refundId, leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'float filled' },
  });

test('a leg that stays parked is told anew, in the same words and without an event of its run', async () => {
  const request = await parked();
  const { refundId, orderId } = request;
  const before = await settledLength(request);
  const [heard] = await until(request, 1, aWorker({ parked: 500 }));
  expect(heard).toEqual({
    id: expect.stringMatching(new RegExp(`^notice:${refundId}:reminder:\\d{13}:\\d$`)) as string,
    type: 'refund.reminder',
    timestamp: expect.stringMatching(/^20\d\d-.*Z$/) as string,
    data: { refundId, orderId, status: 'refunding', reason: 'sipay:merchantBalance' },
  });
  expect(await settledLength(request)).toBe(before);
  await retry(request);
  await handleOf(request).result();
});

test('each step once: two workers and a third after a restart repeat none', async () => {
  const request = await parked();
  const [one, other] = [aWorker({ parked: 600 }), aWorker({ parked: 600 })];
  await until(request, 2, async () => {
    await Promise.all([one(), other(), aWorker({ parked: 600 })()]);
  });
  await pause(200);
  await aWorker({ parked: 600 })();
  await pause(500);
  const ids = remindersOf(request).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  await retry(request);
  await handleOf(request).result();
});

test('a receiver that fails gets the same reminder under the same webhook-id', async () => {
  receiver.answer(FAILED);
  const request = await parked();
  const [reminder] = await until(request, 1, aWorker({ parked: 400 }));
  receiver.answer(TAKEN);
  const again = () => remindersOf(request).filter(({ id }) => id === reminder?.id);
  while (again().length < 2) await pause(50);
  for (const heard of again()) expect(heard).toEqual(reminder);
  await retry(request);
  await handleOf(request).result();
});

test('a question is told anew; what is decided, what nobody wants to hear of, and what is young is not', async () => {
  const asked = aRefundAt(saga.simulators, 'sipay', { cash: { ...aSipayLeg(), amountMinor: 5_001 } });
  await saga.until(await saga.start(asked), ({ waitingOn }) => waitingOn === 'approval');
  const leg = await parked();
  const [heard] = await until(asked, 1, aWorker({ approval: 300, parked: 3_600_000 }));
  expect(heard).toMatchObject({ data: { status: 'awaitingApproval', reason: 'approval' } });
  await createOperatorClient({ client: saga.client }).decide({
    ...{ refundId: asked.refundId, decision: 'reject', by: 'ana' },
  });
  await handleOf(asked).result();
  const told = remindersOf(asked).length;
  // The list may still show it as waiting: what is asked of the run itself does not.
  await aWorker({ approval: 1, parked: 1, 'sipay:merchantBalance': null })();
  await pause(500);
  expect(remindersOf(asked)).toHaveLength(told);
  expect(remindersOf(leg)).toEqual([]);
  await retry(leg);
  await handleOf(leg).result();
});

test('a leg that parks once more begins at the first step again, as another wait', async () => {
  const request = await parked();
  const rounds = aWorker({ parked: 300 });
  const [first] = await until(request, 1, rounds);
  saga.simulators.faults.add(emptyFloatFor(request));
  await retry(request);
  await saga.until(
    handleOf(request),
    ({ people, waitingOn }) => people.length === 1 && waitingOn === 'operator',
  );
  const waitOf = (heard: Heard | undefined) => heard?.id.split(':').at(-2);
  const isOther = (heard: Heard) => waitOf(heard) !== waitOf(first);
  while (!remindersOf(request).some(isOther)) {
    await rounds();
    await pause(50);
  }
  expect(remindersOf(request).find(isOther)?.id).toMatch(/:1$/);
  await retry(request);
  await handleOf(request).result();
});

/** Begins a round as if it were so much later; what it leads to happens now. */
function later(hours: number, round: () => Promise<void>): Promise<void> {
  const doNotFake = ['nextTick', 'setImmediate', 'setTimeout', 'setInterval'] as const;
  jest.useFakeTimers({ doNotFake: [...doNotFake], now: Date.now() + hours * 3_600_000 });
  const going = round();
  jest.useRealTimers();
  return going;
}

test('a leg that parks once more between two rounds does not wait for the next step of the wait before', async () => {
  const request = await parked();
  const rounds = aWorker({ parked: 3_600_000 });
  // The step after this one is due at 32 hours.
  await later(20, rounds);
  const [first] = await until(request, 1, () => Promise.resolve());
  saga.simulators.faults.add(emptyFloatFor(request));
  await retry(request);
  await saga.until(
    handleOf(request),
    ({ people, waitingOn }) => people.length === 1 && waitingOn === 'operator',
  );
  await until(request, 2, () => later(21.5, rounds));
  const waits = remindersOf(request).map(({ id }) => id.split(':').at(-2));
  expect(waits[0]).toBe(first?.id.split(':').at(-2));
  expect(new Set(waits).size).toBe(2);
  await retry(request);
  await handleOf(request).result();
});

test('a receiver that comes back is told once, however many steps it has missed', async () => {
  const request = await parked();
  await settledLength(request);
  receiver.answer(FAILED);
  const rounds = aWorker({ parked: 3_600_000 });
  await later(1.5, rounds);
  const [heard] = await until(request, 1, () => Promise.resolve());
  for (const hours of [2.5, 4.5, 8.5, 16.5]) await later(hours, rounds);
  receiver.answer(TAKEN);
  const posting = saga.client.workflow.getHandle(heard?.id ?? '');
  await posting.result();
  expect(new Set(remindersOf(request).map(({ id }) => id))).toEqual(new Set([heard?.id]));
  await until(request, 2, () => later(40, rounds));
  await retry(request);
  await handleOf(request).result();
});

test('refunds of another fleet are left to its own workers', async () => {
  const other = await startSaga({ over: saga.simulators, environment: receiver.environment });
  const request = aRefundAt(saga.simulators, 'sipay');
  saga.simulators.faults.add(emptyFloatFor(request));
  const handle = await other.start(request);
  await other.parked(handle, 'cash');
  const ours = await parked();
  await until(ours, 1, aWorker({ parked: 300 }));
  expect(remindersOf(request)).toEqual([]);
  await Promise.all([retry(request), retry(ours)]);
  await Promise.all([handle.result(), handleOf(ours).result()]);
  await other.close();
});

test('a worker that surveys reminds, by the settings of its environment', async () => {
  const surveying = await startSaga({
    over: saga.simulators,
    taskQueue: saga.taskQueue,
    environment: {
      ...receiver.environment,
      METRICS_ADDRESS: `127.0.0.1:${await findFreePort()}`,
      SURVEY_INTERVAL: '100ms',
      REMIND_AFTER: 'sipay:merchantBalance=400ms,parked=off',
    },
  });
  const request = await parked();
  await until(request, 2, () => Promise.resolve());
  await retry(request);
  await handleOf(request).result();
  await surveying.close();
});
