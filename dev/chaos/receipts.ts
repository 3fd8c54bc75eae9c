import { effectiveOf, own } from '../../simulators';
import type { BookEntry, Simulators } from '../../simulators';
import type { RefundState } from '../../src/domain/state';
import { receiptsAreOurs } from '../checkers/receipts';
import type { Ending } from './endings';
import { bookedEvidence, legsOf } from './legs';
import type { BookedLeg } from './legs';
import { canTakeOthers } from './readings';
import { each } from './violations';
import type { Violation } from './violations';

/**
 * Whether a look-up took for ours what somebody refunded by hand after our request, at a provider whose records carry no
 * reference of ours: nobody can tell the two, and the customer has it once.
 */
export function isTaken(
  leg: BookedLeg,
  state: RefundState | undefined,
  entries: readonly BookEntry[],
): boolean {
  const isByLookUp = state?.legs[leg.leg]?.receipt?.confirmedBy === 'lookUp';
  const ours = own(entries).filter(({ kind }) => kind === 'refund');
  return isByLookUp && canTakeOthers(leg) && ours.length === 0 && effectiveOf(entries) === leg.amount;
}

/** How many legs rest on such a record. */
export function countTaken({ books }: Simulators, { script, state }: Ending): number {
  return legsOf(script.request).filter((leg) => isTaken(leg, state, books.of(leg.provider, leg.original)))
    .length;
}

/** Receipts that no person gave, and that name a record which is not ours. */
export function checkReceipts(simulators: Simulators, { script, state }: Ending): Violation[] {
  return legsOf(script.request).flatMap((leg) => {
    const evidence = bookedEvidence(simulators, leg);
    if (isTaken(leg, state, evidence.entries)) return [];
    return each('ourReceipts', script.refundId, receiptsAreOurs(evidence, state?.legs[leg.leg]));
  });
}
