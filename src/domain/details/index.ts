import type { Briefing } from '../briefing';
import { LEG_NAMES } from '../plan';
import type { RefundRequest } from '../request';
import type { RefundState } from '../state';
import { headlineOf, isAsked } from './headline';
import { onRecord, whatPeopleDid } from './known';
import { stateOf } from './leg-state';
import { asText, bullets, markdownTable } from './markdown';
import { askForDecision, askForResolution } from './next-step';
import { cancelNote, earlierRunsNote } from './notes';
import { tellTrouble } from './problem';

/**
 * The whole refund as Markdown, for the current details in the UI: what happened to the money, and what to do next.
 * Each sentence follows from the state alone, and holds until the next details are shown.
 */
export function describeRefund(state: RefundState, briefing: Briefing): string {
  const parts = [
    `**${headlineOf(state, briefing)}**`,
    legTable(state, briefing),
    isAsked(state) ? askForDecision(state, briefing) : '',
    ...LEG_NAMES.map((name) => askForResolution(name, state, briefing)),
    ...LEG_NAMES.map((name) => tellTrouble(name, state, briefing)),
    onRecord(state, briefing),
    whatPeopleDid(state),
    cancelNote(state, briefing),
    earlierRunsNote(state, briefing),
    ignoredMessages(briefing.ignored),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function legTable(state: RefundState, briefing: Briefing): string {
  const rows = LEG_NAMES.flatMap((name) => {
    const leg = state.legs[name];
    if (!leg) return [];
    const reference = leg.reversal?.providerReference ?? leg.receipt?.providerReference ?? '';
    const amount = briefing.legs[name]?.amount ?? '';
    return [[name, leg.provider, amount, stateOf(name, leg, state, briefing), asText(reference)]];
  });
  return rows.length === 0 ? '' : markdownTable(['Leg', 'Provider', 'Amount', 'State', 'Reference'], rows);
}

function ignoredMessages(ignored: readonly string[]): string {
  return ignored.length === 0 ? '' : `Messages that changed nothing:\n\n${bullets(ignored.map(asText))}`;
}

/** One line for the run's static summary, set once at the start. */
export function summaryOf(request: RefundRequest): string {
  const legs = LEG_NAMES.filter((leg) => request[leg]).map(
    (leg) => `${leg} (${request[leg]?.provider ?? ''})`,
  );
  return `Refund ${asText(request.refundId)} of order ${asText(request.orderId)}: ${legs.join(', ')}`;
}
