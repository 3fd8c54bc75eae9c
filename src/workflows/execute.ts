import type { LegPlan } from '../domain/plan';
import type { Problem, Side } from '../domain/state';
import { lookOnce, lookLast } from './look-once';
import { lookUp } from './look-up';
import { EARLIER_RUN, begin, parked } from './movement';
import type { Movement, MovementOutcome, Phase } from './movement';
import { park } from './parking';
import type { PlannedRun } from './run';
import { afterAttempt, attempt, send, tryLater } from './sending';
import type { NotThrough } from './sending';

/** Makes a movement happen once or not at all; returns only when it is known which (M7). */
export function execute(run: PlannedRun, legPlan: LegPlan, kind: Side): Promise<MovementOutcome> {
  const movement = begin(run, legPlan, { kind, purpose: 'move', byEarlierRun: false });
  const hasNoWay = kind === 'reversal' && legPlan.reversal === undefined;
  return drive(movement, hasNoWay ? parked(movement, NO_REVERSAL) : { name: 'sending' });
}

const NO_REVERSAL = {
  code: 'noReversal',
  message: 'It can be reversed by hand at the provider, or the customer keeps it.',
} as const;

/** Asks a preflight question again that got no answer, for this reason. */
export async function askAgain(
  run: PlannedRun,
  legPlan: LegPlan,
  unanswered: NotThrough,
): Promise<MovementOutcome> {
  const movement = begin(run, legPlan, { kind: 'check', purpose: 'move', byEarlierRun: false });
  return drive(movement, await tryLater(movement, unanswered));
}

/**
 * Asks preflight questions that nobody has asked yet, all of them at once.
 * @returns for each of them, what takes up its answer: one after another, for each may need a person
 */
export function askTogether(
  run: PlannedRun,
  legPlans: readonly LegPlan[],
): Map<LegPlan, () => Promise<MovementOutcome>> {
  const asked = legPlans.map((legPlan) => {
    const movement = begin(run, legPlan, { kind: 'check', purpose: 'move', byEarlierRun: false });
    const attempted = attempt(movement);
    return [legPlan, async () => drive(movement, await afterAttempt(movement, await attempted))] as const;
  });
  return new Map(asked);
}

/** Asks a person about a refund that the saga does not make by itself any more; an earlier run may have sent it. */
export function executeByWord(
  run: PlannedRun,
  legPlan: LegPlan,
  problem: Omit<Problem, 'side'>,
): Promise<MovementOutcome> {
  const what = { kind: 'refund', purpose: 'move', byEarlierRun: true, onlyByWord: true } as const;
  const movement = begin(run, legPlan, what);
  return drive(movement, parked(movement, problem));
}

/** Finds out whether an earlier run made a refund that this run never sent. Sends nothing. */
export function reconcile(run: PlannedRun, legPlan: LegPlan): Promise<MovementOutcome> {
  const movement = begin(run, legPlan, { kind: 'refund', purpose: 'reconcile', byEarlierRun: true });
  return drive(movement, { name: 'lookingUp', ambiguity: EARLIER_RUN });
}

async function drive(movement: Movement, first: Phase): Promise<MovementOutcome> {
  let phase = first;
  while (phase.name !== 'over') phase = await next(movement, phase);
  return phase.outcome;
}

function next(movement: Movement, phase: Exclude<Phase, { name: 'over' }>): Promise<Phase> {
  switch (phase.name) {
    case 'sending':
      return send(movement);
    case 'lookingUp':
      return lookUp(movement, phase.ambiguity);
    case 'lookingOnce':
      return lookOnce(movement, phase);
    case 'lookingLast':
      return lookLast(movement, phase);
    case 'parked':
      return park(movement, phase);
  }
}
