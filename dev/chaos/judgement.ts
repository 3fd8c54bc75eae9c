import type { BookEntry, Simulators } from '../../simulators';
import type { ResolutionOutcome } from '../../src/domain/resolution';
import type { Problem } from '../../src/domain/state';
import type { Chance } from './chance';
import type { Resolution } from './deeds';
import { isRefunded } from './legs';
import type { BookedLeg } from './legs';

/** Something that an operator can truthfully say about a parked leg. */
export interface Verdict {
  outcome: ResolutionOutcome;
  evidence: string;
  providerReference?: string;
  /** The books do not show it: it was done by hand, outside of them. */
  anotherWay: boolean;
}

/** How often an operator lets the saga try again before settling a leg otherwise. */
const MOST_RETRIES = 3;

/**
 * What the books allow to be said about a parked leg, the preferred first; a refund accepts only some of it.
 * @param before what was said about this leg already
 */
export function judge(
  simulators: Simulators,
  leg: BookedLeg,
  problem: Problem,
  before: readonly Resolution[],
  chance: Chance,
): Verdict[] {
  const entries = simulators.books.of(leg.provider, leg.original);
  const retried = before.filter(({ outcome, side }) => outcome === 'retry' && side === problem.side).length;
  const mayRetry = retried < MOST_RETRIES && chance.hits(0.75);
  const retry: Verdict = { outcome: 'retry', evidence: 'try again', anotherWay: false };
  const verdicts =
    problem.side === 'refund'
      ? aboutRefund(problem, isRefunded(simulators, leg), lastOf(entries, 'refund'), chance)
      : aboutReversal(isRefunded(simulators, leg), lastOf(entries, 'reversal'));
  const settledByBooks = verdicts[0]?.providerReference !== undefined && !verdicts[0].anotherWay;
  return mayRetry && !settledByBooks ? [retry, ...verdicts] : [...verdicts, retry];
}

function aboutRefund(
  { code }: Problem,
  refunded: boolean,
  entry: BookEntry | undefined,
  chance: Chance,
): Verdict[] {
  if (refunded) {
    const providerReference = entry?.providerReference ?? '';
    return [{ outcome: 'refunded', evidence: 'it is in the books', providerReference, anotherWay: false }];
  }
  const declined: Verdict = { outcome: 'declined', evidence: 'it is not in the books', anotherWay: false };
  const turnBack: Verdict = { outcome: 'turnBack', evidence: 'the customer agreed', anotherWay: false };
  const paid: Verdict = {
    outcome: 'refunded',
    evidence: 'paid by bank transfer',
    providerReference: 'transfer-1',
    anotherWay: true,
  };
  // Only where the provider said no for good is another way the truth: what is ambiguous could still be refunded.
  if (code === 'ambiguous' || code === 'alreadyDone') return [declined];
  return chance.hits(0.5) ? [turnBack, paid, declined] : [paid, turnBack, declined];
}

function aboutReversal(stillRefunded: boolean, entry: BookEntry | undefined): Verdict[] {
  if (!stillRefunded && entry) {
    const { providerReference } = entry;
    return [{ outcome: 'reversed', evidence: 'it is in the books', providerReference, anotherWay: false }];
  }
  return [{ outcome: 'waived', evidence: 'the customer may keep it', anotherWay: true }];
}

function lastOf(entries: readonly BookEntry[], kind: BookEntry['kind']): BookEntry | undefined {
  return entries.findLast((entry) => entry.kind === kind);
}
