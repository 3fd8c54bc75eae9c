import type { Briefing } from '../briefing';
import { LEG_NAMES } from '../plan';
import type { LegName } from '../plan';
import type { LegState, RefundState, RefundStatus } from '../state';
import { listed } from './markdown';
import { reasonOf } from './problem';

/** Where the refund stands and whether somebody must act, in one sentence. */
export function headlineOf(state: RefundState, briefing: Briefing): string {
  const parked = legNamed(state, (leg) => leg.status === 'parked');
  if (parked) return waitsForPerson(state, briefing, parked);
  return HEADLINES[state.status](state, briefing);
}

type Headline = (state: RefundState, briefing: Briefing) => string;

const HEADLINES: Record<RefundStatus, Headline> = {
  planning: (state) =>
    state.waitingOn === null
      ? 'Checking with the providers; nothing has moved.'
      : `Waiting for ${state.waitingOn} to answer a question before anything moves; nobody needs to act.`,
  awaitingApproval: (state, briefing) =>
    state.waitingOn === 'approval'
      ? `A person must approve or reject giving back ${amounts(state, briefing)}; nothing has moved.`
      : 'Decided; nothing has moved yet.',
  refunding: (state, briefing) =>
    underWay(state, briefing) ?? 'Giving back wallet by wallet; nobody needs to act.',
  compensating: (state, briefing) =>
    underWay(state, briefing) ??
    'Turning back: what was given back is taken back again; nobody needs to act.',
  refunded: (state, briefing) => `Refunded: ${amounts(state, briefing)} given back.`,
  declined: () => 'Declined: a provider said no, and nothing has moved.',
  compensated: (state, briefing) => `Compensated: a provider said no; ${turnedBack(state, briefing)}.`,
  cancelled: (state, briefing) => `Cancelled on request; ${turnedBack(state, briefing)}.`,
  rejected: () => 'Rejected by a person; nothing was sent.',
  expired: () => 'Expired: nobody decided in time; nothing was sent.',
  invalid: () => 'Invalid: the request was wrong; nothing was sent.',
};

function waitsForPerson({ legs }: RefundState, briefing: Briefing, name: LegName): string {
  const { provider = '', problem } = legs[name] ?? {};
  const why = problem ? `: ${reasonOf(problem)}` : '';
  return `A person must settle ${name}, ${briefing.legs[name]?.amount ?? ''} at ${provider}${why}.`;
}

function underWay(state: RefundState, briefing: Briefing): string | undefined {
  const name = legNamed(state, ({ provider }) => provider === state.waitingOn);
  const leg = name && state.legs[name];
  if (!name || !leg) return undefined;
  const what = `${briefing.legs[name]?.amount ?? ''} of ${name}`;
  const open =
    leg.status === 'lookingUp' ? 'not known yet whether it went through' : 'it did not get through yet';
  return `Waiting for ${leg.provider}, ${what}: ${open}; it goes on by itself.`;
}

function turnedBack(state: RefundState, briefing: Briefing): string {
  const kept = LEG_NAMES.filter((name) => state.legs[name]?.status === 'waived');
  if (kept.length > 0) {
    const left = kept.map((name) => `${briefing.legs[name]?.amount ?? ''} of ${name}`);
    return `what had moved was taken back, but ${listed(left)} was left with the customer`;
  }
  const moved = LEG_NAMES.some((name) => state.legs[name]?.status === 'reversed');
  return moved ? 'what had moved was taken back, and nothing is left moved' : 'nothing has moved';
}

/** All that the refund gives back, in a sentence. */
export function amounts({ legs }: RefundState, briefing: Briefing): string {
  const named = LEG_NAMES.filter((name) => legs[name]);
  return listed(named.map((name) => `${briefing.legs[name]?.amount ?? ''} (${name})`));
}

function legNamed({ legs }: RefundState, fits: (leg: LegState) => boolean): LegName | undefined {
  return LEG_NAMES.find((name) => {
    const leg = legs[name];
    return leg !== undefined && fits(leg);
  });
}
