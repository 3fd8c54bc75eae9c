import type { LegName } from '../plan';
import { isSamePerson } from '../text';
import { refundOf, withoutUntaken, withRefund } from './ledger';
import type { OrderState, Share } from './ledger';

/** A person says that what a refund holds did not move, and will not. */
export interface HoldReleased {
  refundId: string;
  by: string;
  evidence: string;
  /** ISO 8601. */
  at: string;
  /** Legs that did move, as the refund's runs say, though its order was not told: they are not released. */
  moved: readonly LegName[];
}

/** Why there is nothing to release; undefined when there is. Whether the refund still runs is asked elsewhere. */
export function refusalOfRelease(
  order: OrderState,
  { refundId, by }: Pick<HoldReleased, 'refundId' | 'by'>,
): string | undefined {
  const known = refundOf(order, refundId);
  if (!known) return 'no refund of this order has this id';
  if (isSamePerson(known.requestedBy, by)) return 'the requester of a refund cannot release what it holds';
  return known.shares.some(({ status }) => status === 'held') ? undefined : 'this refund holds nothing';
}

/** The order after a person released what a refund that does not run any more held (O2). */
export function releaseHold(
  order: OrderState,
  { refundId, by, evidence, at, moved }: HoldReleased,
): OrderState {
  const known = refundOf(order, refundId);
  if (!known) return order;
  const releasedBy = { by, evidence, at };
  const shares = known.shares.map((share): Share => {
    if (share.status !== 'held') return share;
    return moved.includes(share.leg)
      ? { ...share, status: 'moved' }
      : { ...share, status: 'released', releasedBy };
  });
  return withoutUntaken(withRefund(order, { ...known, isOpen: false, shares }));
}
