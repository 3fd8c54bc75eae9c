import type { Fault } from '../simulators';
import { aRefund, booked } from './support/requests';
import { resetByHand } from './support/reset';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({
    environment: { APPROVAL_LIMITS: 'TRY=15000,points=500', SLOW_RETRY_INTERVAL: '1h' },
  });
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

const NOTHING = { loyalty: 0, sale: 0, cash: 0 };
const add = (fault: Fault) => saga.simulators.faults.add(fault);
const arrived = async (provider: Fault['provider'], match: string) => {
  while (
    !saga.simulators.requests({ provider, operation: 'refund' }).some(({ body }) => body.includes(match))
  ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

describe('a cancel', () => {
  test('while a person is asked ends the refund cancelled, with nothing sent', async () => {
    const request = aRefund(saga.simulators, { currency: 'EUR' });
    const handle = await saga.start(request);
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled', waitingOn: null });
    expect(booked(saga.simulators, request)).toEqual(NOTHING);
  });

  test('while the first leg is in flight lets it finish, begins no other, and reverses it', async () => {
    const request = aRefund(saga.simulators);
    const { transactionId = '' } = request.loyalty ?? {};
    add({ provider: 'dsquares', operation: 'refund', kind: 'slow', delayMs: 500 });
    const handle = await saga.start(request);
    await arrived('dsquares', transactionId);
    await handle.cancel();
    expect(await handle.result()).toMatchObject({
      status: 'cancelled',
      legs: { loyalty: { status: 'reversed' }, sale: { status: 'pending' }, cash: { status: 'pending' } },
    });
    expect(saga.simulators.books.peak('dsquares', transactionId)).toBe(500);
    expect(booked(saga.simulators, request)).toEqual(NOTHING);
  });

  test('while the pivot is in flight goes on once it is refunded', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 500 });
    const handle = await saga.start(request);
    await arrived('paywall', request.sale?.externalReference ?? '');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
  });

  test('while the pivot is in flight and then declined ends cancelled, with the points reversed', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'paywall', operation: 'refund', kind: 'slowBefore', delayMs: 500 });
    const handle = await saga.start(request);
    await arrived('paywall', request.sale?.externalReference ?? '');
    saga.simulators.paywall.cancelByHand(request.sale?.externalReference ?? '');
    await handle.cancel();
    await saga.parked(handle, 'sale');
    const handled = { leg: 'sale', outcome: 'declined', by: 'ana', evidence: 'cancelled by the shop' };
    await handle.executeUpdate('resolveLeg', { args: [handled] });
    expect(await handle.result()).toMatchObject({
      status: 'cancelled',
      legs: { loyalty: { status: 'reversed' }, sale: { status: 'declined' } },
    });
  });

  test('between attempts that never got through stops at once', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'paywall', operation: 'refund', kind: 'unauthorized', times: 1_000 });
    const handle = await saga.start(request);
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'paywall');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({
      status: 'cancelled',
      legs: { loyalty: { status: 'reversed' }, sale: { status: 'pending' } },
    });
    expect(booked(saga.simulators, request)).toEqual(NOTHING);
  });

  test('of a leg whose call was lost waits until it is known, and does not send it again', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'paywall', operation: 'refund', kind: 'dropBefore' });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.sale?.status === 'lookingUp');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({
      status: 'cancelled',
      legs: { loyalty: { status: 'reversed' }, sale: { status: 'pending' } },
    });
    const sent = saga.simulators.requests({ provider: 'paywall', operation: 'refund' });
    expect(sent.filter(({ body }) => body.includes(request.sale?.externalReference ?? ''))).toHaveLength(1);
    expect(booked(saga.simulators, request)).toEqual(NOTHING);
  });

  test('of a leg whose lost call was applied goes forward when it was the pivot', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'paywall', operation: 'refund', kind: 'dropAfter' });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.sale?.status === 'lookingUp');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
  });

  test('of a leg parked for our empty float turns back', async () => {
    const request = aRefund(saga.simulators, { sale: undefined });
    add({ provider: 'sipay', operation: 'refund', kind: 'refuse', code: '311' });
    const handle = await saga.start(request);
    expect((await saga.parked(handle, 'cash')).legs.cash?.problem?.code).toBe('merchantBalance');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({
      status: 'cancelled',
      legs: { loyalty: { status: 'reversed' } },
    });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, cash: 0 });
  });

  test('of a run that was reset goes forward when an earlier one had refunded the pivot', async () => {
    const patient = await startSaga({
      environment: { APPROVAL_LIMITS: 'TRY=15000', SLOW_RETRY_INTERVAL: '2s', FAST_RETRIES: '0' },
    });
    const { simulators } = patient;
    const request = aRefund(simulators, { loyalty: undefined });
    // Preflight, and its first repetition: the reset leads back to the wait for the next one.
    simulators.faults.add({ provider: 'paywall', operation: 'lookUp', kind: 'errorBefore', times: 2 });
    simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'refuse', code: '311', times: 1 });
    const handle = await patient.start(request);
    await patient.parked(handle, 'cash');
    const { events } = await handle.fetchHistory();
    const asked = events?.find((event) => event.timerStartedEventAttributes);
    const again = await resetByHand(handle, asked?.timerStartedEventAttributes?.workflowTaskCompletedEventId);
    await again.cancel();
    expect(await again.result()).toMatchObject({
      status: 'refunded',
      legs: { sale: { receipt: { confirmedBy: 'lookUp' } } },
    });
    expect(booked(simulators, request)).toEqual({ sale: 10_000, cash: 2_550 });
    await patient.close();
  });

  test('does not cut off a compensation', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });
    add({ provider: 'dsquares', operation: 'reverse', kind: 'slow', delayMs: 500 });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.loyalty?.status === 'reversing');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({
      status: 'compensated',
      legs: { loyalty: { status: 'reversed' } },
    });
    expect(booked(saga.simulators, request)).toEqual(NOTHING);
  });
});
