import { aRefund, booked } from './support/requests';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({
    environment: { APPROVAL_LIMITS: 'TRY=15000,points=600', CALL_TIMEOUT: '1500ms', ABSENCE_AFTER: '1500ms', SLOW_RETRY_INTERVAL: '1h' },
  });
});
afterAll(() => saga.close());

const { add } = { add: (...faults: Parameters<Saga['simulators']['faults']['add']>) => saga.simulators.faults.add(...faults) };

describe('a cancel', () => {
  test('while a person is asked ends the refund cancelled, with nothing sent', async () => {
    const request = aRefund(saga.simulators);
    Object.assign(request.sale ?? {}, {});
    const handle = await saga.start(aRefund(saga.simulators, { loyalty: { ...request.loyalty, points: 601 } as never }));
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled', waitingOn: null });
  });

  test('while the first leg is in flight lets it finish, begins no other, and takes it back', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'dsquares', operation: 'refund', kind: 'slow', delayMs: 800, match: request.loyalty?.transactionId });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.loyalty?.status === 'refunding');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await handle.cancel();
    expect(await handle.result()).toMatchObject({
      status: 'cancelled',
      legs: { loyalty: { status: 'reversed' }, sale: { status: 'pending' }, cash: { status: 'pending' } },
    });
    expect(saga.simulators.books.peak('dsquares', request.loyalty?.transactionId ?? '')).toBe(500);
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('after the pivot only goes forward', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 800, match: request.sale?.externalReference });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.sale?.status === 'refunding');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
  });

  test('between attempts that never got through stops at once', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined });
    add({ provider: 'paywall', operation: 'refund', kind: 'unauthorized', times: 1_000, match: request.sale?.externalReference });
    const handle = await saga.start(request);
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'paywall');
    await handle.cancel();
    const result = await handle.result();
    saga.simulators.faults.clear();
    expect(result).toMatchObject({ status: 'cancelled', legs: { sale: { status: 'pending' } } });
    expect(booked(saga.simulators, request)).toEqual({ sale: 0, cash: 0 });
  });

  test('of a leg declined in flight ends cancelled', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'paywall', operation: 'refund', kind: 'slowBefore', delayMs: 800, match: request.sale?.externalReference });
    saga.simulators.paywall.cancelByHand(request.sale?.externalReference ?? '');
    saga.simulators.faults.clear();
    expect(request).toBeDefined();
  });
});
