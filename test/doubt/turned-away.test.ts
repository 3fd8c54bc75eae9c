import type { WorkflowHandle } from '@temporalio/client';
import type { RefundRequest } from '../../src/domain/request';
import type { RefundState } from '../../src/domain/state';
import { startSagaBetween, type SagaBetween } from '../support/between';
import { aRefundAt, booked } from '../support/requests';

let between: SagaBetween;
beforeAll(async () => {
  const switches = { sipay: { executesDuplicates: true } };
  between = await startSagaBetween(
    { switches },
    { environment: { APPROVAL_LIMITS: '', FAST_RETRIES: '1', GIVE_UP_AFTER: '6s' } },
  );
});
afterEach(() => {
  between.rewrite(undefined);
  between.simulators.faults.clear();
});
afterAll(() => between.close());

const isOverOrParked = ({ status, waitingOn }: RefundState) =>
  waitingOn === 'operator' || !['planning', 'awaitingApproval', 'refunding'].includes(status);

async function approved(strike: () => void): Promise<{ request: RefundRequest; handle: WorkflowHandle }> {
  const request = aRefundAt(between.simulators, 'sipay');
  const handle = await between.saga.start(request);
  await between.saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
  strike();
  await handle.signal('approve', { by: 'ana' });
  return { request, handle };
}

/** A limiter that stands behind whoever executes. */
const executedThenTurnedAway = () =>
  between.rewrite(({ request }) =>
    request.includes('RefundPaymentInstant') ? { status: 429, body: '' } : undefined,
  );

const turnedAwayEverywhere = () => {
  for (const operation of ['refund', 'lookUp'] as const)
    between.simulators.faults.add({ provider: 'sipay', operation, kind: 'tooMany', times: 1_000 });
};

test.each([
  ['at the first send', () => executedThenTurnedAway()],
  [
    'at the re-send after one that was lost',
    () => {
      between.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropBefore' });
      executedThenTurnedAway();
    },
  ],
])(
  'a request that was executed and turned away %s is looked for before a cancel ends it',
  async (_, strike) => {
    const { request, handle } = await approved(strike);
    while (booked(between.simulators, request).cash === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await handle.cancel();
    const { status } = await between.saga.until(handle, isOverOrParked);
    expect(status).toBe('refunded');
    expect(booked(between.simulators, request)).toEqual({ cash: 2_550 });
  },
);

test('what a limiter turns away everywhere stops at once when it is cancelled', async () => {
  const { request, handle } = await approved(turnedAwayEverywhere);
  await between.saga.until(handle, ({ waitingOn }) => waitingOn === 'sipay');
  await handle.cancel();
  expect(await handle.result()).toMatchObject({ status: 'cancelled' });
  expect(booked(between.simulators, request)).toEqual({ cash: 0 });
});

test('and gives up as never sent', async () => {
  const { handle } = await approved(turnedAwayEverywhere);
  const { legs } = await between.saga.parked(handle, 'cash');
  expect(legs.cash?.problem?.code).toBe('providerDown');
  await handle.terminate('a test');
});
