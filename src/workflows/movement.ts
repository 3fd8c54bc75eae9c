import type { Trouble } from '../domain/briefing';
import { amountOf } from '../domain/money';
import type { Declined, ProviderRecord, Receipt } from '../domain/outcome';
import type { LegPlan, ProviderName } from '../domain/plan';
import type { LegStatus, Problem, Side } from '../domain/state';
import { publish } from './publish';
import { legState, pivotPassed, requestedLeg } from './run';
import type { PlannedRun } from './run';

/** Something the saga asks of a provider about one leg, from its first attempt until it is known how it ended. */
export interface Movement {
  readonly run: PlannedRun;
  readonly plan: LegPlan;
  readonly kind: 'check' | Side;
  /** Only asks what an earlier run did: nothing is sent. */
  readonly tracing: boolean;
  /** Rounds of attempts that did not get through since the last fresh start. */
  failedRounds: number;
  /** When the first of them began, in milliseconds since the epoch, by the clock of a worker. */
  startedAt?: number;
  /** How long it has been ambiguous, counted in timers and so never more than the truth. Milliseconds. */
  ambiguousForMs: number;
  /** It was in doubt before, and no look-up could settle that: a later "no" may be the echo of its own success. */
  wasInDoubt: boolean;
  /** The provider wants to be asked before another attempt. */
  lookUpFirst: boolean;
  /** The run in which its last ambiguous answer or look-up was seen. */
  seenIn?: string;
  /** The run in which it was cleared to be sent (again). */
  clearedIn?: string;
}

/** How a movement ended, once it is known for certain. */
export type Ending = 'done' | 'declined' | 'stopped' | 'turnBack';

/** What follows: another attempt, an operator, or the end. */
export type Next = 'again' | { park: Problem } | Ending;

/** A problem of this movement; one of a preflight question belongs to the refund. */
export function problemOf(movement: Movement, problem: Omit<Problem, 'side'>): Problem {
  return { side: movement.kind === 'reversal' ? 'reversal' : 'refund', ...problem };
}

/** The provider, or a look-up, confirmed the movement. */
export function confirm(
  movement: Movement,
  record: ProviderRecord,
  at: string,
  confirmedBy: Receipt['confirmedBy'],
): Ending {
  const { run, plan, kind } = movement;
  const receipt: Receipt = {
    providerReference: record.providerReference,
    ...amountOf(requestedLeg(run, plan.leg)),
    at,
    confirmedBy,
    ...(record.note !== undefined && { note: record.note }),
  };
  const leg = legState(run, plan.leg);
  if (kind === 'reversal') leg.reversal = receipt;
  else leg.receipt = receipt;
  return end(movement, kind === 'reversal' ? 'reversed' : 'refunded', 'done');
}

/** The provider said no: that ends the leg, unless only a person can say how the customer gets this money. */
export function declined(
  movement: Movement,
  { code, message, lookUpFirst }: Pick<Problem, 'code' | 'message'> & Pick<Declined, 'lookUpFirst'>,
): Next {
  movement.lookUpFirst = lookUpFirst ?? false;
  const problem = problemOf(movement, { code, message });
  const owed = code === 'merchantBalance' || pivotPassed(movement.run);
  if (movement.kind === 'reversal' || (movement.kind === 'refund' && owed)) return { park: problem };
  legState(movement.run, movement.plan.leg).problem = problem;
  return end(movement, 'declined', 'declined');
}

/** Settles the leg and stops waiting for anyone. What ended without its money keeps its problem on show. */
export function end({ run, plan }: Movement, status: LegStatus, ending: Ending): Ending {
  const leg = legState(run, plan.leg);
  leg.status = status;
  if (ending === 'done') delete leg.problem;
  run.troubles.delete(plan.leg);
  run.state.waitingOn = null;
  publish(run);
  return ending;
}

/** Shows that the movement waits for its provider, and why. */
export function waitForProvider({ run, plan }: Movement, status: LegStatus, trouble: Trouble): void {
  legState(run, plan.leg).status = status;
  run.troubles.set(plan.leg, trouble);
  run.state.waitingOn = legState(run, plan.leg).provider;
  publish(run);
}

/** The provider that a movement asks. */
export function providerOf({ run, plan }: Movement): ProviderName {
  return legState(run, plan.leg).provider;
}

/** How long after a request an empty look-up can prove that it was never applied, in milliseconds. */
export function absenceAfter({ run, plan }: Movement): number {
  return plan.absenceAfterMs ?? run.plan.policy.absenceAfterMs;
}

/** The status of a leg while its movement is being sent. */
export function sendingStatus({ kind }: Movement): LegStatus {
  return ({ check: 'pending', refund: 'refunding', reversal: 'reversing' } as const)[kind];
}
