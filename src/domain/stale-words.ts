import { listed, time } from './details/markdown';
import { reasonOf } from './details/problem';
import type { LegName } from './plan';
import { wordsBefore } from './seen';
import type { SaidOfLeg } from './seen';
import type { PersonsWord, RefundState } from './state';

/** Why a word does not count whose person must look again: who said what since, and what it means for the money. */
export function whyLookAgain(state: RefundState, { leg, seen }: Pick<SaidOfLeg, 'leg' | 'seen'>): string {
  const now = `Now ${reasonNow(state, leg)}`;
  if (seen === undefined) {
    const words = state.people.filter((word) => 'leg' in word && word.leg === leg);
    return `${told(words)}. ${now}; by this word money moves whatever a look-up shows, so that it must say what you had before you, as "seen"`;
  }
  const before = wordsBefore(seen);
  if (before === undefined || before > state.people.length)
    return `this run never showed what you had before you; it may have been reset since. ${now}`;
  const since = state.people.slice(before);
  return since.length > 0
    ? `since you looked, ${told(since)}. ${now}`
    : `the ${leg} leg shows something else than you name: ${shownOf(state, leg)}. ${now}`;
}

const MOST_TOLD = 3;

/** Who said what and when. */
function told(words: readonly PersonsWord[]): string {
  const last = listed(words.slice(-MOST_TOLD).map(wordOf));
  return words.length > MOST_TOLD ? `${words.length} words counted, the last of them: ${last}` : last;
}

function wordOf(word: PersonsWord): string {
  return `${word.by} said "${word.said}"${'leg' in word ? ` for ${word.leg}` : ''} at ${time(word.at)}`;
}

/** What its provider showed last, else why it waits. */
function shownOf({ legs }: RefundState, leg: LegName): string {
  const { provider = 'the provider', problem } = legs[leg] ?? {};
  const { evidence, message = '' } = problem ?? {};
  const shown = (evidence?.message ?? message).replace(/\.$/, '');
  return evidence ? `${provider} was asked at ${time(evidence.at)}, and showed: ${shown}` : shown;
}

function reasonNow({ legs }: RefundState, leg: LegName): string {
  const { provider, problem } = legs[leg] ?? {};
  return problem ? reasonOf(problem, provider) : 'it waits for nobody';
}
