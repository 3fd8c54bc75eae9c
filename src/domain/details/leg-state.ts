import type { Briefing } from '../briefing';
import type { LegName } from '../plan';
import { isUnclear } from '../state';
import type { LegState, LegStatus, RefundState } from '../state';
import { isKnownUnmoved, sideOf, wasOnlyLookedUp } from './leg-facts';
import { asText } from './markdown';
import { ASKING, CELLS, CONFIRMED_BY, PARKED } from './phrases';

/** What is known of a leg's money at any moment until the next line is shown, in a few words. */
export function stateOf(name: LegName, leg: LegState, state: RefundState, briefing: Briefing): string {
  return STATES[leg.status]({ name, leg, state, briefing });
}

interface Shown {
  name: LegName;
  leg: LegState;
  state: RefundState;
  briefing: Briefing;
}

const STATES: Record<LegStatus, (shown: Shown) => string> = {
  pending: (shown) => pending(shown),
  refunding: () => CELLS.refunding,
  lookingUp: ({ leg }) =>
    `${sideOf(leg) === 'reversal' ? CELLS.reversalUnknown : CELLS.refundUnknown}${ASKING}`,
  refunded: ({ leg: { receipt } }) =>
    byWord(CELLS.refunded, receipt?.confirmedBy === 'operator' ? (receipt.by ?? PERSON) : undefined),
  declined: (shown) => declined(shown),
  parked: (shown) => `${PARKED}${parked(shown)}`,
  reversing: () => CELLS.reversing,
  reversed: ({ leg: { reversal } }) =>
    byWord(CELLS.reversed, reversal?.confirmedBy === 'operator' ? (reversal.by ?? PERSON) : undefined),
  waived: () => CELLS.waived,
};

const PERSON = 'an operator';

/** Only a cancel makes a leg pending that was begun: it stopped where nothing can have moved. */
function pending({ name, briefing }: Shown): string {
  const { sends = 0 } = briefing.legs[name] ?? {};
  if (sends > 0) return CELLS.noRefundConfirmed;
  if (briefing.wasReset) return briefing.cancelRequested ? CELLS.noRefundConfirmed : CELLS.notSentByThisRun;
  return briefing.cancelRequested ? CELLS.notRefunded : CELLS.notSent;
}

function declined({ name, leg: { problem }, briefing }: Shown): string {
  const { declinedBy } = briefing.legs[name] ?? {};
  if (declinedBy !== undefined) return byWord('not refunded', declinedBy);
  if (problem && wasOnlyLookedUp(name, problem, briefing)) return CELLS.noRefundShown;
  return problem && isKnownUnmoved(name, problem, briefing) ? CELLS.notRefunded : CELLS.noRefundConfirmed;
}

function parked({ name, leg: { problem, receipt }, state, briefing }: Shown): string {
  if (!problem) return CELLS.refundUnknown;
  if (state.status === 'planning') return briefing.wasReset ? CELLS.notSentByThisRun : CELLS.notSent;
  const isKnown = isKnownUnmoved(name, problem, briefing);
  if (problem.side === 'refund') {
    if (isUnclear(problem)) return CELLS.refundUnknown;
    return isKnown ? CELLS.notRefunded : CELLS.noRefundConfirmed;
  }
  if (isUnclear(problem)) return CELLS.reversalUnknown;
  return isKnown && receipt?.confirmedBy !== 'operator' ? CELLS.notReversed : CELLS.noReversalConfirmed;
}

function byWord(cell: string, who: string | undefined): string {
  return who === undefined ? cell : `${cell} (${CONFIRMED_BY}${asText(who)})`;
}
