import type { FinalStatus } from '../domain/state';
import { legState, publish } from './run';
import type { PlannedRun } from './run';
import { settle } from './settle';

/** Reverses what was refunded, newest first. The reason that began it gives the final status. */
export async function compensate(run: PlannedRun, reason: 'declined' | 'cancelled'): Promise<FinalStatus> {
  const refunded = run.plan.legs.filter(({ leg }) => legState(run, leg).status === 'refunded').reverse();
  if (refunded.length === 0) return reason;
  run.state.status = 'compensating';
  publish(run);
  for (const leg of refunded) await settle(run, leg, 'reversal');
  return reason === 'declined' ? 'compensated' : 'cancelled';
}
