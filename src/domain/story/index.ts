import type { Briefing } from '../briefing';
import { LEG_NAMES } from '../plan';
import type { RefundRequest } from '../request';
import type { RefundState } from '../state';
import { headlineOf } from './headline';
import { whatIsKnown } from './known';
import { bullets, cell, markdownTable } from './markdown';
import { moneyOf } from './money';
import { askForDecision, askForResolution } from './next-step';
import { tellTrouble } from './problem';

/** The whole refund as Markdown, for the current details in the UI: what happened to the money, and what to do next. */
export function describeRefund(state: RefundState, briefing: Briefing): string {
  const parts = [
    `**${headlineOf(state, briefing)}**`,
    legTable(state, briefing),
    state.waitingOn === 'approval' ? askForDecision(state, briefing) : '',
    ...LEG_NAMES.map((name) => askForResolution(name, state, briefing)),
    ...LEG_NAMES.map((name) => tellTrouble(name, state, briefing)),
    whatIsKnown(state),
    briefing.cancelRequested ? CANCEL : '',
    briefing.wasReset ? RESET : '',
    ignoredMessages(briefing.ignored),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const CANCEL =
  'A cancel was requested: no further leg is begun and what has moved is taken back, unless the refund is past the point where that is possible.';
const RESET =
  'This run was reset. Before it sends anything it asks each provider what an earlier run has sent; do not reset it again by hand.';

function legTable({ legs }: RefundState, briefing: Briefing): string {
  const rows = LEG_NAMES.flatMap((name) => {
    const leg = legs[name];
    if (!leg) return [];
    const reference = leg.reversal?.providerReference ?? leg.receipt?.providerReference ?? '';
    const amount = briefing.legs[name]?.amount ?? '';
    return [[name, leg.provider, amount, moneyOf(leg, briefing.wasReset), cell(reference)]];
  });
  return rows.length === 0 ? '' : markdownTable(['Wallet', 'Provider', 'Amount', 'State', 'Reference'], rows);
}

function ignoredMessages(ignored: readonly string[]): string {
  return ignored.length === 0 ? '' : `Messages that changed nothing:\n\n${bullets(ignored.map(cell))}`;
}

/** One line for the run's static summary, set once at the start. */
export function summaryOf(request: RefundRequest): string {
  const legs = LEG_NAMES.filter((leg) => request[leg]).map(
    (leg) => `${leg} (${request[leg]?.provider ?? ''})`,
  );
  return `Refund ${request.refundId} of order ${request.orderId}: ${legs.join(', ')}`;
}
