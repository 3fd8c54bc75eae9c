import { exponentOf } from '../domain/currency';
import { amountOf } from '../domain/money';
import type { Reservation } from '../domain/order/reservation';
import { isWholeOnly, originalOf } from '../domain/original';
import type { RefundPlan } from '../domain/plan';
import type { RefundRequest } from '../domain/request';
import { requestHash } from '../statements/request-hash';
import { legsOf } from './draft';

/** What a refund wants of its order, whoever asks for it. */
export function sharesOf(
  request: RefundRequest,
  { hasEarlierRuns, unanswered = [] }: Pick<RefundPlan, 'hasEarlierRuns' | 'unanswered'>,
): Pick<Reservation, 'requestHash' | 'requestedBy' | 'currency' | 'exponent' | 'at' | 'shares'> {
  const { currency, paid, requestedBy } = request;
  const unseen = new Set(unanswered.map(({ leg }) => leg));
  return {
    ...{ requestHash: requestHash(request), requestedBy, currency, exponent: exponentOf(currency) ?? 0 },
    at: new Date().toISOString(),
    shares: legsOf(request).map(([leg, requested]) => {
      const amount = amountOf(requested);
      const size = 'points' in amount ? amount.points : amount.amountMinor;
      // Preflight has seen that a payment which can only be refunded whole is as large as its leg.
      const seen = isWholeOnly(requested) && !hasEarlierRuns && !unseen.has(leg) ? size : undefined;
      const wasPaid = paid?.[leg] ?? seen;
      return {
        ...{ leg, original: originalOf(requested), amount, isWholeOnly: isWholeOnly(requested) },
        ...(wasPaid !== undefined && { paid: wasPaid }),
      };
    }),
  };
}
