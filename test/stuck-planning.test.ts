import type { WorkflowHandle } from '@temporalio/client';
import { findingOf } from '../src/cli/stuck';
import { lookAtOpen } from '../src/client/health/stuck';
import { runRefund } from './support/cli';
import { aRefundAt } from './support/requests';
import { startSaga, type Saga } from './support/saga';
import { untilIt } from './support/until';

/** Refunds that wait in planning, where nothing is in doubt and nobody would look. */
const sagas: Saga[] = [];

afterEach(async () => {
  jest.useRealTimers();
  for (const saga of sagas.splice(0).toReversed()) await saga.close();
});

async function sagaWith(environment: Record<string, string>, first?: Saga, taskQueue?: string) {
  const over = first && { over: first.simulators };
  const saga = await startSaga({ ...over, ...(taskQueue !== undefined && { taskQueue }), environment });
  sagas.push(saga);
  return saga;
}

const inAMinute = () =>
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval'],
    now: Date.now() + 61_000,
  });

async function look({ client, taskQueue }: Saga, handle: WorkflowHandle) {
  const { workflowId, runId } = await handle.describe();
  const { stuck } = await lookAtOpen({ client, taskQueue, timeoutMs: 10_000 }, { workflowId, runId });
  return stuck && findingOf(stuck);
}

const keys = (number: number) => ({
  PAYLOAD_KEYS: `k${number}:${Buffer.alloc(32, number).toString('base64')}`,
});

test.each([
  ['in clear', {}],
  ['encrypted', keys(5)],
])('a refund whose order does not answer is told of, %s', async (_, encryption) => {
  const one = await startSaga({ environment: encryption, unpolled: 'orders' });
  sagas.push(one);
  const handle = await one.start(aRefundAt(one.simulators, 'wyre'));
  const attempts = async () => (await handle.describe()).raw.pendingActivities?.[0]?.attempt ?? 0;
  await untilIt(async () => (await attempts()) > 1);
  expect(await look(one, handle)).toBeUndefined();
  inAMinute();
  expect(await look(one, handle)).toMatchObject({
    kind: 'failing',
    taskQueue: one.taskQueue,
    hasSent: false,
    failing: {
      activity: 'planRefund',
      lastFailure: expect.stringMatching(/^Not sent: order \S+ did not answer/) as string,
    },
    meaning: expect.stringContaining('This run has sent nothing, and nothing will be sent until') as string,
    next: [
      expect.stringMatching(/^refund show /),
      `start a worker with REFUND_TASK_QUEUE=${one.taskQueue} and ORDER_LOCK on: it serves orders, too`,
    ],
  });
  const environment = { REFUND_TASK_QUEUE: one.taskQueue, ...encryption };
  const { out } = await runRefund(['show', handle.workflowId.slice('refund:'.length)], { environment });
  expect(out).toMatch(
    /^Refund (\S+) of order order-.*\n\nRefund \1 makes no progress, because one of its calls has kept failing since /,
  );
  expect(out).toContain('The run itself does not know that. This is what it last reported:');
  await handle.cancel();
});

test('an older run that the workers cannot read is named, with what to do; a leg that is retried is not told of', async () => {
  const old = await sagaWith(keys(1));
  const request = aRefundAt(old.simulators, 'sipay');
  old.simulators.sipay.setMerchantBalance(0);
  const first = await old.start(request);
  await old.parked(first, 'cash');
  const oldRunId = (await first.describe()).runId;
  await first.terminate('a test');
  const now = await sagaWith(keys(2), old);
  const again = await now.start(request);
  now.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'tooMany', times: 1_000 });
  const retried = await now.start(aRefundAt(now.simulators, 'paywall'));
  await now.until(retried, ({ waitingOn }) => waitingOn === 'paywall');
  await untilIt(async () => (await again.describe()).historyLength > 4);
  expect(await look(now, again)).toBeUndefined();
  inAMinute();
  expect(await look(now, again)).toMatchObject({
    kind: 'failing',
    taskQueue: now.taskQueue,
    failing: { activity: 'planRefund', unreadableRuns: [oldRunId] },
    meaning: expect.stringContaining(`the older run ${oldRunId} under this id`) as string,
    next: [
      expect.stringMatching(/^refund show /),
      `add the key with which run ${oldRunId} was written to the PAYLOAD_KEYS of the workers`,
    ],
  });
  expect(await look(now, retried)).toBeUndefined();
  const environment = { REFUND_TASK_QUEUE: now.taskQueue, ...keys(2) };
  const { out } = await runRefund(['show', request.refundId], { environment });
  expect(out).toContain('It is being planned, and this run has reported nothing yet.');
  expect(out).toContain(`the older run ${oldRunId} under this id`);
  for (const handle of [again, retried]) await handle.terminate();
});
