import { waitSummary } from '../domain/details/wait-summary';
import { OUTCOMES } from '../domain/resolution';
import { isUnclear, isUntouched } from '../domain/state';
import { lookUpAnew } from './ask';
import { countParked } from './metrics';
import { ambiguityOf, canLookUp, decides, providerOf } from './movement';
import type { Movement, ParkedPhase, Phase } from './movement';
import { awaitWord } from './pending-words';
import { declined } from './phases';
import { record } from './record';
import { markMoment } from './recorded';
import { startTimer } from './replay-safe';
import { legState, stopping } from './run';

/** Waits for an operator, with the problem shown. A cancel ends the waiting only where nothing can have moved (M7). */
export async function park(movement: Movement, phase: ParkedPhase): Promise<Phase> {
  const { run, legPlan, kind } = movement;
  const { problem } = phase;
  const { desk } = run;
  desk.parked = { movement, problem };
  markMoment(run, 'parked');
  record(run, { type: 'parked', leg: legPlan.leg, problem });
  countParked(providerOf(movement), problem);
  const isUnmade =
    isUntouched(problem) || (movement.certainty.kind === 'refuted' && !movement.sent.hasReached);
  const timer = showInTimeline(movement, phase);
  const end = await awaitWord(movement, () => kind !== 'reversal' && isUnmade && stopping(run));
  timer.cancel();
  record(run, { type: 'resumed' });
  if (end.kind === 'lookFirst') {
    movement.isWordAwaited = true;
    return lookUpAnew(movement, end.result);
  }
  if (end.kind === 'cancelled') return { name: 'lookingLast', trouble: problem, otherwise: 'stop' };
  switch (OUTCOMES[end.word].next) {
    case 'tryAgain':
      return retry(movement, phase);
    case 'sendAgain':
      return resend(movement);
    case 'goOn':
      return { name: 'over', outcome: 'done' };
    case 'endDeclined':
      return declinedByWord(movement, phase);
    case 'turnBack':
      return { name: 'over', outcome: 'turnBack' };
  }
}

/** Longer than any refund waits. Milliseconds. */
const TEN_YEARS_MS = 3_650 * 86_400_000;

/**
 * Shows in the UI's timeline that an operator is waited for, by a timer. Nothing follows from its end, so that it asks for
 * no command that a replay could miss (docs/adr/004).
 */
function showInTimeline(movement: Movement, { problem }: ParkedPhase) {
  const { leg } = movement.legPlan;
  const { requests, byEarlierRun } = movement.sent;
  const isUnsent = movement.kind === 'refund' && requests === 0 && byEarlierRun;
  const waiting = {
    leg,
    provider: providerOf(movement),
    problem,
    isQuestion: movement.kind === 'check',
    isUnsent,
  };
  return startTimer(TEN_YEARS_MS, waitSummary(waiting));
}

/** They looked at the provider, so that earlier runs are reconciled too, for the run whose evidence they saw. */
function declinedByWord(movement: Movement, { problem }: ParkedPhase): Phase {
  const { run, legPlan, clearance } = movement;
  if (isUnclear(problem) && clearance.kind !== 'none') run.reconciled.set(legPlan.leg, clearance.runId);
  const { evidence } = legState(run, legPlan.leg).problem ?? {};
  const message = 'An operator found that it was not made.';
  return declined(movement, { code: 'declined', message, ...(evidence && { evidence }) });
}

/** A person wants it tried again. If it may have moved and can be looked up, it is looked up first. */
function retry(movement: Movement, { problem, lookUpFirst }: ParkedPhase): Phase {
  startAfresh(movement);
  const { kind } = movement;
  if (kind === 'check') return { name: 'sending' };
  const isAmbiguous = ambiguityOf(movement) !== undefined;
  const isWorthAsking = isAmbiguous || kind === 'reversal' || decides(movement);
  if (lookUpFirst || (canLookUp(movement) && isWorthAsking)) {
    const { code, message } = problem;
    return { name: 'lookingOnce', problem: { code, message }, mayBeUnderWay: isAmbiguous };
  }
  clear(movement);
  return { name: 'sending' };
}

/** A person saw that it was not made, and that what look-ups showed is not ours. */
function resend(movement: Movement): Phase {
  const { evidence, certainty } = movement;
  startAfresh(movement);
  evidence.shown = null;
  evidence.ours = null;
  movement.sent.hasReached = false;
  evidence.notOurs.push(...evidence.seen.splice(0));
  if (certainty.kind !== 'undoubted') movement.certainty = { ...certainty, kind: 'refuted' };
  clear(movement);
  return { name: 'sending' };
}

function startAfresh(movement: Movement): void {
  movement.tries = { rounds: 0, startedAt: null, waitedMs: 0 };
  // M4: after a person's word nothing is sent once more without another one.
  if (ambiguityOf(movement)) movement.resend = 'used';
}

/** M1: without a look-up the operator's word clears it, in the run whose evidence they were shown. */
function clear(movement: Movement): void {
  const { clearance } = movement;
  if (ambiguityOf(movement) && clearance.kind === 'seen')
    movement.clearance = { kind: 'cleared', runId: clearance.runId };
}
