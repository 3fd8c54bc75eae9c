import type { FinalStatus } from '../domain/state';
import { execute, executeByWord } from './execute';
import { closeDecisions } from './pending-decisions';
import { record } from './record';
import { reconcileAll } from './resets';
import { legsThatAre, pivotPassed } from './run';
import type { PlannedRun } from './run';

/** Why the saga ends otherwise than refunded. `invalid`: today's rules refuse what an earlier run had accepted. */
export type Reason = Exclude<FinalStatus, 'refunded' | 'compensated'> | 'invalid';

/**
 * Ends a refund that is not to go on: what was refunded is reversed, newest first, so that nothing is left moved. What an
 * earlier run refunded stays, where a person or a rule said no without knowing of it, or where it passed the pivot.
 */
export async function turnBack(run: PlannedRun, reason: Reason): Promise<FinalStatus | 'invalid'> {
  await closeDecisions(run);
  await reconcileAll(run);
  const refunded = legsThatAre('refunded', run).length;
  if (refunded > 0 && refunded === run.refundPlan.legs.length) return 'refunded';
  if (refunded > 0 && (NOS_OF_PEOPLE.includes(reason) || pivotPassed(run))) {
    return goForwardByWord(run, reason);
  }
  return reverseAll(run, reason);
}

const NOS_OF_PEOPLE: readonly Reason[] = ['rejected', 'expired', 'invalid'];

/** Ends a refund of which a person gave up a leg. */
export async function compensate(run: PlannedRun, reason: Reason): Promise<FinalStatus | 'invalid'> {
  await closeDecisions(run);
  const before = legsThatAre('refunded', run).length;
  await reconcileAll(run);
  const now = legsThatAre('refunded', run).length;
  // The person who gave up the leg did not know that an earlier run had refunded it.
  return now > before && now === run.refundPlan.legs.length ? 'refunded' : reverseAll(run, reason);
}

/** Reverses what was refunded, newest first. The reason gives the final status where nothing was. */
async function reverseAll(run: PlannedRun, reason: Reason): Promise<FinalStatus | 'invalid'> {
  const refunded = legsThatAre('refunded', run).reverse();
  if (refunded.length === 0) return reason;
  record(run, { type: 'turnedBack' });
  for (const legPlan of refunded) await execute(run, legPlan, 'reversal');
  return reason === 'cancelled' ? reason : 'compensated';
}

/** Some legs are refunded already, by an earlier run: of each of the others a person says how it goes on. */
async function goForwardByWord(run: PlannedRun, reason: Reason): Promise<FinalStatus | 'invalid'> {
  record(run, { type: 'wentForward' });
  const message = `${WORDS[reason]}, but an earlier run has refunded other legs of this refund.`;
  for (const legPlan of legsThatAre('notRefunded', run)) {
    const outcome = await executeByWord(run, legPlan, { code: 'declined', message });
    if (outcome !== 'done') return compensate(run, reason);
  }
  return 'refunded';
}

const WORDS: Record<Reason, string> = {
  declined: 'It was declined',
  cancelled: 'A cancel was requested',
  rejected: 'A person rejected it',
  expired: 'Nobody decided in time',
  invalid: "The request is invalid under today's rules",
};
