import { temporal } from '@temporalio/proto';
import { aRefund } from './support/requests';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga();
});
afterAll(() => saga.close());

test('a happy refund of three legs with preflight costs at most 26 events, 4 workflow tasks and 6 KB', async () => {
  const handle = await saga.start(aRefund(saga.simulators));
  await handle.result();
  const history = await handle.fetchHistory();
  const events = history.events ?? [];
  const tasks = events.filter((event) => event.workflowTaskCompletedEventAttributes).length;
  const { historySize, raw } = await handle.describe();
  const transitions = Number(raw.workflowExecutionInfo?.stateTransitionCount);
  process.stdout.write(
    `happy refund: ${events.length} events, ${tasks} workflow tasks, ${transitions} state transitions, ` +
      `${historySize ?? 0} bytes\n`,
  );
  expect(events.length).toBeLessThanOrEqual(26);
  expect(tasks).toBeLessThanOrEqual(4);
  expect(transitions).toBeLessThanOrEqual(12);
  expect(historySize).toBeLessThanOrEqual(6_144);
  expect(temporal.api.history.v1.History.encode(history).finish().length).toBeLessThanOrEqual(6_144);
});

test('a retry that the engine makes adds no event', async () => {
  const counts = [];
  for (const times of [2, 3]) {
    const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined });
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'tooMany', times });
    const handle = await saga.start(request);
    await handle.result();
    counts.push((await handle.fetchHistory()).events?.length);
  }
  expect(counts[0]).toBe(counts[1]);
});
