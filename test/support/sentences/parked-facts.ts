import type { ProblemCode } from '../../../src/domain/provider-answers';
import { offeredOutcomes } from '../../../src/domain/resolution';
import type { ParkedLeg, ResolutionOutcome } from '../../../src/domain/resolution';

/** Every reason for which a leg can be parked. */
export const PROBLEM_CODES = [
  ...['ambiguous', 'alreadyDone', 'declined', 'amountMismatch', 'windowClosed', 'merchantBalance'],
  ...['providerDown', 'overCap', 'noReversal'],
] as ProblemCode[];

const BOTH = [false, true] as const;

/** All ways in which a leg can be parked and is offered this outcome. */
export function offeredIn(outcome: ResolutionOutcome): ParkedLeg[] {
  return all().filter((parked) => offeredOutcomes(parked).includes(outcome));
}

function all(): ParkedLeg[] {
  const found: ParkedLeg[] = [];
  for (const side of ['refund', 'reversal'] as const)
    for (const code of PROBLEM_CODES)
      for (const lookUp of ['ownReference', 'original', 'evidence'] as const)
        for (const reversal of [undefined, 'blind', 'lookUp'] as const)
          for (const [pivotPassed, stopping, planning, reconciling] of stages())
            for (const hasMovedOtherwise of BOTH) {
              const facts = { pivotPassed, stopping, planning, reconciling, hasMovedOtherwise };
              const problem = { side, code, message: '' };
              if (isPossible({ side, code, planning, reconciling }))
                found.push({
                  problem,
                  lookUp,
                  ...(reversal && { reversal }),
                  hasCandidate: false,
                  onlyByWord: false,
                  ...facts,
                });
            }
  return found;
}

function stages() {
  return BOTH.flatMap((pivotPassed) =>
    BOTH.flatMap((stopping) => [
      [pivotPassed, stopping && !pivotPassed, false, false] as const,
      [pivotPassed, stopping && !pivotPassed, true, false] as const,
      [pivotPassed, stopping && !pivotPassed, false, true] as const,
    ]),
  );
}

/** A question parks only when nobody answers, and what an earlier run did only while it is unclear. */
function isPossible({
  side,
  code,
  planning,
  reconciling,
}: {
  side: 'refund' | 'reversal';
  code: ProblemCode;
  planning: boolean;
  reconciling: boolean;
}): boolean {
  if (side === 'reversal') return !planning && !reconciling && code !== 'overCap';
  if (code === 'noReversal') return false;
  if (planning) return code === 'providerDown';
  return !reconciling || code === 'ambiguous' || code === 'alreadyDone';
}
