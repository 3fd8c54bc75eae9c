import { refundByHand } from '../../simulators/originals';
import type { RefundRequest } from '../../src/domain/request';
import type { RefundState } from '../../src/domain/state';
import { aRefundAt } from '../support/requests';
import { resetByHand } from '../support/reset';
import { startSaga, type Saga } from '../support/saga';

/** What preflight refused before anything was sent stays refused under this id. */
let saga: Saga;
beforeAll(async () => {
  saga = await startSaga();
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

const FIRST_TASK = 4;
const REFUSED = { status: 'declined', legs: {} };

/** A refund that support made in the panel, between the start of ours and its first look. */
async function refusedAt(provider: 'paywall' | 'wyre') {
  const request = aRefundAt(saga.simulators, provider);
  await saga.stopWorkers();
  const handle = await saga.start(request);
  const leg = request.sale ?? request.cash;
  if (leg) refundByHand(saga.simulators, leg);
  await saga.startWorkers();
  expect(await handle.result()).toMatchObject(REFUSED);
  return { request, handle };
}

const sent = ({ sale, cash }: RefundRequest) =>
  saga.simulators.requests({ operation: 'refund' }).filter(({ path, body }) => {
    const original = sale?.externalReference ?? (cash?.provider === 'wyre' ? cash.orderId : '');
    return (path + body).includes(original);
  });

describe.each(['paywall', 'wyre'] as const)('a refund of the panel that preflight saw at %s', (provider) => {
  test('is not called ours by a run that was reset', async () => {
    const { request, handle } = await refusedAt(provider);
    const { runId } = await handle.describe();
    const again = await resetByHand(handle, FIRST_TASK);
    const before = (await saga.client.workflow.getHandle(handle.workflowId, runId).result()) as RefundState;
    expect(await again.result()).toMatchObject({ status: 'declined', legs: before.legs });
    expect(sent(request)).toEqual([]);
  });

  test('is not called ours, nor refunded once more, by the next start under its id', async () => {
    const { request } = await refusedAt(provider);
    const state = await saga.run(request);
    expect(state).toMatchObject(REFUSED);
    const leg = request.sale ? state.legs.sale : state.legs.cash;
    expect(leg).toMatchObject({ status: 'declined', problem: { code: 'alreadyDone' } });
    expect(sent(request)).toEqual([]);
  });

  test('keeps the next start from sending, even where the list no longer shows it', async () => {
    const { request } = await refusedAt(provider);
    for (const operation of ['lookUp', 'check'] as const)
      saga.simulators.faults.add({ provider, operation, kind: 'staleLookUp', delayMs: 60_000, times: 9 });
    expect(await saga.run(request)).toMatchObject(REFUSED);
    expect(sent(request)).toEqual([]);
  });
});
