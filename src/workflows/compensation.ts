import type { LegName } from '../domain/plan';
import type { FinalStatus } from '../domain/state';
import { hasEarlierRuns } from './calls';
import { publish } from './publish';
import { legState } from './run';
import type { PlannedRun } from './run';
import { settle, trace } from './settle';

/** Why the saga ends otherwise than refunded. */
export type Reason = Exclude<FinalStatus, 'refunded' | 'compensated'>;

/** Reverses what was refunded, newest first, so that nothing is left moved. The reason gives the final status. */
export async function turnBack(run: PlannedRun, reason: Reason): Promise<FinalStatus> {
  // An approval holds across a reset: what is rejected or expired now was never sent by an earlier run. A signed one
  // holds too, unless the earlier run can no longer be read.
  const mayHaveBeenSent = reason === 'declined' || reason === 'cancelled' || run.plan.signedDecisions;
  for (const { leg } of mayHaveBeenSent ? run.plan.legs : []) await wasRefundedEarlier(run, leg);
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
