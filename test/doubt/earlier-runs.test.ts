import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { WORKFLOW_TYPE, workflowIdOf } from '../../src/domain/contract';
import type { RefundRequest } from '../../src/domain/request';
import type { RefundState } from '../../src/domain/state';
import { aMircateLeg, aRefund, aRefundAt, booked } from '../support/requests';
import { resetByHand } from '../support/reset';
import { startSaga, type Saga } from '../support/saga';

/** Two kinds of workers over the same books: of yesterday, when nobody was asked, and of today. */
let yesterday: Saga;
let today: Saga;
let withoutPaywall: Saga;
const ASKS_FOR_ALL = { APPROVAL_LIMITS: '' };

beforeAll(async () => {
  yesterday = await startSaga();
  const shared = { taskQueue: yesterday.taskQueue, over: yesterday.simulators };
  today = await startSaga({ ...shared, environment: { ...ASKS_FOR_ALL, APPROVAL_TIMEOUT: '3s' } });
  await today.stopWorkers();
  withoutPaywall = await startSaga({
    ...shared,
    environment: { PAYWALL_BASE_URL: '', PAYWALL_API_KEY: '', PAYWALL_API_CLIENT: '' },
  });
  await withoutPaywall.stopWorkers();
});
afterEach(async () => {
  yesterday.simulators.faults.clear();
  await today.stopWorkers();
  await withoutPaywall.stopWorkers();
  await yesterday.restartWorkers();
});
afterAll(async () => {
  await today.close();
  await withoutPaywall.close();
  await yesterday.close();
});

const FIRST_TASK = 4;

/** A refund whose only request went through while its worker was still waiting, and whose run was then terminated. */
async function cutOff(request: RefundRequest, match: string): Promise<WorkflowHandle> {
  const provider = request.sale ? 'paywall' : 'mircate';
  yesterday.simulators.faults.add({ provider, operation: 'refund', kind: 'slow', delayMs: 700 });
  const handle = await yesterday.start(request);
  const isApplied = () =>
    yesterday.simulators
      .requests({ provider, operation: 'refund' })
      .some(({ body, applied }) => applied && body.includes(match));
  while (!isApplied()) await new Promise((resolve) => setTimeout(resolve, 10));
  await handle.terminate('a test');
  await yesterday.stopWorkers();
  return handle;
}

const parkedOrOver = (saga: Saga, handle: WorkflowHandle, request: RefundRequest) =>
  saga.until(handle, ({ status, legs }) => {
    const leg = request.sale ? legs.sale : legs.loyalty;
    return leg?.status === 'parked' || !['planning', 'awaitingApproval', 'refunding'].includes(status);
  });

describe('a run that was reset to its first task, after its request went through', () => {
  const endings: [string, (handle: WorkflowHandle) => Promise<unknown>][] = [
    ['a person rejects', (handle) => handle.signal('reject', { by: 'ana' })],
    ['nobody decides', () => Promise.resolve()],
    ['it is cancelled', (handle) => handle.cancel()],
  ];

  test.each(endings)('ends refunded when %s: what was sent is found', async (_, act) => {
    const request = aRefundAt(yesterday.simulators, 'paywall');
    const handle = await cutOff(request, request.sale?.externalReference ?? '');
    await today.startWorkers();
    const again = await resetByHand(handle, FIRST_TASK);
    await today.until(again, ({ status }) => status === 'awaitingApproval');
    await act(again);
    expect(await again.result()).toMatchObject({
      status: 'refunded',
      legs: { sale: { receipt: { confirmedBy: 'lookUp' } } },
    });
    expect(booked(today.simulators, request)).toEqual({ sale: 10_000 });
  });

  test.each(endings)('parks when %s and no look-up settles it', async (_, act) => {
    const request = aRefundAt(yesterday.simulators, 'mircate');
    const handle = await cutOff(request, request.loyalty?.transactionId ?? '');
    await today.startWorkers();
    const again = await resetByHand(handle, FIRST_TASK);
    await today.until(again, ({ status }) => status === 'awaitingApproval');
    await act(again);
    const { legs } = await today.parked(again, 'loyalty');
    expect(legs.loyalty?.problem?.code).toBe('ambiguous');
    const seen = { leg: 'loyalty', outcome: 'refunded', by: 'bea', evidence: 'in the panel' };
    await again.executeUpdate('resolveLeg', { args: [{ ...seen, providerReference: 'trx-1' }] });
    expect(await again.result()).toMatchObject({ status: 'refunded' });
    expect(booked(today.simulators, request)).toEqual({ loyalty: 500 });
  });

  test('parks where the fleet serves its provider no more, instead of saying that nothing was sent', async () => {
    const request = aRefundAt(yesterday.simulators, 'paywall');
    const handle = await cutOff(request, request.sale?.externalReference ?? '');
    await withoutPaywall.startWorkers();
    const again = await resetByHand(handle, FIRST_TASK);
    const state = await parkedOrOver(withoutPaywall, again, request);
    expect(state.legs.sale).toMatchObject({ status: 'parked', problem: { code: 'ambiguous' } });
    const seen = { leg: 'sale', outcome: 'refunded', by: 'bea', evidence: 'in the panel' };
    await again.executeUpdate('resolveLeg', { args: [{ ...seen, providerReference: 'row-1' }] });
    expect(await again.result()).toMatchObject({ status: 'refunded' });
  });

  test.each([
    ['turnBack', { status: 'compensated', legs: { loyalty: { status: 'reversed' } } }, 0],
    ['retry', { status: 'refunded', legs: { cash: { status: 'refunded' } } }, 500],
  ])(
    'with one of two legs refunded and a person’s no, the rest parks: %s',
    async (outcome, expected, points) => {
      const request = aRefund(yesterday.simulators, { sale: undefined, loyalty: aMircateLeg() });
      yesterday.simulators.sipay.setMerchantBalance(0);
      const handle = await yesterday.start(request);
      await yesterday.parked(handle, 'cash');
      await handle.terminate('a test');
      await yesterday.stopWorkers();
      yesterday.simulators.sipay.setMerchantBalance(10 ** 12);
      await today.startWorkers();
      const again = await resetByHand(handle, FIRST_TASK);
      await again.signal('reject', { by: 'ana' });
      await today.parked(again, 'loyalty');
      const say = (leg: string, said: string, more = {}) =>
        again.executeUpdate<RefundState, [object]>('resolveLeg', {
          args: [{ leg, outcome: said, by: 'bea', evidence: 'looked at the provider', ...more }],
        });
      await say('loyalty', 'refunded', { providerReference: 'trx-1' });
      const { legs } = await today.parked(again, 'cash');
      expect(legs.cash?.problem?.code).toBe('declined');
      await say('cash', outcome);
      if (outcome === 'turnBack')
        await today.until(again, (state) => state.legs.loyalty?.status !== 'refunded');
      const state = await today.until(
        again,
        ({ status, waitingOn }) => status !== 'compensating' || waitingOn === 'operator',
      );
      if (state.waitingOn === 'operator') await say('loyalty', 'retry');
      expect(await again.result()).toMatchObject(expected);
      expect(booked(today.simulators, request).loyalty).toBe(points);
    },
  );
});

