import { exponentOf } from '../domain/currency';
import { amountOf, showAmount } from '../domain/money';
import { LEG_NAMES } from '../domain/plan';
import type { RefundRequest } from '../domain/request';
import { codeBlock, markdownTable } from '../domain/story/markdown';

/** What a run is and where to look, as Markdown for its static details in the UI; no personal data. */
export function staticDetailsOf(request: RefundRequest): string {
  const { refundId, orderId } = request;
  return [
    `Gives back what was paid for order **${orderId}**: each wallet once or not at all.`,
    legTable(request),
    'Where it stands, and which message to send next, is in the *current details*; or from a terminal:',
    codeBlock(`refund show ${refundId}`),
    'Do not terminate this run to stop it: cancel it (`refund cancel`), and what has moved is taken back.',
  ].join('\n\n');
}

function legTable(request: RefundRequest): string {
  const exponent = exponentOf(request.currency) ?? 0;
  const rows = LEG_NAMES.flatMap((name) => {
    const leg = request[name];
    return leg ? [[name, leg.provider, showAmount(amountOf(leg), request.currency, exponent)]] : [];
  });
  return markdownTable(['Wallet', 'Provider', 'Amount'], rows);
}
