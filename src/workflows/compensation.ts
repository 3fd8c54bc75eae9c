import type { LegName } from '../domain/plan';
import type { FinalStatus } from '../domain/state';
import { hasEarlierRuns } from './calls';
import { hearNoMore } from './hearing';
import { publish } from './publish';
import { legState, pivotPassed } from './run';
import type { PlannedRun } from './run';
import { settle, trace } from './settle';

/** Why the saga ends otherwise than refunded. */
export type Reason = Exclude<FinalStatus, 'refunded' | 'compensated'>;

/** Reverses what was refunded, newest first, so that nothing is left moved. The reason gives the final status. */
export async function turnBack(run: PlannedRun, reason: Reason): Promise<FinalStatus> {
  await hearNoMore(run);
  // An approval holds across a reset: what is rejected or expired now was never sent by an earlier run. A signed one
  // holds too, unless the earlier run can no longer be read.
  const mayHaveBeenSent = reason === 'declined' || reason === 'cancelled' || run.plan.signedDecisions;
  if (mayHaveBeenSent) await traceAll(run);
  const refunded = run.plan.legs.filter(({ leg }) => legState(run, leg).status === 'refunded').reverse();
  if (refunded.length === 0) return reason;
  run.state.status = 'compensating';
  publish(run);
  for (const leg of refunded) await settle(run, leg, 'reversal');
  return reason === 'declined' ? 'compensated' : reason;
}

/** Whether a leg that this run never sent was refunded by an earlier run, before a reset. */
export async function wasRefundedEarlier(run: PlannedRun, leg: LegName): Promise<boolean> {
  const plan = run.plan.legs.find((planned) => planned.leg === leg);
  if (!plan || legState(run, leg).status !== 'pending' || run.traced.has(leg)) return false;
  run.hasEarlierRuns ??= await hasEarlierRuns();
  if (!run.hasEarlierRuns) return false;
  run.traced.add(leg);
  return (await trace(run, plan)) === 'done';
}

/** Whether an earlier run, before a reset, came so far that the saga only goes forward, whatever is asked for now. */
export async function wasPivotPassedEarlier(run: PlannedRun): Promise<boolean> {
  await hearNoMore(run);
  await traceAll(run);
  if (!pivotPassed(run)) return false;
  run.state.status = 'refunding';
  publish(run);
  return true;
}

async function traceAll(run: PlannedRun): Promise<void> {
  for (const { leg } of run.plan.legs) await wasRefundedEarlier(run, leg);
}