describe('a run that ended compensated and was reset', () => {
  const say = (handle: WorkflowHandle, leg: string, outcome: string) =>
    handle.executeUpdate('resolveLeg', {
      args: [{ leg, outcome, by: 'bea', evidence: 'looked at the provider' }],
    });

  test('does not take the reversal of its first refund for that of the one it sent anew', async () => {
    const request = aRefund(yesterday.simulators, { sale: undefined, loyalty: aMircateLeg() });
    yesterday.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'refuse', times: 2 });
    const handle = await yesterday.start(request);
    expect(await handle.result()).toMatchObject({ status: 'compensated' });
    const again = await resetByHand(handle, FIRST_TASK);
    await yesterday.parked(again, 'loyalty');
    await say(again, 'loyalty', 'resend');
    await yesterday.parked(again, 'cash');
    await say(again, 'cash', 'declined');
    const { legs } = await yesterday.until(
      again,
      ({ status, waitingOn }) => status === 'compensating' && waitingOn === 'operator',
    );
    expect(legs.loyalty).toMatchObject({ problem: { side: 'reversal', code: 'alreadyDone' } });
    expect(booked(yesterday.simulators, request)).toEqual({ loyalty: 500, cash: 0 });
    await again.terminate('a test');
  });
});

describe('a second run under the same id', () => {
  const startAgain = (request: RefundRequest, workflowIdConflictPolicy?: 'TERMINATE_EXISTING') =>
    yesterday.client.workflow.start(WORKFLOW_TYPE, {
      taskQueue: yesterday.taskQueue,
      workflowId: workflowIdOf(request.refundId),
      args: [request],
      ...(workflowIdConflictPolicy && { workflowIdConflictPolicy }),
    });

  test('after the first one was terminated finds what that one sent', async () => {
    const request = aRefundAt(yesterday.simulators, 'paywall');
    await cutOff(request, request.sale?.externalReference ?? '');
    await yesterday.startWorkers();
    const handle = await startAgain(request);
    expect(await handle.result()).toMatchObject({
      status: 'refunded',
      legs: { sale: { receipt: { confirmedBy: 'lookUp' } } },
    });
    expect(booked(yesterday.simulators, request)).toEqual({ sale: 10_000 });
  });

  test('that terminates the first one in the middle of a doubt parks, and pays nothing twice', async () => {
    const request = aRefundAt(yesterday.simulators, 'mircate');
    yesterday.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'dropAfter' });
    const first = await yesterday.start(request);
    await yesterday.until(
      first,
      ({ legs }) => legs.loyalty?.status === 'lookingUp' || legs.loyalty?.status === 'parked',
    );
    const handle = await startAgain(request, 'TERMINATE_EXISTING');
    await yesterday.parked(handle, 'loyalty');
    expect(booked(yesterday.simulators, request)).toEqual({ loyalty: 500 });
    await handle.terminate('a test');
  });

  test('after the first one ended refunds nothing again', async () => {
    const request = aRefundAt(yesterday.simulators, 'wyre');
    await yesterday.run(request);
    const handle = await startAgain(request);
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(yesterday.simulators, request)).toEqual({ cash: 2_550 });
  });

  test('for something else, which never began, does not make a reset of the first one invalid', async () => {
    const request = aRefundAt(yesterday.simulators, 'paywall');
    const handle = await cutOff(request, request.sale?.externalReference ?? '');
    const { runId } = await handle.describe();
    const other = await yesterday.start({ ...request, reason: 'something else' });
    await other.terminate('by mistake');
    await yesterday.startWorkers();
    const again = await resetByHand(handle, FIRST_TASK, { runId });
    expect(await again.result()).toMatchObject({
      status: 'refunded',
      legs: { sale: { receipt: { confirmedBy: 'lookUp' } } },
    });
    expect(booked(yesterday.simulators, request)).toEqual({ sale: 10_000 });
  });

  test('for something else fails at once, and says that this run sent nothing', async () => {
    const request = aRefundAt(yesterday.simulators, 'wyre');
    await yesterday.run(request);
    const handle = await startAgain({ ...request, reason: 'another reason' });
    const failure: unknown = await handle.result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause).toMatchObject({
      type: 'InvalidRefundRequest',
      message: expect.stringMatching(/nothing was sent by this run.*older run/) as string,
    });
  });
});
