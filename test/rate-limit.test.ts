import { aRefund, booked } from './support/requests';
import { startSaga, type Saga } from './support/saga';

const RATE = 4;
let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({
    environment: { SIPAY_RATE_PER_SECOND: String(RATE), FAST_RETRIES: '0', SLOW_RETRY_INTERVAL: '1s' },
  });
});
afterAll(() => saga.close());

test('a provider that was down is not run over: what waited drains under its rate limit', async () => {
  const requests = Array.from({ length: 14 }, () =>
    aRefund(saga.simulators, { loyalty: undefined, sale: undefined }),
  );
  saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'unauthorized', times: 10_000 });
  const handles = await Promise.all(requests.map((request) => saga.start(request)));
  await Promise.all(
    handles.slice(0, 3).map((handle) => saga.until(handle, ({ waitingOn }) => waitingOn === 'sipay')),
  );
  saga.simulators.faults.clear();
  const ends = await Promise.all(handles.map((handle) => handle.result()));
  expect(ends).toEqual(requests.map(() => expect.objectContaining({ status: 'refunded' }) as unknown));
  for (const request of requests) expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });

  // An activity refreshes its token and sends again once: two calls for one start of the limited kind.
  const starts = saga.simulators
    .requests({ provider: 'sipay', operation: 'refund', applied: true })
    .map(({ at }) => at);
  const busiest = Math.max(
    ...starts.map((from) => starts.filter((at) => at >= from && at < from + 2_000).length),
  );
  // The server spreads a limit over its partitions, so a burst of one second's worth can come on top.
  expect(busiest).toBeLessThanOrEqual(RATE * 2 + RATE);
  expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(1_500);
});
