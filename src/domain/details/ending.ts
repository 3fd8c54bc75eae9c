import type { Briefing } from '../briefing';
import { LEG_NAMES } from '../plan';
import type { LegName } from '../plan';
import type { FinalStatus, RefundState } from '../state';
import { amounts } from './amounts';
import { isKnownUnmoved } from './leg-facts';
import { asText, listed } from './markdown';
import {
  ALL_REVERSED,
  CONFIRMED_BY,
  NOTHING_MOVED,
  NOTHING_SENT,
  NOTHING_SENT_BY_THIS_RUN,
  ORDER_REFUSED,
} from './phrases';

/** How the refund ended, in one sentence. */
export function ending(status: FinalStatus, state: RefundState, briefing: Briefing): string {
  return ENDINGS[status](state, briefing);
}

const ENDINGS: Record<FinalStatus, (state: RefundState, briefing: Briefing) => string> = {
  refunded: (state, briefing) => `Refunded: ${amounts(state, briefing)}.`,
  declined: (state, briefing) =>
    namesBy(state, briefing).length > 0
      ? `Declined: ${whatMoved(state, briefing)}.`
      : `Declined: ${whoDeclined(state)}; ${whatMoved(state, briefing)}.`,
  compensated: (state, briefing) =>
    `Compensated: not every leg could be refunded; ${whatMoved(state, briefing)}.`,
  cancelled: (state, briefing) => `Cancelled on request; ${whatMoved(state, briefing)}.`,
  rejected: (_, briefing) => `Rejected by a person; ${whatWasSent(briefing)}.`,
  expired: (_, briefing) => `Expired: nobody decided in time; ${whatWasSent(briefing)}.`,
};

function whoDeclined({ legs }: RefundState): string {
  const isOfOrder = LEG_NAMES.some((name) => legs[name]?.problem?.code === 'overCap');
  return isOfOrder ? ORDER_REFUSED : 'a provider said no';
}

const NOTHING_CONFIRMED = 'no refund is confirmed';
const CHECKED = 'what earlier runs may have sent was checked';

function whatWasSent({ wasReset }: Briefing): string {
  return wasReset ? `${NOTHING_SENT_BY_THIS_RUN}, and ${CHECKED}` : NOTHING_SENT;
}

function whatMoved(state: RefundState, briefing: Briefing): string {
  const { legs } = state;
  const kept = LEG_NAMES.filter((name) => legs[name]?.status === 'waived');
  const reversed = LEG_NAMES.filter((name) => legs[name]?.status === 'reversed');
  const told = [...reversed.flatMap((name) => reversedBy(name, state)), ...namesBy(state, briefing)];
  if (kept.length > 0) {
    const what = listed(kept.map((name) => `${briefing.legs[name]?.amount ?? ''} (${name})`));
    told.push(`${what} was waived (the customer keeps it)`);
  }
  if (told.length > 0) return listed(told);
  const isKnown = LEG_NAMES.every((name) => isUntouchedOrKnown(name, state, briefing));
  if (reversed.length > 0 && !isKnown) told.push(`${listed(reversed)} was reversed`);
  if (briefing.wasReset) told.push(CHECKED);
  if (told.length > 0) return listed(told);
  if (!isKnown) return NOTHING_CONFIRMED;
  return reversed.length > 0 ? ALL_REVERSED : NOTHING_MOVED;
}

/** A second request, or one of an earlier run, was only cleared by a look-up: that is told, and no more. */
function isUntouchedOrKnown(name: LegName, { legs }: RefundState, briefing: Briefing): boolean {
  const leg = legs[name];
  const { sends = 0 } = briefing.legs[name] ?? {};
  if (briefing.wasReset) return false;
  if (!leg) return true;
  if (leg.status === 'reversed') return !briefing.legs[name]?.mayHaveMovedMore;
  return leg.status === 'pending'
    ? sends === 0
    : leg.problem !== undefined && isKnownUnmoved(name, leg.problem, briefing);
}

function reversedBy(name: LegName, { legs }: RefundState): string[] {
  const reversal = legs[name]?.reversal;
  if (reversal?.confirmedBy !== 'operator') return [];
  return [`${name} was reversed (${CONFIRMED_BY}${asText(reversal.by ?? '')})`];
}

function namesBy({ legs }: RefundState, briefing: Briefing): string[] {
  return LEG_NAMES.flatMap((name) => {
    const by = briefing.legs[name]?.declinedBy;
    if (by === undefined || legs[name]?.status !== 'declined') return [];
    return [`${name} was not refunded (${CONFIRMED_BY}${asText(by)})`];
  });
}
