import type { LegName } from '../plan';
import { refundOf, withoutUntaken, withRefund } from './ledger';
import type { OrderState, Share, ShareStatus } from './ledger';

const MOST_ENDED_RUNS = 1_000;

/** How a refund ended: what became of each leg's share. */
export interface EndOfRefund {
  refundId: string;
  firstRun: string;
  runId: string;
  shares: Partial<Record<LegName, ShareStatus>>;
}

/** The order after a refund ended, or as it was where that is no news of a refund that it knows. */
export function endRefund(order: OrderState, { refundId, firstRun, runId, shares }: EndOfRefund): OrderState {
  const known = refundOf(order, refundId);
  const isNews = !order.endedRuns.includes(runId);
  const isOfKnown = isNews && known?.firstRun === firstRun && !known.earlierRuns.includes(runId);
  const ended = isNews ? { ...order, endedRuns: [...order.endedRuns, runId].slice(-MOST_ENDED_RUNS) } : order;
  if (!known) return ended;
  return withoutUntaken(
    withRefund(ended, {
      ...known,
      isOpen: known.isOpen && !isOfKnown,
      shares: known.shares.map((share) => ({
        ...share,
        status: statusAfter(share, shares[share.leg] ?? 'held', { isNews: isOfKnown && known.isOpen }),
      })),
    }),
  );
}

/**
 * O3: what moved has moved whenever that is told; a share is released by the first word of an end alone. An end that only
 * says "held" knows nothing new.
 */
function statusAfter({ status }: Share, told: ShareStatus, { isNews }: { isNews: boolean }): ShareStatus {
  switch (told) {
    case 'moved':
      return 'moved';
    case 'held':
      return status;
    case 'released':
      return isNews ? 'released' : status;
  }
}
