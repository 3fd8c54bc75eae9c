import { whyOverLimit } from '../domain/over-limit';
import type {
  ApprovalReason,
  IdInUse,
  Outlook,
  PreviewAnswer,
  PreviewedLeg,
  PreviewedOrder,
  RefundPreview,
  RefundRequest,
} from '../client/operator';
import { idInCommand } from '../client/shell';
import { amountOf, showAmount } from '../domain/money';
import { table } from './layout';
import { plain } from './text';

type Met = Extract<RefundPreview, { legs: unknown }>;

/** What a refund would meet. */
export function showPreview(request: RefundRequest, preview: RefundPreview): string {
  const { refundId, orderId } = request;
  const { idInUse, outlook } = preview;
  const used = USED[idInUse]?.(refundId, `refund show ${idInCommand(refundId)}`);
  const headline =
    used === undefined
      ? `Refund ${refundId} of order ${orderId} ${OUTLOOKS[outlook]}`
      : `${used}\n\nThe same under a free refund id ${OUTLOOKS[outlook]}`;
  const parts = 'legs' in preview ? partsOf(request, preview) : listed(preview.problems);
  return [headline, ...parts, ONLY_ASKED].join('\n\n');
}

const OUTLOOKS: Record<Outlook, string> = {
  goesThrough: 'would go through, and nobody would be asked.',
  needsApproval: 'would wait for a person to approve it.',
  declined: 'would be declined; nothing would move.',
  invalid: 'would fail as invalid, and its id be used up; nothing would move.',
  unknown: 'may go through: not everybody could be asked.',
};

const ONLY_ASKED = 'This was only asked: nothing was sent or reserved, and no refund id was used up.';

/** What comes before everything else, where a start would begin nothing. */
const USED: Partial<Record<IdInUse, (refundId: string, show: string) => string>> = {
  sameRefund: (refundId, show) =>
    `Refund ${refundId} was already started: a start would attach to it and refund nothing again. How it stands: ${show}`,
  anotherRefund: (refundId, show) =>
    `Refund id ${refundId} is used for a different refund, and a start would be refused. Look at it with: ${show}`,
};

function partsOf(request: RefundRequest, { legs, order, approval, isSigned, ...money }: Met): string[] {
  const show = (size: number, leg: PreviewedLeg | undefined) =>
    showAmount(
      leg && 'points' in leg.amount ? { points: size } : { amountMinor: size },
      money.currency,
      money.exponent,
    );
  return [
    table(
      ['LEG', 'PROVIDER', 'AMOUNT', 'ITS PROVIDER'],
      legs.map(({ leg, provider, amount, answer }) => [
        ...[leg, provider, showAmount(amount, money.currency, money.exponent)],
        ANSWERS[answer.kind],
      ]),
    ),
    ...legs.flatMap(({ leg, answer }) =>
      answer.kind === 'passed' ? [] : [plain(`${leg}: ${answer.message}`)],
    ),
    ...orderParts(order, legs, show),
    ...approvalParts(request, approval, money, isSigned),
  ];
}

const ANSWERS: Record<PreviewAnswer['kind'], string> = {
  passed: 'has nothing against it',
  refused: 'says no',
  unanswered: 'did not answer',
  notAsked: 'was not asked',
};

const NOT_KNOWN = {
  away: 'The order did not answer what it has left; is a worker polling the queue of orders?',
  off: 'The workers lock no orders (ORDER_LOCK), so nobody counts what is left.',
};

function orderParts(
  order: PreviewedOrder,
  legs: readonly PreviewedLeg[],
  show: (size: number, leg: PreviewedLeg | undefined) => string,
): string[] {
  if (order.kind !== 'known') return [NOT_KNOWN[order.kind]];
  const lines = order.payments.map(({ leg: name, paid, held, moved, left }) => {
    const leg = legs.find((previewed) => previewed.leg === name);
    const others = `other refunds hold ${show(held, leg)} and have moved ${show(moved, leg)}`;
    return paid === null || left === null
      ? `${name}: ${others}; what was paid is not told`
      : `${name}: ${show(left, leg)} of ${show(paid, leg)} left; ${others}`;
  });
  const why = order.refusal?.kind === 'overCap' ? [order.refusal.message] : (order.refusal?.problems ?? []);
  return [['What the order has left:', ...listed(lines)].join('\n'), ...why.map(plain)];
}

function approvalParts(
  request: RefundRequest,
  reasons: readonly ApprovalReason[],
  { currency, exponent }: Pick<Met, 'currency' | 'exponent'>,
  isSigned: boolean,
): string[] {
  if (reasons.length === 0) return [];
  const told = reasons.map((reason) => {
    if (reason.kind === 'repeat') {
      const leg = request[reason.leg];
      const amount = leg ? showAmount(amountOf(leg), currency, exponent) : '';
      const how = reason.hasMoved ? 'has refunded' : 'holds';
      return `${reason.leg}: refund ${reason.refundId} of the same order ${how} ${amount} too`;
    }
    return whyOverLimit(reason, currency, exponent);
  });
  const signed = isSigned ? ' The decision must be signed.' : '';
  return [[`A person would be asked, because of:${signed}`, ...listed(told)].join('\n')];
}

function listed(texts: readonly string[]): string[] {
  return texts.map((text) => `- ${plain(text)}`);
}
