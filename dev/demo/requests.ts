import type { Simulators } from '../../simulators';
import { seed as seedOriginals } from '../../simulators/originals';
import type { RefundRequest } from '../../src/client';

/** The currency of everything in the demo, and its decimals. */
export const CURRENCY = { code: 'TRY', exponent: 2 } as const;

const POINTS = 500;
const SALE_MINOR = 10_000;
const CASH_MINOR = 2_550;
/** Above the limit of the demo's policy. */
const LARGE_SALE_MINOR = 60_000;

/** A refund of one order, paid with points, a sale wallet and cash; its ids are unique to this run of the demo. */
export function aRefund(run: string, number: number, other: Partial<RefundRequest> = {}): RefundRequest {
  return {
    refundId: `${run}-${number}`,
    orderId: `order-${run}-${number}`,
    currency: CURRENCY.code,
    requestedBy: 'order-service',
    reason: 'goods returned',
    loyalty: {
      provider: 'dsquares',
      walletCode: `0111111111${number}`,
      contactMsisdn: '01151618768',
      branchMsisdn: '201020792658',
      transactionId: `4627${number}`,
      points: POINTS,
    },
    sale: aSale(number, SALE_MINOR),
    cash: { provider: 'sipay', transactionId: `744002220222222210${number}`, amountMinor: CASH_MINOR },
    ...other,
  };
}

/** The sale of a refund that needs a person's approval. */
export function aLargeSale(number: number): Pick<RefundRequest, 'sale'> {
  return { sale: aSale(number, LARGE_SALE_MINOR) };
}

/** Points and cash at the other two providers. */
export function otherProviders(number: number): Pick<RefundRequest, 'loyalty' | 'cash'> {
  return {
    loyalty: {
      provider: 'mircate',
      transactionId: `trx-spend-${number}`,
      accountNumber: `acc-${number}`,
      points: POINTS,
    },
    cash: {
      provider: 'wyre',
      orderId: `WO_DEMO${number}`,
      amountMinor: CASH_MINOR,
      purchasedAt: new Date(Date.now() - 86_400_000).toISOString(),
    },
  };
}

/** Puts what the customer paid into the providers' books. */
export function seed(simulators: Simulators, request: RefundRequest): void {
  seedOriginals(simulators, request, { feeMinor: 150, cashbackMinor: 500 });
}

function aSale(number: number, amountMinor: number): NonNullable<RefundRequest['sale']> {
  return {
    provider: 'paywall',
    externalReference: `sale-${number}`,
    amountMinor,
    rollbackFee: true,
    rollbackCashback: true,
  };
}
