import type { Briefing, LegBriefing } from '../briefing';
import type { LegName } from '../plan';
import type { Baseline } from '../provider-answers';
import { asCode, bullets, listed, time } from './markdown';

/** All by which a person finds a movement at its provider, one thing a line. */
export function findBy(name: LegName, briefing: Briefing): string {
  const leg = briefing.legs[name];
  if (!leg) return '';
  return bullets([
    ...[leg.lookFor, leg.amount],
    ...sendings(leg, briefing),
    ...lastAttempt(leg),
    ...before(leg.before),
  ]);
}

/** How often and when a movement was sent; of an earlier run nobody knows. */
function sendings({ sends, sentAt }: LegBriefing, { wasReset }: Briefing): string[] {
  const earlier = wasReset ? ['an earlier run may have sent it, too, and this one does not know when'] : [];
  if (sends === 0) return earlier;
  const often = sends === 1 ? 'sent once' : `sent ${sends} times`;
  const when =
    sentAt === undefined
      ? ''
      : sends === 1
        ? `, at ${time(sentAt.first)}`
        : `, first at ${time(sentAt.first)} and last at ${time(sentAt.last)}`;
  return [`${often}${wasReset ? ' by this run' : ''}${when}`, ...earlier];
}

/** Where no request is known to have been executed. */
function lastAttempt({ sends, trouble }: LegBriefing): string[] {
  return sends > 0 || trouble?.at === undefined ? [] : [`last attempted at ${time(trouble.at)}`];
}

/** The most rows that are named. */
const MOST_ROWS = 5;

function before(baseline: Baseline | undefined): string[] {
  switch (baseline?.kind) {
    case 'counters': {
      const { totalPoints, redeemedPoints, totalTransactions } = baseline;
      return [
        `the wallet before we sent anything: ${totalPoints} points, ${redeemedPoints} redeemed, ${totalTransactions} transactions`,
      ];
    }
    case 'rows': {
      const { ids } = baseline;
      const more = ids.length > MOST_ROWS ? [`${ids.length - MOST_ROWS} more`] : [];
      const named = listed([...ids.slice(0, MOST_ROWS).map(asCode), ...more]);
      return ids.length === 0 ? [] : [`not ours, because they were there before we sent anything: ${named}`];
    }
    default:
      return [];
  }
}
