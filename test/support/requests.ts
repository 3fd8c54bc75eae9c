import type { RefundRequest } from '../../src/domain/request';
import type { Simulators } from '../../simulators';

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
export function aDsquaresLeg(number: number) {
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

function aPaywallLeg(number: number) {
  return {
    provider: 'paywall' as const,
    externalReference: `sale-${process.pid}-${number}`,
    amountMinor: 10_000,
    rollbackFee: true,
    rollbackCashback: true,
  };
}

function aSipayLeg(number: number) {
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

/** Puts what the customer paid into the providers' books. */
export function seed(simulators: Simulators, { loyalty, sale, cash, currency }: RefundRequest): void {
  if (loyalty?.provider === 'dsquares') simulators.dsquares.addRedemption(loyalty);
  if (loyalty?.provider === 'mircate') simulators.mircate.addSpend(loyalty);
  if (sale) simulators.paywall.addSale({ ...sale, currency });
  if (cash?.provider === 'sipay') simulators.sipay.addPayment({ ...cash, currency });
  if (cash?.provider === 'wyre') simulators.wyre.addOrder({ ...cash, currency });
}

/** What is effectively refunded at this moment, by the providers' own books. */
export function booked({ books }: Simulators, { loyalty, sale, cash }: RefundRequest) {
  return {
    ...(loyalty && { loyalty: books.effective(loyalty.provider, loyalty.transactionId) }),
    ...(sale && { sale: books.effective(sale.provider, sale.externalReference) }),
    ...(cash && {
      cash: books.effective(cash.provider, cash.provider === 'sipay' ? cash.transactionId : cash.orderId),
    }),
  };
}
