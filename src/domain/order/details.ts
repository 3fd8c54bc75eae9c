import { asCode, asText, codeBlock, markdownTable, time } from '../details/markdown';
import type { OrderState } from './ledger';
import { holding, paymentRows, releaseCommand, shareRows } from './view';

const CUT_OFF =
  'A refund that was terminated tells its order nothing: its share stays held until it is healed or released. To see which:';

/** An order and its refunds as Markdown, for the current details in the UI. */
export function describeOrder(order: OrderState): string {
  const { orderId, refunds } = order;
  if (refunds.length === 0) return `**Order ${asText(orderId)}: no refund holds anything.**`;
  const open = refunds.filter(({ isOpen }) => isOpen).length;
  const refundsOf = `${refunds.length} refund${refunds.length === 1 ? '' : 's'}`;
  return [
    `**Order ${asText(orderId)}: ${refundsOf}, ${open} open.**`,
    markdownTable(
      ['Refund', 'Leg', 'Amount', 'State', 'Since'],
      shareRows(order).map(({ refundId, leg, amount, state, since }) => [
        ...[asText(refundId), leg, amount, asText(state), time(since)],
      ]),
    ),
    markdownTable(
      ['Payment', 'Paid', 'Held', 'Refunded', 'Left'],
      paymentRows(order).map(({ name, paid, held, refunded, left }) => [
        ...[asCode(name), paid ?? 'not told', held, refunded, left ?? 'not known'],
      ]),
    ),
    ...holding(order, 'ended').flatMap(({ refundId }) => [
      `Refund ${asText(refundId)} has ended and still holds a share: only a person, and not its provider, said that it is ` +
        'not refunded. If you see at the provider that it is not, release it:',
      codeBlock(releaseCommand(orderId, refundId)),
    ]),
    ...(holding(order, 'notEnded').length > 0 ? [`${CUT_OFF} ${asCode(`refund order ${orderId}`)}`] : []),
  ].join('\n\n');
}
