import type { Trouble } from '../domain/briefing';
import type { RefundPlan } from '../domain/plan';
import { transition } from '../domain/transition';
import type { RefundEvent } from '../domain/transition';
import { tell } from './notices';
import { publish, showDetails } from './publish';
import type { PlannedRun, Run } from './run';

/*
 * The one writer of the state. What happened is reduced into the next state and shown; search attributes, which are
 * commands, are written only where the saga passes, never where a message or an early answer was taken in
 * (docs/adr/004).
 */

/** Which events only change the details: what is said in handlers, and what the next event shows with it. */
const ONLY_SHOWN: Record<RefundEvent['type'], boolean> = {
  ...{ planned: true, decided: true, expired: true, resolved: true, foundUnmoved: true, seen: true },
  ...{ waitsForOrder: false, foundInvalid: false, asked: false, wentForward: false, turnedBack: false },
  ...{ sending: false, waiting: false, parked: false, resumed: false, confirmed: false, declined: false },
  ...{ passed: false, stopped: false, ended: false },
};

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Records what happened, and shows where the refund stands now. */
export function record(run: Run, event: RefundEvent): void {
  (run as Writable<Run>).state = transition(run.state, event);
  if (ONLY_SHOWN[event.type]) showDetails(run);
  else publish(run);
  tell(run, event);
}

/** Records that a provider is waited for, and why. */
export function recordWait(
  run: Run,
  event: Extract<RefundEvent, { type: 'waiting' }>,
  trouble: Trouble,
): void {
  run.shown.troubles.set(event.leg, trouble);
  record(run, event);
}

/** Records how a leg came out of waiting for its provider. */
export function recordOutcome(run: Run, event: Extract<RefundEvent, { type: LegOutcome }>): void {
  run.shown.troubles.delete(event.leg);
  record(run, event);
}

type LegOutcome = 'confirmed' | 'declined' | 'passed' | 'stopped';

/** Records the plan: from here on the run has it. */
export function recordPlan(
  run: Run,
  refundPlan: RefundPlan,
  event: Extract<RefundEvent, { type: 'planned' }>,
): PlannedRun {
  const planned = Object.assign(run, { refundPlan });
  for (const { leg, baseline } of refundPlan.legs) if (baseline) run.baselines.set(leg, baseline);
  record(run, event);
  return planned;
}
