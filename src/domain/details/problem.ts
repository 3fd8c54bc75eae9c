import type { Briefing, Trouble } from '../briefing';
import type { ProblemCode } from '../provider-answers';
import type { LegName } from '../plan';
import type { LegState, Problem, RefundState, Side } from '../state';
import { whyNoReversal } from './acts';
import { endsByWord, isKnownUnmoved, sideOf, waitsForProvider } from './leg-facts';
import { asText, capital, duration, time } from './markdown';
import { CONFIRMED_BY, LAST_ATTEMPT, NOTHING_MOVED, NOTHING_MOVED_BY_THEN, ORDER_REFUSED } from './phrases';

/** A movement in words: to do it, it itself, and to have done it. */
interface Words {
  toDo: string;
  noun: string;
  done: string;
}

const WORDS: Record<Side, Words> = {
  refund: { toDo: 'refund', noun: 'refund', done: 'refunded' },
  reversal: { toDo: 'reverse', noun: 'reversal', done: 'reversed' },
};

const REASONS: Record<ProblemCode, (words: Words, provider: string) => string> = {
  ambiguous: ({ done }) => `nobody knows whether it was ${done}`,
  declined: ({ noun }) => `the ${noun} was declined`,
  alreadyDone: ({ done, noun }, provider) =>
    `${provider} may have ${done} this already, and we cannot match that ${noun} to our request`,
  amountMismatch: (_, provider) => `${provider} has a different amount on record`,
  windowClosed: ({ toDo }, provider) => `${provider} says that it is too late to ${toDo} it`,
  merchantBalance: ({ toDo }, provider) => `our own balance at ${provider} is too low to ${toDo} it`,
  providerDown: () => 'all attempts failed for too long',
  noReversal: (_, provider) => whyNoReversal(provider),
  overCap: () => ORDER_REFUSED,
};

/** Why a leg is not refunded or not reversed, in words that stay true while an attempt is under way. */
export function reasonOf(
  { code, side }: Pick<Problem, 'code' | 'side'>,
  provider = 'the provider',
  { isPlanning = false }: { isPlanning?: boolean } = {},
): string {
  if (isPlanning && code === 'providerDown') return `${provider} gave no usable answer to our question`;
  return REASONS[code](WORDS[side], provider);
}

/** Why a leg stands where it does, and what the last look-up showed. */
export function describeProblem(name: LegName, problem: Problem, why = reasonOf(problem)): string {
  const { code, message } = problem;
  const told = [`**${name}** (\`${code}\`): ${capital(why)}.`, asText(message)].filter(Boolean).join(' ');
  return [told, lastLookUp(problem)].filter(Boolean).join('\n\n');
}

/** What the last look-up showed; empty where there was none. */
export function lastLookUp({ evidence }: Problem): string {
  return evidence ? `Last look-up (${time(evidence.at)}): ${asText(evidence.message)}` : '';
}

/** Why a leg is parked; empty when it is not. */
export function tellParked(name: LegName, state: RefundState, briefing: Briefing): string {
  const { status, problem, provider = '' } = state.legs[name] ?? {};
  if (status !== 'parked' || !problem) return '';
  const isPlanning = state.status === 'planning';
  return describeProblem(name, problem, reasonWithTime(name, problem, { provider, isPlanning, briefing }));
}

function reasonWithTime(
  name: LegName,
  problem: Problem,
  { provider, isPlanning, briefing }: { provider: string; isPlanning: boolean; briefing: Briefing },
): string {
  const reason = reasonOf(problem, provider, { isPlanning });
  if (problem.code !== 'providerDown' || isPlanning) return reason;
  const { trouble } = briefing.legs[name] ?? {};
  const failed =
    trouble?.patienceMs === undefined
      ? reason
      : `all attempts in the last ${duration(trouble.patienceMs)} failed`;
  const isRefund = problem.side === 'refund';
  return isRefund && isKnownUnmoved(name, problem, briefing) ? `${failed}; ${NOTHING_MOVED}` : failed;
}

/** Why a leg that is not parked has no money, or still waits; empty when there is nothing to tell. */
export function tellTrouble(name: LegName, state: RefundState, briefing: Briefing): string {
  const leg = state.legs[name];
  if (!leg) return '';
  const { trouble } = briefing.legs[name] ?? {};
  if (trouble && waitsForProvider(leg, state)) return waiting(name, leg, trouble, briefing);
  return leg.status === 'declined' ? whyDeclined(name, leg, briefing) : '';
}

function whyDeclined(name: LegName, { problem, provider }: LegState, briefing: Briefing): string {
  const { declinedBy } = briefing.legs[name] ?? {};
  if (declinedBy !== undefined) return `**${name}:** not refunded (${CONFIRMED_BY}${asText(declinedBy)}).`;
  return problem && !endsByWord(problem) ? describeProblem(name, problem, reasonOf(problem, provider)) : '';
}

function waiting(name: LegName, leg: LegState, trouble: Trouble, briefing: Briefing): string {
  const what = leg.status === 'lookingUp' ? 'Reason' : LAST_ATTEMPT;
  const at = trouble.at === undefined ? '' : ` (${time(trouble.at)})`;
  const until = trouble.patienceMs === undefined ? '' : ` within ${duration(trouble.patienceMs)}`;
  return [
    `**${name}:** ${sentenceFor(name, leg, briefing)}`,
    leg.status === 'lookingUp' ? sentTimes(name, briefing) : '',
    `${what}${at}: ${asText(trouble.message)}`,
    trouble.untilResumed
      ? 'No action needed for this refund: it waits however long that takes, and goes on by itself.'
      : `No action needed yet. If this is not resolved${until}, it appears in \`refund attention\`.`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Another attempt may be under way while this is read: what it says of money ends with the last one. */
function sentenceFor(name: LegName, leg: LegState, briefing: Briefing): string {
  const { noun, done } = WORDS[sideOf(leg)];
  switch (leg.status) {
    case 'pending':
      return `${leg.provider} gave no usable answer to our question yet; we ask again automatically.`;
    case 'lookingUp':
      return `We are asking ${leg.provider} whether it was ${done}.`;
    default: {
      const { sends = 0, trouble } = briefing.legs[name] ?? {};
      if (trouble?.untilResumed) return `Nothing is sent to ${leg.provider}: somebody stopped it.`;
      const isKnown = sends === 0 && !briefing.wasReset && leg.status === 'refunding';
      const known = isKnown ? `${capital(NOTHING_MOVED_BY_THEN)}; we` : 'We';
      return `${leg.provider} did not accept our last ${noun} attempt. ${known} retry automatically.`;
    }
  }
}

/** How often a movement went out, where that was more than once and none is under way. */
export function sentTimes(name: LegName, { legs, wasReset }: Briefing): string {
  const { sends = 0 } = legs[name] ?? {};
  return sends > 1 ? `It was sent ${sends} times${wasReset ? ' by this run' : ''}.` : '';
}
