import { legAt } from '../../simulators/originals';
import { LEG_NAMES, PROVIDER_NAMES } from '../../src/domain/plan';
import type { LegName, ProviderName } from '../../src/domain/plan';
import type { RefundRequest, RequestLeg } from '../../src/domain/request';
import type { Dice } from './dice';

/** Draws the refund of a seed. */
export function drawRequest(seed: number, { maybe, oneOf }: Dice, now: number): RefundRequest {
  const id = String(seed);
  const shape = oneOf(7, 7, 7, 1, 2, 3, 4, 5, 6);
  const request: RefundRequest = {
    refundId: `rf-${id}`,
    orderId: `order-${id}`,
    currency: 'TRY',
    requestedBy: oneOf('order-service', 'Order-Service'),
    reason: 'goods returned',
  };
  const legs: LegOfEach = {
    dsquares: {
      provider: 'dsquares',
      walletCode: `wallet-${id}`,
      contactMsisdn: '01151618768',
      branchMsisdn: '201020792658',
      transactionId: `1${id}`,
      points: oneOf(500, 400, 7),
    },
    mircate: { provider: 'mircate', transactionId: `trx-${id}`, points: 500, accountNumber: `acc-${id}` },
    sipay: {
      provider: 'sipay',
      transactionId: `74400222022222${id.padStart(5, '0')}`,
      amountMinor: 2_550,
    },
    wyre: {
      provider: 'wyre',
      orderId: `WO_${id}`,
      amountMinor: 2_550,
      purchasedAt: new Date(now - 86_400_000).toISOString(),
    },
    paywall: {
      provider: 'paywall',
      externalReference: `sale-${id}`,
      amountMinor: 10_000,
      rollbackFee: maybe(0.5),
      rollbackCashback: maybe(0.5),
    },
  };
  const wallets = LEG_NAMES.filter((_, index) => shape & (1 << index));
  const drawn = wallets.map((name) => {
    const [only, ...others] = legsAt(name, legs);
    return [name, others.length === 0 ? only : oneOf(only, ...others)];
  });
  return { ...request, ...(Object.fromEntries(drawn) as Partial<RefundRequest>) };
}

type LegOfEach = { [Name in ProviderName]: Extract<RequestLeg, { provider: Name }> };

function legsAt(name: LegName, legs: LegOfEach): RequestLeg[] {
  return PROVIDER_NAMES.filter((provider) => legAt(provider) === name).map((provider) => legs[provider]);
}
