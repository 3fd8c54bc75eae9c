import type { Briefing } from '../briefing';
import { LEG_NAMES } from '../plan';
import type { LegName } from '../plan';
import { isFinal, parkedLegOf } from '../state';
import type { LegState, RefundState, RefundStatus } from '../state';
import { amounts } from './amounts';
import { ending } from './ending';
import { asText } from './markdown';
import { sideOf, waitsForProvider } from './leg-facts';
import { NOTHING_SENT, NOTHING_SENT_BY_THIS_RUN } from './phrases';
import { reasonOf } from './problem';

/** Where the refund stands and whether somebody must act, in one sentence. */
export function headlineOf(state: RefundState, briefing: Briefing): string {
  if (isFinal(state.status)) return ending(state.status, state, briefing);
  const parked = parkedLegOf(state);
  if (parked) return waitsForPerson(state, briefing, parked);
  return waiting(state, briefing) ?? HEADLINES[state.status](state, briefing);
}

type OpenStatus = Exclude<RefundStatus, Parameters<typeof ending>[0]>;

const HEADLINES: Record<OpenStatus, (state: RefundState, briefing: Briefing) => string> = {
  planning: (state, briefing) =>
    briefing.waitsForOrder
      ? `Waiting for order ${asText(state.orderId)} to say whether it has so much left to refund; ${sentBefore(state, briefing)}. If it waits for minutes, \`refund stuck\` tells why.`
      : state.waitingOn === null
        ? `Checking with the providers; ${sentBefore(state, briefing)}.`
        : `Waiting for ${state.waitingOn}; ${sentBefore(state, briefing)}. No action needed yet.`,
  awaitingApproval: (state, briefing) =>
    isAsked(state)
      ? `A person must approve or reject the refund of ${amounts(state, briefing)}; ${sentBefore(state, briefing)}.`
      : 'A decision is no longer awaited; the next step follows.',
  refunding: () => 'Refunding leg by leg; no action needed.',
  compensating: () => 'Rolling back: what was refunded is being reversed, newest first; no action needed.',
  invalid: () => `Invalid: the request was wrong; ${NOTHING_SENT_BY_THIS_RUN}.`,
};

/** Whether a person is asked to decide now. */
export function isAsked({ waitingOn, approval }: RefundState): boolean {
  return waitingOn === 'approval' && !approval?.decision;
}

/** Whether an earlier run exists is known once the refund is planned, not before. */
function sentBefore({ legs }: RefundState, { wasReset }: Briefing): string {
  const isPlanned = Object.keys(legs).length > 0;
  return isPlanned && !wasReset ? NOTHING_SENT : NOTHING_SENT_BY_THIS_RUN;
}

function waitsForPerson({ legs, status }: RefundState, briefing: Briefing, name: LegName): string {
  const { provider = '', problem } = legs[name] ?? {};
  const why = problem ? `: ${reasonOf(problem, provider, { isPlanning: status === 'planning' })}` : '';
  return `A person must resolve ${name}, ${briefing.legs[name]?.amount ?? ''} at ${provider}${why}.`;
}

function waiting(state: RefundState, briefing: Briefing): string | undefined {
  const name = legNamed(state, (leg) => leg.status !== 'pending' && waitsForProvider(leg, state));
  const leg = name && state.legs[name];
  if (!name || !leg) return undefined;
  const what = `${briefing.legs[name]?.amount ?? ''} (${name})`;
  const isReversal = sideOf(leg) === 'reversal';
  return leg.status === 'lookingUp'
    ? `Asking ${leg.provider} whether ${what} was ${isReversal ? 'reversed' : 'refunded'}; no action needed yet.`
    : `Waiting for ${leg.provider} to accept the ${isReversal ? 'reversal' : 'refund'} of ${what}; no action needed yet.`;
}

function legNamed({ legs }: RefundState, fits: (leg: LegState) => boolean): LegName | undefined {
  return LEG_NAMES.find((name) => {
    const leg = legs[name];
    return leg !== undefined && fits(leg);
  });
}
