import type { BookEntry, Simulators } from '../../simulators';
import type { LegStatus, RefundState } from '../../src/domain/state';
import type { Deeds } from './deeds';
import type { Ending } from './endings';
import { legsOf } from './legs';
import type { BookedLeg } from './legs';
import type { Violation } from './violations';

const SETTLED: readonly LegStatus[] = ['pending', 'refunded', 'declined', 'reversed', 'waived'];

/** What the providers' books say against the end of one refund. */
export function checkMoney(simulators: Simulators, deeds: Deeds, ending: Ending): Violation[] {
  return legsOf(ending.script.request).flatMap((leg) =>
    [
      ...checkOnce(simulators, leg),
      ...checkReversals(simulators, leg),
      ...checkStatus(simulators, deeds, ending, leg),
      ...checkKnown(simulators, ending, leg),
    ].map((violation) => ({ refundId: ending.script.refundId, ...violation })),
  );
}

function checkOnce({ books }: Simulators, { leg, provider, original, amount }: BookedLeg): Violation[] {
  const peak = books.peak(provider, original);
  if (peak <= amount) return [];
  return [
    {
      invariant: 'onceOrNotAtAll',
      what: `${leg} at ${provider}: ${peak} refunded at once, asked for ${amount}`,
    },
  ];
}

function checkReversals({ books }: Simulators, { leg, provider, original, wallet }: BookedLeg): Violation[] {
  const isReversal = ({ kind }: BookEntry) => kind === 'reversal';
  const strays = wallet === undefined ? [] : books.of(provider, wallet).filter(isReversal);
  const lowest = lowestOf(books.of(provider, original));
  if (strays.length === 0 && lowest >= 0) return [];
  const what = `${leg} at ${provider}: ${strays.length} reversals of nothing, effective went down to ${lowest}`;
  return [{ invariant: 'noFalseReversal', what }];
}

function lowestOf(entries: readonly BookEntry[]): number {
  let effective = 0;
  const steps = entries.map(({ kind, points, amountMinor }) => {
    const value = points ?? amountMinor ?? 0;
    return (effective += kind === 'refund' ? value : kind === 'reversal' ? -value : 0);
  });
  return Math.min(0, ...steps);
}

/** Refunded: every leg is, in full. Any other end: nothing is left moved, but for what an operator settled by hand. */
function checkStatus(
  { books }: Simulators,
  deeds: Deeds,
  { script, state, status }: Ending,
  { leg, provider, original, amount }: BookedLeg,
): Violation[] {
  if (status === 'RUNNING') return [];
  if (state && deeds.settledAnotherWay(script.refundId, leg)) return [];
  const effective = books.effective(provider, original);
  const expected = state?.status === 'refunded' ? amount : 0;
  const isReset = deeds.resets.has(script.refundId);
  // A reset can undo an end in which everything was taken back; only the balance counts then.
  const untouched = isReset || !endsUntouched(state) || books.of(provider, original).length === 0;
  if (effective === expected && untouched) return [];
  const what = `${state?.status ?? 'invalid'}, but ${leg} at ${provider} has ${effective} of ${amount} in the books`;
  return [{ invariant: 'statusAgrees', what }];
}

function endsUntouched(state: RefundState | undefined): boolean {
  const status = state?.status ?? 'invalid';
  return status === 'declined' || status === 'rejected' || status === 'expired' || status === 'invalid';
}

function checkKnown(
  { books }: Simulators,
  { state, status: ended, closedAt }: Ending,
  { leg, provider, original }: BookedLeg,
): Violation[] {
  if (ended === 'RUNNING') return [];
  const late = books.of(provider, original).filter(({ at, kind }) => at > closedAt && kind !== 'other');
  const status = state?.legs[leg]?.status ?? 'pending';
  const problems = [
    ...late.map(({ kind, at }) => `a ${kind} ${at - closedAt} ms after the end`),
    ...(SETTLED.includes(status) ? [] : [`it ended as ${status}`]),
  ];
  return problems.map((problem) => ({
    invariant: 'nothingUnknown',
    what: `${leg} at ${provider}: ${problem}`,
  }));
}
