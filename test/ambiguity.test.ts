import type { Fault, FaultKind, Operation, ProviderName } from '../simulators';
import type { LegName } from '../src/domain/plan';
import type { RefundRequest } from '../src/domain/request';
import { aMircateLeg, aRefund, aWyreLeg, booked } from './support/requests';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga();
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

const add = (fault: Fault) => saga.simulators.faults.add(fault);
const only = (leg: LegName): Partial<RefundRequest> => ({
  loyalty: undefined,
  sale: undefined,
  cash: undefined,
  [leg]: LEGS[leg](),
});
const LEGS = { loyalty: () => aMircateLeg(), sale: () => undefined, cash: () => aWyreLeg() };

/** A refund of one leg at one provider. */
function aLegAt(provider: ProviderName): RefundRequest {
  const rest = { loyalty: undefined, sale: undefined, cash: undefined };
  const whole = aRefund(saga.simulators);
  if (provider === 'dsquares') return { ...whole, ...rest, loyalty: whole.loyalty };
  if (provider === 'paywall') return { ...whole, ...rest, sale: whole.sale };
  if (provider === 'sipay') return { ...whole, ...rest, cash: whole.cash };
  return aRefund(saga.simulators, only(provider === 'mircate' ? 'loyalty' : 'cash'));
}

const legOf = (provider: ProviderName): LegName =>
  provider === 'paywall' ? 'sale' : provider === 'sipay' || provider === 'wyre' ? 'cash' : 'loyalty';

const calls = (provider: ProviderName, operation: Operation) =>
  saga.simulators.requests({ provider, operation }).length;

const full = (request: RefundRequest) => ({
  ...(request.loyalty && { loyalty: 500 }),
  ...(request.sale && { sale: 10_000 }),
  ...(request.cash && { cash: 2_550 }),
});

const APPLIED: FaultKind[] = [
  'dropAfter',
  'errorAfter',
  'malformed',
  'empty',
  'contradictory',
  'wrongAmount',
];
const NOT_APPLIED: FaultKind[] = ['dropBefore', 'errorBefore', 'redirect'];
const DECIDING: ProviderName[] = ['paywall', 'sipay', 'wyre'];
const EVIDENCE: ProviderName[] = ['dsquares', 'mircate'];

describe.each(DECIDING)('%s, whose look-up decides', (provider) => {
  test.each(APPLIED)('a refund that was applied (%s) is found and never sent again', async (kind) => {
    if (provider === 'wyre' && kind === 'wrongAmount') return;
    const request = aLegAt(provider);
    const before = calls(provider, 'refund');
    add({ provider, operation: 'refund', kind });
    expect(await saga.run(request)).toMatchObject({
      status: 'refunded',
      legs: { [legOf(provider)]: { status: 'refunded', receipt: { confirmedBy: 'lookUp' } } },
    });
    expect(calls(provider, 'refund')).toBe(before + 1);
    expect(booked(saga.simulators, request)).toEqual(full(request));
  });

  test.each(NOT_APPLIED)(
    'a refund that was not applied (%s) is proven absent and sent once more',
    async (kind) => {
      const request = aLegAt(provider);
      const before = calls(provider, 'refund');
      add({ provider, operation: 'refund', kind });
      expect(await saga.run(request)).toMatchObject({ status: 'refunded' });
      expect(calls(provider, 'refund')).toBe(before + 2);
      expect(booked(saga.simulators, request)).toEqual(full(request));
    },
  );
});

describe.each(EVIDENCE)('%s, whose look-up is only evidence', (provider) => {
  test.each<FaultKind>(['dropAfter', 'dropBefore'])(
    'parks after %s, with the evidence shown',
    async (kind) => {
      const request = aLegAt(provider);
      const before = calls(provider, 'refund');
      add({ provider, operation: 'refund', kind });
      const handle = await saga.start(request);
      const { legs, waitingOn } = await saga.parked(handle, 'loyalty');
      expect(waitingOn).toBe('operator');
      expect(legs.loyalty?.problem).toMatchObject({
        code: 'ambiguous',
        evidence: { message: expect.any(String) as string },
      });
      expect(calls(provider, 'refund')).toBe(before + 1);

      const retry = { leg: 'loyalty', outcome: 'retry', by: 'ana', evidence: 'asked the provider' };
      await handle.executeUpdate('resolveLeg', { args: [retry] });
      if (kind === 'dropBefore') {
        expect(await handle.result()).toMatchObject({ status: 'refunded' });
        expect(calls(provider, 'refund')).toBe(before + 2);
      } else {
        await saga.until(handle, ({ legs: { loyalty } }) => loyalty?.status === 'parked');
        expect(calls(provider, 'refund')).toBe(before + 1);
        const refunded = { ...retry, outcome: 'refunded', providerReference: 'seen-in-panel' };
        await handle.executeUpdate('resolveLeg', { args: [refunded] });
        expect(await handle.result()).toMatchObject({
          status: 'refunded',
          legs: {
            loyalty: { receipt: { confirmedBy: 'operator', by: 'ana', providerReference: 'seen-in-panel' } },
          },
        });
      }
      expect(booked(saga.simulators, request)).toEqual(full(request));
    },
  );
});

describe('a worker that is lost in the middle of a call', () => {
  test('leaves an ambiguous leg, not a second refund', async () => {
    const request = aLegAt('paywall');
    add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 60_000 });
    expect(await saga.run(request)).toMatchObject({ legs: { sale: { receipt: { confirmedBy: 'lookUp' } } } });
    expect(booked(saga.simulators, request)).toEqual({ sale: 10_000 });
  });
});

describe('already done', () => {
  test('by someone else, before this refund began, is refused before anything moves', async () => {
    const request = aRefund(saga.simulators);
    saga.simulators.paywall.refundByHand(request.sale?.externalReference ?? '');
    expect(await saga.run(request)).toMatchObject({
      status: 'declined',
      legs: {
        sale: { status: 'declined', problem: { code: 'alreadyDone' } },
        loyalty: { status: 'pending' },
      },
    });
  });

  test('said by a provider that did nothing, parks', async () => {
    const request = aLegAt('sipay');
    add({ provider: 'sipay', operation: 'refund', kind: 'alreadyDone' });
    const handle = await saga.start(request);
    expect((await saga.parked(handle, 'cash')).legs.cash?.problem?.code).toBe('alreadyDone');
    await handle.executeUpdate('resolveLeg', {
      args: [{ leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'no such row in the panel' }],
    });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
  });
});

test('a transient error of wyre is looked up before it is tried again', async () => {
  const request = aLegAt('wyre');
  const before = calls('wyre', 'lookUp');
  add({ provider: 'wyre', operation: 'refund', kind: 'transient' });
  expect(await saga.run(request)).toMatchObject({
    status: 'refunded',
    legs: { cash: { receipt: { confirmedBy: 'answer' } } },
  });
  expect(calls('wyre', 'lookUp')).toBeGreaterThan(before);
  expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
});
