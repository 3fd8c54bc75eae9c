import type { LegName } from './plan';
import { OUTCOMES, OUTCOME_NAMES } from './resolution';
import type { ParkedLeg, ResolveLegMessage } from './resolution';
import type { Problem, RefundState } from './state';

/** What a person has before them of a parked leg. What they say of it is bound to this: signed whole, else by `seenOf`. */
export interface Sight {
  problem: Problem;
  /** How many words of people had counted by then: after the next one this is another question. */
  words: number;
}

type Shown = Pick<RefundState, 'legs' | 'people'>;

/** What a leg shows to people now; undefined where it is not parked. */
export function sightOf({ legs, people }: Shown, leg: LegName): Sight | undefined {
  const { status, problem } = legs[leg] ?? {};
  return status === 'parked' && problem ? { problem, words: people.length } : undefined;
}

/** The same so short that it can be typed: how many words had counted, and a hash of why the leg waits. */
export function seenOf(state: Shown, leg: LegName): string | undefined {
  const sight = sightOf(state, leg);
  if (!sight) return undefined;
  const { side, code, message, evidence } = sight.problem;
  const shown = JSON.stringify([leg, side, code, message, evidence?.message, evidence?.at]);
  return `${sight.words}-${shortHash(shown)}`;
}

/** How many words had counted by then; undefined where no run of ours shows such a text. */
export function wordsBefore(seen: string): number | undefined {
  const [, words] = /^(\d{1,5})-[0-9a-z]{1,7}$/.exec(seen) ?? [];
  return words === undefined ? undefined : Number(words);
}

/** A word, as far as it matters whether its person has to look again before it counts; it may be said by anybody. */
export interface SaidOfLeg {
  leg: LegName;
  outcome: unknown;
  seen?: string | undefined;
}

/**
 * Whether its person had something else before them than the leg shows now, or does not say what, where that matters.
 * @param isSigned whether the word is bound to what they had before them by its statement
 */
export function mustLookAgain(
  state: Shown,
  parked: ParkedLeg,
  said: SaidOfLeg,
  { isSigned }: { isSigned: boolean },
): boolean {
  if (said.seen !== undefined) return said.seen !== seenOf(state, said.leg);
  return !isSigned && overtakesBlindly(state, parked, said);
}

/**
 * There was a word about the leg before, and by this one money moves without a look-up that decides: also whoever said the
 * one before has to see what became of it.
 */
function overtakesBlindly({ people }: Shown, parked: ParkedLeg, { leg, ...said }: SaidOfLeg): boolean {
  const outcome = OUTCOME_NAMES.find((name) => name === said.outcome);
  if (!outcome || !OUTCOMES[outcome].accepted(parked) || !OUTCOMES[outcome].isBlind(parked)) return false;
  return people.some((word) => 'leg' in word && word.leg === leg);
}

/**
 * Whether a word counts against what its provider shows: where its person says what they had before them, only against
 * that; over silence always.
 * @param shown what the provider shows now; null where it does not answer
 */
export function insists(
  { leg, seen, despiteProvider }: Pick<ResolveLegMessage, 'leg' | 'seen' | 'despiteProvider'>,
  { legs }: Shown,
  shown: string | null,
): boolean {
  if (despiteProvider !== true || seen === undefined || shown === null) return despiteProvider === true;
  return legs[leg]?.problem?.evidence?.message.includes(shown) ?? false;
}

/** FNV-1a: there is no other hash in the isolate, and nobody gains by two texts that share one. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
