import { effectiveOf, peakOf } from '../../simulators';
import type { BookEntry } from '../../simulators';
import { isFinal } from '../../src/domain/state';
import type { LegStatus, RefundStatus } from '../../src/domain/state';
import type { LegEvidence } from './evidence';

/** Each checker says what is wrong, one sentence a violation, and nothing where its invariant holds. */
type Found = string[];

/** At most one effective refund of ours per leg at every instant. */
export function onceOrNotAtAll({ leg, provider, wanted, ours }: LegEvidence): Found {
  const peak = peakOf(ours);
  return peak > wanted ? [`${leg} at ${provider}: ${peak} refunded at once, asked for ${wanted}`] : [];
}

/**
 * Per original never more than was paid, whoever refunded it.
 * @param most what was paid, and what others may refund beyond it
 */
export function neverOverpaid({ leg, provider, entries }: LegEvidence, most: number): Found {
  const peak = peakOf(entries);
  return peak > most ? [`${leg} at ${provider}: ${peak} refunded of ${most}`] : [];
}

/**
 * No reversal of what did not happen.
 * @param reversible what a reversal of ours may reverse; a refund by hand only where a person called the leg refunded
 */
export function noFalseReversal(
  { leg, provider, ours, strays }: LegEvidence,
  reversible: readonly BookEntry[] = ours,
): Found {
  const lowest = Math.min(0, ...reversible.map((_, index) => effectiveOf(reversible.slice(0, index + 1))));
  if (strays.length === 0 && lowest >= 0) return [];
  return [`${leg} at ${provider}: ${strays.length} reversals of nothing, effective went down to ${lowest}`];
}

/** Nothing of ours moves once the last run is over. */
export function nothingAfterTheEnd({ leg, provider, ours }: LegEvidence, closedAt: number): Found {
  const late = ours.filter(({ at, kind }) => at > closedAt && kind !== 'other');
  return late.map(({ kind, at }) => `${leg} at ${provider}: a ${kind} ${at - closedAt} ms after the end`);
}

/**
 * The final status agrees with the books: refunded is in full, and of any other end nothing is left moved.
 * @param effective what stands refunded of what counts as ours
 */
export function statusAgrees(
  { leg, provider, wanted }: LegEvidence,
  status: RefundStatus | 'invalid',
  effective: number,
): Found {
  const expected = status === 'refunded' ? wanted : 0;
  if (effective === expected) return [];
  return [`${status}, but ${leg} at ${provider} has ${effective} of ${wanted} in the books`];
}

const KNOWN: readonly LegStatus[] = ['pending', 'refunded', 'declined', 'reversed', 'waived'];

/** Nothing ends while anything is unknown. */
export function nothingUnknown(
  { leg, provider }: LegEvidence,
  ended: { status: RefundStatus; legStatus: LegStatus | undefined },
): Found {
  const { status, legStatus = 'pending' } = ended;
  return [
    ...(isFinal(status) ? [] : [`it closed as ${status}`]),
    ...(KNOWN.includes(legStatus) ? [] : [`${leg} at ${provider}: it ended as ${legStatus}`]),
  ];
}
