import type { WorkflowHandle } from '@temporalio/client';
import type { LegName, ProviderName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';
import type { RefundState } from '../../src/domain/state';
import { legAt } from '../../simulators/originals';
import { aMircateLeg, aRefund, aRefundAt, booked } from '../support/requests';
import { resetByHand } from '../support/reset';
import { startSaga, type Saga } from '../support/saga';

const ENVIRONMENT = {
  ...{ APPROVAL_LIMITS: '', FAST_RETRIES: '1', CALL_TIMEOUT: '2s', ABSENCE_AFTER: '3s' },
  LOOKUP_DELAYS: '100ms,300ms,3100ms,3500ms',
};
/** How long a request is under way, within its call's time and longer than an undoubted look-up waits. Milliseconds. */
const UNDER_WAY_MS = 1_500;
const WHOLE = { dsquares: 500, mircate: 500, paywall: 10_000, sipay: 2_550, wyre: 2_550 };

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const isOverOrParked = ({ status, waitingOn }: RefundState) =>
  waitingOn === 'operator' || !['planning', 'awaitingApproval', 'refunding', 'compensating'].includes(status);

let saga: Saga;
beforeAll(async () => {
  const switches = { sipay: { executesDuplicates: true }, paywall: { hostileSecondRefund: true } };
  saga = await startSaga({ simulators: { switches }, environment: ENVIRONMENT });
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

async function asked(request: RefundRequest): Promise<WorkflowHandle> {
  const handle = await saga.start(request);
  await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
  return handle;
}

const struck = (provider: ProviderName, operation: 'refund' | 'reverse', kind: 'dropBefore' | 'refuse') =>
  saga.simulators.faults.add({ provider, operation, kind });

const delayed = (provider: ProviderName, operation: 'refund' | 'reverse' = 'refund') =>
  saga.simulators.faults.add({ provider, operation, kind: 'slowBefore', delayMs: UNDER_WAY_MS });

async function retry(handle: WorkflowHandle, leg: LegName): Promise<void> {
  const args: [object] = [{ leg, outcome: 'retry', by: 'bea', evidence: 'looked at the provider' }];
  for (let tries = 0; tries < 12; tries += 1) {
    const isSaid = await handle.executeUpdate('resolveLeg', { args }).then(
      () => true,
      () => false,
    );
    if (isSaid) return;
    await wait(150);
  }
  throw new Error('the leg takes no retry');
}

/** The last completed task before the first event of this kind. */
async function taskBefore(handle: WorkflowHandle, what: 'update' | 'lastLookUp'): Promise<number> {
  const events = (await handle.fetchHistory()).events ?? [];
  const is = (event: (typeof events)[number]) =>
    what === 'update'
      ? Boolean(event.workflowExecutionUpdateAcceptedEventAttributes)
      : event.activityTaskScheduledEventAttributes?.activityType?.name === 'lookUpRefund';
  const at = what === 'update' ? events.findIndex(is) : events.findLastIndex(is);
  const task = events.slice(0, at).findLast((event) => event.workflowTaskCompletedEventAttributes);
  return Number(task?.eventId);
}

/** Resets a run whose request is under way, has it tried again where it waits for that, and lets everything arrive. */
async function goOnFrom(handle: WorkflowHandle, what: 'update' | 'lastLookUp', leg: LegName) {
  await wait(150);
  const again = await resetByHand(handle, await taskBefore(handle, what));
  await wait(100);
  if ((await saga.state(again)).legs[leg]?.status === 'parked') await retry(again, leg);
  await saga.until(again, isOverOrParked);
  await wait(UNDER_WAY_MS + 1_000);
  const state = await saga.state(again);
  await again.terminate('a test').catch(() => undefined);
  return state;
}

describe('what the run before a reset has under way is not sent beside it', () => {
  test.each<ProviderName>(['paywall', 'sipay'])('its automatic re-send, at %s', async (provider) => {
    const leg = legAt(provider);
    const request = aRefundAt(saga.simulators, provider);
    const handle = await asked(request);
    struck(provider, 'refund', 'dropBefore');
    delayed(provider);
    await handle.signal('approve', { by: 'ana' });
    await saga.until(handle, ({ legs }) => legs[leg]?.status === 'lookingUp');
    await saga.until(handle, ({ legs }) => legs[leg]?.status === 'refunding');
    const { status } = await goOnFrom(handle, 'lastLookUp', leg);
    expect(booked(saga.simulators, request)).toEqual({ [leg]: WHOLE[provider] });
    expect(status).toMatch(/^refund(ed|ing)$/);
  });

  test.each<ProviderName>(['mircate', 'dsquares'])('its retry by word, at %s', async (provider) => {
    const request = aRefundAt(saga.simulators, provider);
    const handle = await asked(request);
    struck(provider, 'refund', 'dropBefore');
    await handle.signal('approve', { by: 'ana' });
    await saga.parked(handle, 'loyalty');
    delayed(provider);
    await retry(handle, 'loyalty');
    await saga.until(handle, ({ legs }) => legs.loyalty?.status === 'refunding');
    await goOnFrom(handle, 'update', 'loyalty');
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500 });
  });

  test('its reversal by word', async () => {
    const request = aRefund(saga.simulators, { loyalty: aMircateLeg(), sale: undefined });
    const handle = await asked(request);
    struck('sipay', 'refund', 'refuse');
    struck('mircate', 'reverse', 'refuse');
    await handle.signal('approve', { by: 'ana' });
    await saga.parked(handle, 'loyalty');
    delayed('mircate', 'reverse');
    await retry(handle, 'loyalty');
    await saga.until(handle, ({ legs }) => legs.loyalty?.status === 'reversing');
    await goOnFrom(handle, 'update', 'loyalty');
    const { transactionId = '' } = request.loyalty ?? {};
    const reversals = saga.simulators
      .requests({ provider: 'mircate', operation: 'reverse' })
      .filter(({ body, applied }) => applied && body.includes(request.refundId));
    expect({ transactionId, reversals: reversals.length }).toEqual({ transactionId, reversals: 1 });
  });
});

test('what the run before was cleared to send is open where no attempt of this run gets through', async () => {
  const environment = {
    ...{ APPROVAL_LIMITS: '', GIVE_UP_AFTER: '2s', FAST_RETRIES: '0', SIPAY_RATE_PER_SECOND: '50' },
  };
  const all = await startSaga({ environment });
  const shared = { taskQueue: all.taskQueue, over: all.simulators };
  const cutOff = { ...environment, SIPAY_BASE_URL: 'http://127.0.0.1:1' };
  const away = await startSaga({ ...shared, environment: cutOff });
  await away.stopWorkers();
  const deserted = await startSaga({ ...shared, environment, unpolled: 'providers' });
  await deserted.stopWorkers();
  const request = aRefund(all.simulators, { loyalty: undefined });
  const handle = await all.start(request);
  await all.until(handle, ({ waitingOn }) => waitingOn === 'approval');
  await all.stopWorkers();
  await away.startWorkers();
  await handle.signal('approve', { by: 'ana' });
  await away.parked(handle, 'cash');
  await away.stopWorkers();
  await all.startWorkers();
  all.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'slow', delayMs: 700 });
  await retry(handle, 'cash');
  while (booked(all.simulators, request).cash === 0) await wait(10);
  const events = (await handle.fetchHistory()).events ?? [];
  const sent = events.findLastIndex(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'refundLeg',
  );
  const task = events.slice(0, sent).findLast((event) => event.workflowTaskCompletedEventAttributes);
  await all.stopWorkers();
  await deserted.startWorkers();
  const again = await resetByHand(handle, task?.eventId);
  const { legs } = await deserted.parked(again, 'cash');
  expect(legs.cash?.problem?.code).toBe('ambiguous');
  await again.terminate('a test');
  await deserted.close();
  await away.close();
  await all.close();
});
