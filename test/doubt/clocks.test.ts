import type { ProviderName } from '../../simulators';
import { own } from '../../simulators';
import type { RefundState } from '../../src/domain/state';
import { aRefund, aRefundAt, aWyreLeg, booked, legAt, whole } from '../support/requests';
import { startSaga, type Saga, type SagaOptions } from '../support/saga';

const realTime = Date.now.bind(Date);
const HOURS_25 = 25 * 3_600_000;
const DAY_MS = 86_400_000;

const open: Saga[] = [];
const start = async (options: SagaOptions) => {
  const saga = await startSaga(options);
  open.push(saga);
  return saga;
};
afterEach(async () => {
  jest.restoreAllMocks();
  for (const saga of open.splice(0)) await saga.close();
});

const isSettled = ({ status, waitingOn }: RefundState) =>
  waitingOn === 'operator' || !['planning', 'awaitingApproval', 'refunding'].includes(status);

/** From now on the clock of this process, and so of its workers, is off. The simulators keep the real time. */
const setWorkersOff = (milliseconds: number) =>
  jest.spyOn(Date, 'now').mockImplementation(() => realTime() + milliseconds);

test.each(['dropAfter', 'unlistedAfter'] as const)(
  'a worker whose clock is 25 hours behind finds what was sent, among other movements (%s)',
  async (kind) => {
    const saga = await start({
      simulators: { now: realTime, switches: { sipay: { executesDuplicates: true } } },
    });
    const { simulators } = saga;
    const at = realTime() - 10 * 3_600_000;
    simulators.sipay.addPayment({ transactionId: `79${realTime()}`, amountMinor: 1, currency: 'TRY', at });
    simulators.faults.add({ provider: 'sipay', operation: 'refund', kind });
    const request = aRefundAt(simulators, 'sipay');
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.cash?.status === 'lookingUp');
    setWorkersOff(-HOURS_25);
    expect((await saga.until(handle, isSettled)).status).toBe('refunded');
    expect(booked(simulators, request)).toEqual(whole(request));
  },
);

test.each<ProviderName>(['paywall', 'wyre'])(
  'a worker whose clock is 25 hours behind reads the date of what %s shows',
  async (provider) => {
    const saga = await start({ simulators: { now: realTime } });
    const request = aRefundAt(saga.simulators, provider);
    saga.simulators.faults.add({ provider, operation: 'refund', kind: 'dropAfter' });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs[legAt(provider)]?.status === 'lookingUp');
    setWorkersOff(-HOURS_25);
    expect((await saga.until(handle, isSettled)).status).toBe('refunded');
    expect(booked(saga.simulators, request)).toEqual(whole(request));
  },
);

test.each<[string, number, number, object]>([
  ['is 25 hours ahead refunds an order that is', HOURS_25, 29.5, { status: 'refunded' }],
  [
    'is right refuses an order that is not',
    0,
    30.5,
    { status: 'declined', legs: { cash: { problem: { code: 'windowClosed' } } } },
  ],
])('a worker whose clock %s within its 30 days', async (_, ahead, days, expected) => {
  const saga = await start({ simulators: { now: realTime } });
  const purchasedAt = new Date(realTime() - days * DAY_MS).toISOString();
  const cash = { ...aWyreLeg(), purchasedAt };
  const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined, cash });
  setWorkersOff(ahead);
  expect(await saga.run(request)).toMatchObject(expected);
});

describe('where the clock of a provider agrees with ours', () => {
  test.each<ProviderName>(['paywall', 'wyre'])(
    'what somebody refunded by hand at %s a moment before us is not ours, in whatever language it says no',
    async (provider) => {
      const saga = await start({
        simulators: { switches: { paywall: { language: 'tr' } } },
        environment: { APPROVAL_LIMITS: '' },
      });
      const { simulators } = saga;
      const request = aRefundAt(simulators, provider);
      const handle = await saga.start(request);
      await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
      simulators.faults.add({ provider, operation: 'refund', kind: 'unlistedBefore' });
      if (provider === 'paywall') simulators.paywall.refundByHand(request.sale?.externalReference ?? '');
      else simulators.wyre.refundByHand(request.cash?.provider === 'wyre' ? request.cash.orderId : '');
      await handle.signal('approve', { by: 'ana' });
      const leg = legAt(provider);
      const { legs } = await saga.parked(handle, leg);
      expect(legs[leg]).toMatchObject({ problem: { code: 'alreadyDone', evidence: {} } });
      const original = request.sale?.externalReference ?? (request.cash as { orderId: string }).orderId;
      expect(own(simulators.books.of(provider, original))).toHaveLength(0);
      await handle.terminate('a test');
    },
  );
});
