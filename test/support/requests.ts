import type { ProviderName } from '../../src/domain/plan';
import type { RefundRequest, RequestLeg } from '../../src/domain/request';
import type { Fault, Simulators } from '../../simulators';
import { legAt, originalOf, seed } from '../../simulators/originals';

export { legAt, seed };

let count = 0;

/** A refund of all three wallets whose originals are in the providers' books; override what a test is about. */
export function aRefund(simulators: Simulators, overrides: Partial<RefundRequest> = {}): RefundRequest {
  const number = (count += 1);
  const unique = `${(Date.now() % 1e8).toString(36)}${number}`;
  const request: RefundRequest = {
    refundId: `rf-${unique}`,
    orderId: `order-${unique}`,
    currency: 'TRY',
    requestedBy: 'order-service',
    reason: 'goods returned',
    loyalty: aDsquaresLeg(number),
    sale: aPaywallLeg(number),
    cash: aSipayLeg(number),
    ...overrides,
  };
  seed(simulators, request);
  return request;
}

/** Points redeemed at dsquares. */
export function aDsquaresLeg(number = (count += 1)) {
  return {
    provider: 'dsquares' as const,
    walletCode: `01111${String(process.pid).padStart(6, '0')}${number}`,
    contactMsisdn: '01151618768',
    branchMsisdn: '201020792658',
    transactionId: `${process.pid}${String(number).padStart(5, '0')}`,
    points: 500,
  };
}

/** Points spent at mircate. */
export function aMircateLeg(number = (count += 1)) {
  return {
    provider: 'mircate' as const,
    transactionId: `trx-${process.pid}-${number}`,
    accountNumber: `acc-${process.pid}-${number}`,
    points: 500,
  };
}

/** A sale at paywall. */
export function aPaywallLeg(number = (count += 1)) {
  return {
    provider: 'paywall' as const,
    externalReference: `sale-${process.pid}-${number}`,
    amountMinor: 10_000,
    rollbackFee: true,
    rollbackCashback: true,
  };
}

/** A payment at sipay. */
export function aSipayLeg(number = (count += 1)) {
  const transactionId = `744${String(process.pid).padStart(8, '0')}${String(number).padStart(8, '0')}`;
  return { provider: 'sipay' as const, transactionId, amountMinor: 2_550 };
}

/** A card order at wyre, bought a day ago. */
export function aWyreLeg(number = (count += 1)) {
  return {
    provider: 'wyre' as const,
    orderId: `WO_${process.pid}_${number}`,
    amountMinor: 2_550,
    purchasedAt: new Date(Date.now() - 86_400_000).toISOString(),
  };
}

/** What is effectively refunded at this moment, by the providers' own books. */
export function booked({ books }: Simulators, { loyalty, sale, cash }: RefundRequest) {
  const effective = (leg: RequestLeg) => books.effective(leg.provider, originalOf(leg));
  return {
    ...(loyalty && { loyalty: effective(loyalty) }),
    ...(sale && { sale: effective(sale) }),
    ...(cash && { cash: effective(cash) }),
  };
}

/** A leg at each provider. */
export const LEG_AT = {
  dsquares: aDsquaresLeg,
  mircate: aMircateLeg,
  paywall: aPaywallLeg,
  sipay: aSipayLeg,
  wyre: aWyreLeg,
} as const satisfies Record<ProviderName, (number?: number) => RequestLeg>;

/** A refund of one leg, at this provider. */
export function aRefundAt(
  simulators: Simulators,
  provider: ProviderName,
  overrides: Partial<RefundRequest> = {},
): RefundRequest {
  const rest = { loyalty: undefined, sale: undefined, cash: undefined };
  return aRefund(simulators, { ...rest, [legAt(provider)]: LEG_AT[provider](), ...overrides });
}

/** The sipay payment that the cash of a refund turns to. */
export function sipayPaymentOf({ cash }: RefundRequest): string {
  if (cash?.provider !== 'sipay') throw new Error('its cash is not of sipay');
  return cash.transactionId;
}

/** Sipay refuses the cash of this refund, because our float there is empty. */
export function emptyFloatFor(request: RefundRequest): Fault {
  const match = sipayPaymentOf(request);
  return { provider: 'sipay', operation: 'refund', kind: 'refuse', code: '311', match };
}

/** What is refunded of each leg when all of it is. */
export function whole({ loyalty, sale, cash }: RefundRequest) {
  return {
    ...(loyalty && { loyalty: loyalty.points }),
    ...(sale && { sale: sale.amountMinor }),
    ...(cash && { cash: cash.amountMinor }),
  };
}
