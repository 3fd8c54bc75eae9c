import type { EndOfRefund } from '../domain/order/end';
import type { ShareStatus } from '../domain/order/ledger';
import { LEG_NAMES } from '../domain/plan';
import type { LegName } from '../domain/plan';
import type { FinalStatus, LegState } from '../domain/state';
import { tellOrder } from './activities';
import type { Run } from './run';

/** Tells the order what became of the refund's shares, unless it knows: from here on this run moves nothing. */
export async function endAtOrder(run: Run, status: FinalStatus | 'invalid'): Promise<void> {
  const { atOrder, request } = run;
  const isTold = atOrder === 'nothing' || (atOrder === 'told' && status === 'refunded');
  if (isTold) return;
  await tellOrder({ orderId: request.orderId, shares: sharesOf(run) });
}

/**
 * A leg that was never begun, or that a provider declined or reversed, has moved nothing; what only a person said so of
 * stays held.
 */
function sharesOf({ state, unproven, refundPlan }: Run): EndOfRefund['shares'] {
  const legs = refundPlan ? refundPlan.legs.map(({ leg }) => leg) : LEG_NAMES;
  return Object.fromEntries(legs.map((leg) => [leg, shareOf(leg, state.legs[leg], unproven)]));
}

function shareOf(leg: LegName, legState: LegState | undefined, unproven: ReadonlySet<LegName>): ShareStatus {
  switch (legState?.status) {
    case 'refunded':
    case 'waived':
      return 'moved';
    case 'reversed':
      return legState.reversal?.confirmedBy === 'operator' ? 'held' : 'released';
    // Declined, or given up before it was sent once more.
    default:
      return unproven.has(leg) ? 'held' : 'released';
  }
}
