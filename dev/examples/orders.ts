import type { Simulators } from '../../simulators';
import { originalOf, seed } from '../../simulators/originals';
import type { RefundRequest } from '../../src/domain/request';

const SMALL_MINOR = 10_000;
const LARGE_MINOR = 60_000;
const CASH_MINOR = 2_550;

/** What the examples ask for, as far as the providers' books are concerned, and whether it is refunded. */
const ORDERS = [
  { number: 1, saleMinor: SMALL_MINOR, isRefunded: true },
  { number: 2, saleMinor: LARGE_MINOR, isRefunded: true },
  { number: 3, saleMinor: SMALL_MINOR, isRefunded: false },
  { number: 4, saleMinor: LARGE_MINOR, isRefunded: false },
];

function legsOf(order: string, number: number, saleMinor: number) {
  const sale = {
    ...{ provider: 'paywall' as const, externalReference: `sale-${order}-${number}`, amountMinor: saleMinor },
    ...{ rollbackFee: true, rollbackCashback: true },
  };
  const cash = { provider: 'sipay' as const, transactionId: `pay${order}${number}`, amountMinor: CASH_MINOR };
  return { sale, cash };
}

/** Puts what the customers of these orders paid into the providers' books. */
export function seedOrders(simulators: Simulators, order: string): void {
  for (const { number, saleMinor } of ORDERS) {
    const common = { refundId: '-', orderId: '-', currency: 'TRY', requestedBy: '-', reason: '-' };
    const request: RefundRequest = { ...common, ...legsOf(order, number, saleMinor) };
    seed(simulators, request);
  }
}

/** Where the books differ from what the example says that it refunded. */
export function wrongInBooks({ books }: Simulators, order: string): string[] {
  return ORDERS.flatMap(({ number, saleMinor, isRefunded }) =>
    Object.values(legsOf(order, number, saleMinor)).flatMap((leg) => {
      const wanted = isRefunded ? leg.amountMinor : 0;
      const moved = books.effective(leg.provider, originalOf(leg));
      return moved === wanted
        ? []
        : [`${leg.provider} moved ${moved} for order ${number}, and not ${wanted}`];
    }),
  );
}
