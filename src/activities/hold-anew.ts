import type { Hold, LegInput } from '../domain/activity-types';
import type { Reserved } from '../domain/order/reservation';
import { NO_OTHERS } from '../domain/preview';
import { retryableFailure } from './call';
import { overLimits } from './draft';
import type { PlanningRules } from './draft';
import { reservationOf } from './order';
import type { Orders } from './order';

/**
 * Reserves anew before a run that was reset sends anything: its refund may have ended before, and its share be free by
 * now, or taken; or other refunds were made, so that a person would be asked.
 * @returns why nothing may be sent; undefined when the order holds the share
 * @throws a failure that is tried again when the order does not answer
 */
export async function holdAnew(
  { hold, firstRun }: LegInput,
  rules: PlanningRules,
  orders: Orders,
): Promise<string | undefined> {
  if (!hold || !rules.orders) return undefined;
  const { request } = hold;
  const { taskQueue, memoryMs } = rules.orders;
  const reservation = reservationOf(request, { hasEarlierRuns: true }, { firstRun, memoryMs });
  const answer = await orders.reserve(request.orderId, reservation, taskQueue);
  switch (answer.kind) {
    case 'reserved':
      return whyToAsk(hold, answer, rules);
    case 'overCap':
      return answer.message;
    case 'invalid':
      return `The order refused: ${answer.problems.join('; ')}.`;
    case 'away':
      throw retryableFailure({ kind: 'notSent', message: answer.message }, Date.now());
  }
}

/** What other refunds of the order have become since the plan, and nobody was asked about. */
function whyToAsk(
  { request, approval }: Hold,
  answer: Pick<Reserved, 'others' | 'repeats'>,
  { approvalLimits }: PlanningRules,
): string | undefined {
  const shown = approval?.repeats ?? [];
  const repeat = answer.repeats.find(
    ({ refundId, leg }) => !shown.some((other) => other.refundId === refundId && other.leg === leg),
  );
  if (repeat) {
    return `Since it was planned, refund ${repeat.refundId} of this order took the same amount of ${repeat.leg}, and nobody was asked whether both are wanted. ${ANEW}`;
  }
  const over = (others: Reserved['others']) => overLimits(request, approvalLimits, others);
  const known = [...over(NO_OTHERS), ...(approval?.overLimits ?? [])];
  if (over(answer.others).every(({ of }) => known.some((limit) => limit.of === of))) return undefined;
  return `With what other refunds of this order took since it was planned it is above what needs nobody's approval, and nobody was asked. ${ANEW}`;
}

const ANEW =
  'If it is wanted, settle this leg as declined, and start a refund under a new id: that asks a person.';
