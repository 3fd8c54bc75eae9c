import type { RefundRequest } from '../src/domain/request';
import { aMircateLeg, aRefund, aWyreLeg, booked } from './support/requests';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({ environment: { DSQUARES_REDEEM_UNIT: 'money' } });
});
afterAll(() => saga.close());

const without = (leg: 'loyalty' | 'sale' | 'cash'): Partial<RefundRequest> => ({ [leg]: undefined });

describe('a refund whose providers answer clearly', () => {
  test('refunds points, sale and cash, each once', async () => {
    const request = aRefund(saga.simulators);
    const result = await saga.run(request);
    expect(result).toMatchObject({
      refundId: request.refundId,
      status: 'refunded',
      waitingOn: null,
      legs: {
        loyalty: { status: 'refunded', receipt: { points: 500, confirmedBy: 'answer' } },
        sale: { status: 'refunded', receipt: { amountMinor: 10_000, confirmedBy: 'answer' } },
        cash: { status: 'refunded', receipt: { amountMinor: 2_550, confirmedBy: 'answer' } },
      },
    });
    expect(result.approval).toBeUndefined();
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
  });

  test('does so through mircate and wyre as well', async () => {
    const request = aRefund(saga.simulators, { loyalty: aMircateLeg(), cash: aWyreLeg() });
    expect(await saga.run(request)).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
  });

  test('reverses the points when the sale is declined', async () => {
    const request = aRefund(saga.simulators);
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });
    expect(await saga.run(request)).toMatchObject({
      status: 'compensated',
      legs: { loyalty: { status: 'reversed' }, sale: { status: 'declined' }, cash: { status: 'pending' } },
    });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('ends declined when the first leg is declined', async () => {
    const request = aRefund(saga.simulators, without('loyalty'));
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });
    expect(await saga.run(request)).toMatchObject({
      status: 'declined',
      legs: { sale: { status: 'declined' } },
    });
    expect(booked(saga.simulators, request)).toEqual({ sale: 0, cash: 0 });
  });
});
