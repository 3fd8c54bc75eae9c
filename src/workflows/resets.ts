import type { LegPlan } from '../domain/plan';
import { identify } from './activities';
import { reconcile } from './execute';
import { closeDecisions } from './pending-decisions';
import { record } from './record';
import { legState, pivotPassed } from './run';
import type { PlannedRun } from './run';

/*
 * What an earlier run did (before a reset, or another start under this id) is asked of the providers, never believed of a
 * history: a refund ends, with any status, only after each leg that this run never sent was looked up (design 4.8).
 */

/** Finds out what an earlier run did with every leg that this run never sent, or was told to give up. */
export async function reconcileAll(run: PlannedRun): Promise<void> {
  await reconcileOpen(run, run.refundPlan.legs);
}

/** Whether a leg that this run never sent, or was told to give up, was refunded by an earlier run. */
export async function wasRefundedEarlier(run: PlannedRun, legPlan: LegPlan): Promise<boolean> {
  await reconcileOpen(run, [legPlan]);
  return legState(run, legPlan.leg).status === 'refunded';
}

/** Whether an earlier run passed the pivot, so that the saga only goes forward, even after a cancel. */
export async function wasPivotPassedEarlier(run: PlannedRun): Promise<boolean> {
  await closeDecisions(run);
  await reconcileAll(run);
  if (!pivotPassed(run)) return false;
  record(run, { type: 'wentForward' });
  return true;
}

async function reconcileOpen(run: PlannedRun, legs: readonly LegPlan[]): Promise<void> {
  const open = legs.filter(({ leg }) => ['pending', 'declined'].includes(legState(run, leg).status));
  if (open.length === 0 || wasRefusedEachTime(run)) return;
  const { runId, hasEarlierRuns } = await identify(run);
  if (!hasEarlierRuns) return;
  for (const legPlan of open) {
    const { leg } = legPlan;
    if (run.reconciled.get(leg) === runId) continue;
    run.reconciled.set(leg, runId);
    const before = legState(run, leg);
    const outcome = await reconcile(run, legPlan);
    if (outcome !== 'done' && legState(run, leg).status === 'pending')
      record(run, { type: 'foundUnmoved', leg, before });
  }
}

/** What preflight refused was sent by no run: not by this one, and not by one from before a reset, which had this plan too. */
function wasRefusedEachTime({ refundPlan: { refusals = [], hasEarlierRuns } }: PlannedRun): boolean {
  return refusals.length > 0 && !hasEarlierRuns;
}
