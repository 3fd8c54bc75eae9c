import type { Briefing, LegBriefing } from '../briefing';
import type { Receipt } from '../provider-answers';
import { LEG_NAMES } from '../plan';
import type { LegName } from '../plan';
import type { LegState, PersonsWord, RefundState } from '../state';
import { asText, bullets, time } from './markdown';
import { CELLS, CONFIRMED_BY } from './phrases';

/** What was decided and confirmed, when, and by whom; empty while nothing is. */
export function onRecord({ approval, legs }: RefundState, briefing: Briefing): string {
  const lines = [
    ...(approval?.decision === 'expired' ? ['nobody decided in time'] : []),
    ...LEG_NAMES.flatMap((name) => recordsOf(name, legs[name], briefing.legs[name])),
  ];
  return lines.length === 0 ? '' : `On record:\n\n${bullets(lines)}`;
}

/** The most words of people that the details show; the state has them all. */
const MOST_WORDS = 20;

/** Who said what, when, and on what evidence, the newest last; empty while nobody said anything that counted. */
export function whatPeopleDid({ people }: RefundState): string {
  const left = people.length - MOST_WORDS;
  const lines = people.slice(-MOST_WORDS).map(wordOf);
  if (left > 0) lines.unshift(`${left} earlier, which \`refund show\` lists`);
  return lines.length === 0 ? '' : `What people did:\n\n${bullets(lines)}`;
}

function wordOf(word: PersonsWord): string {
  const what = 'leg' in word ? `\`${word.said}\` for ${word.leg}` : `\`${word.said}\``;
  const why = 'leg' in word ? word.evidence : word.note;
  return [`${time(word.at)}, ${asText(word.by)}: ${what}`, quoted(why)].filter(Boolean).join(', ');
}

function recordsOf(name: LegName, leg: LegState | undefined, briefing: LegBriefing | undefined): string[] {
  if (!leg) return [];
  const { receipt, reversal, status } = leg;
  const { cashback, fee, sends = 0 } = briefing ?? {};
  const parts = [
    receipt && `${name} refunded, ${confirmation(receipt)}`,
    receipt && cashback !== undefined && `cashback of ${cashback} rolled back`,
    receipt && fee !== undefined && `fee of ${fee} kept by the provider`,
    status === 'refunded' && sends > 1 && `sent ${sends} times`,
  ];
  const refund = parts.filter(Boolean).join(', ');
  const end = status === 'waived' ? CELLS.waived : CELLS.reversed;
  return [refund, reversal ? `${name} ${end}, ${confirmation(reversal)}` : ''].filter(Boolean);
}

const CONFIRMED: Record<Exclude<Receipt['confirmedBy'], 'operator'>, string> = {
  answer: "by the provider's answer",
  lookUp: "by a look-up of the provider's records",
};

function confirmation({ at, confirmedBy = 'operator', by, note }: Partial<Receipt>): string {
  const who =
    confirmedBy === 'operator' ? `${CONFIRMED_BY}${asText(by ?? 'an operator')}` : CONFIRMED[confirmedBy];
  return [at && time(at), who, quoted(note)].filter(Boolean).join(', ');
}

function quoted(note: string | undefined): string {
  return note === undefined || note === '' ? '' : `“${asText(note)}”`;
}
