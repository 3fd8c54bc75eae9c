import type { Briefing } from '../briefing';
import type { ProblemCode } from '../outcome';
import type { LegName } from '../plan';
import type { LegState, Problem, RefundState, Side } from '../state';
import { cell, duration, time } from './markdown';

/** A movement in words: to do it, and to have done it. */
interface Deed {
  toDo: string;
  done: string;
}

const DEEDS: Record<Side, Deed> = {
  refund: { toDo: 'give it back', done: 'given back' },
  reversal: { toDo: 'take it back again', done: 'taken back again' },
};

const REASONS: Record<ProblemCode, (deed: Deed) => string> = {
  ambiguous: ({ done }) => `nobody knows whether it was ${done}`,
  declined: ({ toDo }) => `the provider refused to ${toDo}`,
  alreadyDone: ({ done }) => `the provider says that it was ${done} before, and that was not provably us`,
  amountMismatch: () => 'the provider knows another amount',
  windowClosed: ({ toDo }) => `it is too late for the provider to ${toDo}`,
  merchantBalance: ({ toDo }) => `our own balance at the provider is too low to ${toDo}`,
  providerDown: ({ toDo }) => `every try to ${toDo} failed for too long; nothing was sent`,
  noReversal: ({ toDo }) => `the provider has no automatic way to ${toDo}`,
};

/** Why a leg is not refunded or not reversed, in words. */
export function reasonOf({ code, side }: Pick<Problem, 'code' | 'side'>): string {
  return REASONS[code](DEEDS[side]);
}

/** Why a leg that is not parked has no money, or still waits; empty when there is nothing to tell. */
export function tellTrouble(name: LegName, { legs }: RefundState, briefing: Briefing): string {
  const leg = legs[name];
  const trouble = briefing.legs[name]?.trouble;
  if (!leg || leg.status === 'parked') return '';
  if (!trouble) return leg.problem ? describeProblem(name, leg.problem) : '';
  const last = `Last answer${trouble.at === undefined ? '' : ` (${time(trouble.at)})`}: ${cell(trouble.message)}`;
  const until = trouble.patienceMs === undefined ? '' : ` within ${duration(trouble.patienceMs)}`;
  return `**${name}:** ${waiting(leg)} ${last}\n\nNobody needs to act now: if it is not clear${until}, a person is asked.`;
}

function waiting({ provider, status }: LegState): string {
  return status === 'lookingUp'
    ? `${provider} is asked what became of it, again and again.`
    : `${provider} does not get it done; nothing has moved, and it is tried again by itself.`;
}

/** Why a leg stands where it does, and what the last look-up showed. */
export function describeProblem(name: LegName, problem: Problem): string {
  const { code, message, evidence } = problem;
  const why = `**${name}** (\`${code}\`): ${reasonOf(problem)}. ${cell(message)}`;
  return evidence ? `${why}\n\nLast look-up (${time(evidence.at)}): ${cell(evidence.message)}` : why;
}
