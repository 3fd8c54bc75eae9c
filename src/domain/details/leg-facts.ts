import type { Briefing } from '../briefing';
import type { LegName } from '../plan';
import type { LegState, Problem, RefundState, Side } from '../state';

/** The side of the movement that a leg is at: what was refunded can only be reversed. */
export function sideOf({ problem, receipt, status }: LegState): Side {
  if (status === 'parked') return problem?.side ?? 'refund';
  return receipt ? 'reversal' : 'refund';
}

/**
 * Whether it is known that the movement of a leg that stands still had no effect: the provider refused its only
 * request, or none went out. A second request, or one of an earlier run, was only cleared by a look-up or a person, and a
 * "no" that the provider's sheet does not list only by look-ups.
 */
export function isKnownUnmoved(name: LegName, problem: Problem, briefing: Briefing): boolean {
  const { sends = 0 } = briefing.legs[name] ?? {};
  const restsOnWord = problem.code !== 'providerDown' && problem.evidence === undefined;
  return !briefing.wasReset && sends <= (restsOnWord ? 1 : 0);
}

/** Whether all that is known of a leg's only request is that look-ups showed no refund. */
export function wasOnlyLookedUp(name: LegName, { evidence }: Problem, briefing: Briefing): boolean {
  const { sends = 0 } = briefing.legs[name] ?? {};
  return !briefing.wasReset && sends === 1 && evidence !== undefined;
}

/** Whether the saga waits for the provider of this leg now. */
export function waitsForProvider({ provider, status }: LegState, state: RefundState): boolean {
  if (state.waitingOn !== provider) return false;
  switch (status) {
    case 'pending':
      return state.status === 'planning';
    case 'refunding':
    case 'lookingUp':
    case 'reversing':
      return true;
    default:
      return false;
  }
}

/** Whether a problem never ends the leg by itself: only a person can have ended it. */
export function endsByWord({ code }: Problem): boolean {
  return code === 'ambiguous' || code === 'providerDown' || code === 'merchantBalance';
}
