import type { FaultKind, FaultRates, Simulators } from '../../simulators';
import { lookUpKindOf } from '../../simulators/originals';
import type { Chance } from './chance';
import { paidFor } from './legs';
import type { BookedLeg } from './legs';
import { LAG_MS, LATE_MS, refusesSecond, RETRY_AFTER_S } from './settings';

/** The share of calls that each kind of trouble strikes; together about half of them. */
const RATES: FaultRates = {
  refuse: 0.03,
  alreadyDone: 0.015,
  slow: 0.025,
  slowBefore: 0.045,
  dropBefore: 0.025,
  dropAfter: 0.04,
  errorBefore: 0.02,
  errorAfter: 0.025,
  malformed: 0.02,
  empty: 0.02,
  contradictory: 0.015,
  wrongAmount: 0.015,
  wrongReference: 0.015,
  tooMany: 0.03,
  unauthorized: 0.015,
  down: 0.015,
  redirect: 0.008,
  staleLookUp: 0.025,
  pending: 0.03,
  huge: 0.008,
  bomb: 0.004,
  transient: 0.015,
  filteredBefore: 0.015,
  filteredAfter: 0.02,
  unlistedBefore: 0.02,
  unlistedAfter: 0.03,
  exponentNumbers: 0.05,
  unaskedCashback: 0.06,
  keptCashback: 0.04,
};

/** Lets trouble loose on the providers; the same seed strikes the same calls. */
export function letTroubleLoose({ faults }: Simulators, seed: number): void {
  const of = { staleLookUp: { delayMs: LATE_MS, times: 2 } };
  faults.random(seed, RATES, { delayMs: LATE_MS, retryAfter: RETRY_AFTER_S, reads: 2, of });
}

type Plot = Extract<FaultKind, 'panelRefund' | 'repeated' | 'staleLookUp'>;

/** The share of legs that somebody, a gateway or a list that lags troubles, where the books can still tell who did what. */
const PLOTTED = 0.3;

/** The share of legs whose first request is lost: where look-ups decide, it is proven absent and sent once more. */
const LOST = 0.2;

/**
 * Scripts for one leg a request that is lost, or what would overpay its original if it struck just any: a refund
 * by hand in the provider's panel where more was paid or a second refund is refused; where it is refused, also a request that a gateway repeats, and a
 * list that lags longer than an absence takes to be proven.
 * @param goesOn nobody ends the refund: where a cancel meets a list that lags so long, the list is believed (docs/adr/017)
 */
export function plotAgainst(
  simulators: Simulators,
  chance: Chance,
  leg: BookedLeg,
  { seed, goesOn }: { seed: number; goesOn: boolean },
): void {
  const { provider, original: match } = leg;
  if (chance.hits(LOST)) {
    simulators.faults.add({ provider, operation: 'refund', kind: 'dropBefore', match });
    return;
  }
  if (!chance.hits(PLOTTED)) return;
  const once = refusesSecond(provider, seed);
  // What is found by our reference is refused only under a reference of ours again.
  const leavesRoom =
    (once && lookUpKindOf(provider) !== 'ownReference') || paidFor(simulators, leg) >= 2 * leg.amount;
  const panel: Plot[] = leavesRoom ? ['panelRefund'] : [];
  const [first, ...rest] = [...panel, ...(once ? REFUSED_TWICE : [])];
  if (!first) return;
  const kind = chance.pick<Plot>(first, ...rest);
  if (kind === 'staleLookUp') {
    if (!goesOn) return;
    const times = chance.integer(2, 5);
    const struck = { operation: 'lookUp', match: lookedUpBy(leg), skip: 1 } as const;
    simulators.faults.add({ provider, kind, delayMs: LAG_MS, times, ...struck });
    // Without a doubt nobody looks.
    simulators.faults.add({
      provider,
      operation: 'refund',
      kind: chance.pick('dropAfter', 'errorAfter'),
      match,
    });
    return;
  }
  simulators.faults.add({ provider, operation: 'refund', kind, match, skip: chance.hits(0.3) ? 1 : 0 });
}

const REFUSED_TWICE: readonly Plot[] = ['repeated', 'staleLookUp'];

/** What a question about a leg holds: its original, or at sipay our own reference. */
function lookedUpBy({ provider, original, key }: BookedLeg): string {
  return lookUpKindOf(provider) === 'ownReference' ? `"${key}"` : original;
}
