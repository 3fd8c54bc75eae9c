import { condition } from '@temporalio/workflow';
import type { ResolutionOutcome } from '../domain/resolution';
import type { Problem } from '../domain/state';
import { askOnce, canLookUp, waitUntilAmbiguousFor } from './find-out';
import { countParked } from './metrics';
import { absenceAfter, declined, end } from './movement';
import type { Movement, Next } from './movement';
import { publish } from './publish';
import { legState, stopping } from './run';
import type { Run } from './run';

/** Waits for an operator, with the problem shown. A cancel ends the waiting only where nothing can have moved. */
export async function park(movement: Movement, problem: Problem): Promise<Next> {
  const { run, plan } = movement;
  const leg = legState(run, plan.leg);
  leg.status = 'parked';
  leg.problem = problem;
  run.state.waitingOn = 'operator';
  delete run.resolution;
  publish(run);
  countParked(leg.provider, problem);
  const untouched = movement.kind !== 'reversal' && isUntouched(problem);
  await condition(() => run.resolution !== undefined || (untouched && stopping(run)));
  const outcome = takeOutcome(run);
  run.state.waitingOn = null;
  publish(run);
  switch (outcome) {
    case undefined:
      return end(movement, 'pending', 'stopped');
    case 'retry':
      return retry(movement, problem);
    case 'refunded':
    case 'reversed':
    case 'waived':
      return 'done';
    case 'declined':
      return declined(movement, { code: 'declined', message: 'An operator found that it was not made.' });
    case 'turnBack':
      return 'turnBack';
  }
}

function takeOutcome(run: Run): ResolutionOutcome | undefined {
  const outcome = run.resolution?.outcome;
  delete run.resolution;
  return outcome;
}

async function retry(movement: Movement, problem: Problem): Promise<Next> {
  const unclear = problem.code === 'ambiguous' || problem.code === 'alreadyDone';
  movement.failedRounds = 0;
  delete movement.startedAt;
  if ((unclear && canLookUp(movement)) || movement.lookUpFirst) {
    // A request that is applied late must not slip in between an empty look-up and the next attempt.
    await waitUntilAmbiguousFor(movement, unclear ? absenceAfter(movement) : 0);
    return askOnce(movement, problem);
  }
  // Without a look-up the operator's word clears it, in the run whose evidence they were shown.
  if (unclear && movement.seenIn !== undefined) movement.clearedIn = movement.seenIn;
  return 'again';
}

function isUntouched({ code }: Problem): boolean {
  return code === 'providerDown' || code === 'merchantBalance';
}
