import { exponentOf } from '../domain/currency';
import { amountOf, showAmount } from '../domain/money';
import { LEG_NAMES } from '../domain/plan';
import type { RefundRequest } from '../domain/request';

/**
 * What a run refunds and where to look, as Markdown for its static details in the UI; no personal data. Short: the
 * history holds it. The summary names the wallets in the same order.
 */
export function staticDetailsOf(request: RefundRequest): string {
  const exponent = exponentOf(request.currency) ?? 0;
  const amounts = LEG_NAMES.flatMap((name) => {
    const leg = request[name];
    return leg ? [showAmount(amountOf(leg), request.currency, exponent)] : [];
  });
  return (
    `${amounts.join(', ')}. Next: *current details* or \`refund show ${request.refundId}\`. ` +
    'To stop it, cancel; never terminate.'
  );
}
