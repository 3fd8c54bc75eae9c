import { ActivityFailure } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import { engineRetries, hasGivenUp, waitBeforeRound } from '../domain/retry-schedule';
import { awaitResumption, identify, requestMovement } from './activities';
import { readFailure, readResult } from './attempt-result';
import type { AttemptResult } from './attempt-result';
import { EARLIER_RUN, ambiguityOf, parked, providerOf } from './movement';
import type { Ambiguity, Movement, Phase } from './movement';
import { confirmed, declined, passed, showSending, showWaiting } from './phases';
import { pause, shownTime } from './replay-safe';
import { pivotPassed, stopping } from './run';

/** An attempt for which nothing can have moved. */
export type NotThrough = Omit<Extract<AttemptResult, { kind: 'failed' }>, 'kind'>;

/** How an attempt ended, and when it was scheduled, ISO 8601. */
interface Attempted {
  result: Exclude<AttemptResult, { kind: 'notHere' }>;
  scheduledAt: string;
}

/** Makes an attempt, and says what follows from its end. */
export async function send(movement: Movement): Promise<Phase> {
  return afterAttempt(movement, await attempt(movement));
}

/** Makes an attempt; nothing follows from it yet. */
export async function attempt(movement: Movement): Promise<Attempted> {
  const { run, tries, kind, legPlan } = movement;
  showSending(movement);
  const retries = engineRetries(run.refundPlan.policy, tries.rounds);
  const scheduledAt = shownTime();
  const isStoppable = kind !== 'reversal' && !pivotPassed(run);
  const makeOn = (queue: 'refunds' | 'own') => {
    const call = () => requestMovement(movement, { retries, eager: queue === 'refunds' });
    const made = isStoppable ? run.stoppable.run(call) : call();
    return made.then(
      (result) => readResult(kind, result),
      (error: unknown) => readFailure(error, movement),
    );
  };
  const isEager = !legPlan.ownQueue && kind === 'refund' && tries.rounds === 0;
  const first = await makeOn(isEager ? 'refunds' : 'own');
  const last = first.kind === 'notHere' ? await makeOn('own') : first;
  const result = last.kind === 'notHere' ? NOT_MADE : last;
  // Of attempts that the engine made before the last one nothing is known but that they may be repeated.
  if (retries > 0 && MAY_FOLLOW_OTHERS.includes(result.kind)) reached(movement, scheduledAt);
  return { result, scheduledAt };
}

/** Only what somebody else fails an activity with: where a call waits for its provider, nobody leaves it to others. */
const NOT_MADE: Attempted['result'] = { kind: 'failed', message: 'Not sent: the worker left it to others.' };

const MAY_FOLLOW_OTHERS: readonly AttemptResult['kind'][] = ['failed', 'stopped', 'providerStopped'];

/** Some request of this movement may have come to the provider. */
function reached({ sent }: Movement, scheduledAt: string): void {
  sent.hasReached = true;
  // By the clock of the Temporal server: a worker's may be hours off, and make our own record look too old.
  sent.firstAt ??= scheduledAt;
}

/** Says what follows from the end of an attempt. */
export function afterAttempt(movement: Movement, { result, scheduledAt }: Attempted): Phase | Promise<Phase> {
  countSend(movement, result, scheduledAt);
  switch (result.kind) {
    case 'passed':
      if (result.baseline) movement.run.baselines.set(movement.legPlan.leg, result.baseline);
      return passed(movement);
    case 'refused':
      return declined(movement, result);
    case 'stopped':
      return stopHere(movement);
    case 'failed':
      return tryLater(movement, result);
    case 'providerStopped':
      return sendOnceResumed(movement, result);
    case 'done':
      if (result.told) movement.run.atOrder = 'told';
      return confirmed(movement, result, { at: result.at, confirmedBy: 'answer' });
    // M6
    case 'declined':
      return ambiguityOf(movement) ? ambiguous({ ...result, cause: 'echo' }) : declined(movement, result);
    case 'unlistedRefusal':
      return ambiguityOf(movement)
        ? ambiguous({ ...result, cause: 'echo' })
        : ambiguous({ ...result, cause: 'unlistedRefusal', refusedAs: result.code });
    // M1
    case 'uncleared':
      movement.sent.byEarlierRun = true;
      return ambiguous({ ...result, ...EARLIER_RUN });
    case 'overCap':
      return parked(movement, { code: 'overCap', message: result.message });
    case 'cutOff':
      return ambiguous({ cause: 'ambiguous', message: result.message });
    // What the provider calls a passing failure may have been executed all the same.
    case 'transient':
      return ambiguous({ ...result, cause: 'ambiguous' });
    case 'alreadyDone':
    case 'ambiguous':
      return ambiguous({ ...result, cause: result.kind });
    case 'otherMovement':
      return ambiguous({ ...result, cause: 'otherMovement' });
  }
}

function ambiguous(ambiguity: Ambiguity): Phase {
  return { name: 'lookingUp', ambiguity };
}

/** Notes a request that reached the provider, or may have, and before when it cannot have been sent. */
function countSend(movement: Movement, result: AttemptResult, scheduledAt: string): void {
  const { run, legPlan, sent } = movement;
  const sentAt = 'sentAt' in result ? result.sentAt : undefined;
  const mayBeExecuted = sentAt !== undefined || result.kind === 'cutOff' || result.kind === 'done';
  const wasTurnedAway = result.kind === 'failed' && result.wasTurnedAway === true;
  if (!mayBeExecuted && !wasTurnedAway) return;
  reached(movement, scheduledAt);
  if (mayBeExecuted) showSent(movement, sentAt ?? scheduledAt);
  if (mayBeExecuted && !CLEAR_REFUSALS.includes(result.kind)) sent.inDoubtFrom ??= scheduledAt;
  if (result.kind === 'otherMovement' || sent.requests > 1) run.shown.mayHaveMovedMore.add(legPlan.leg);
}

const CLEAR_REFUSALS: readonly AttemptResult['kind'][] = ['alreadyDone', 'declined', 'overCap'];

function showSent({ run: { shown }, legPlan: { leg }, sent }: Movement, at: string): void {
  sent.requests += 1;
  shown.sends.set(leg, sent.requests);
  shown.sentAt.set(leg, { first: shown.sentAt.get(leg)?.first ?? at, last: at });
}

/** Nothing moved: waits and lets another attempt follow, until it has been tried for too long. */
export async function tryLater(movement: Movement, failure: NotThrough): Promise<Phase> {
  const { run, tries } = movement;
  const { policy } = run.refundPlan;
  const { message, failedAt, retryAfterMs, queuedMs = 0 } = failure;
  tries.startedAt ??= failure.startedAt ?? failedAt ?? null;
  tries.rounds += 1;
  tries.waitedMs += queuedMs;
  const trouble = { message, ...timeOf(failedAt), patienceMs: policy.giveUpAfterMs };
  if (hasGivenUp(policy, { ...tries, failedAt: failedAt ?? null, retryAfterMs })) {
    const gaveUp = await givenUp(movement, message);
    return ambiguityOf(movement) ? gaveUp : { name: 'lookingLast', trouble, otherwise: gaveUp };
  }
  showWaiting(movement, 'nextAttempt', trouble);
  const wait = Math.max(waitBeforeRound(policy, tries.rounds), retryAfterMs ?? 0);
  const stop = () => movement.kind !== 'reversal' && stopping(run);
  await pause(wait, stop, `Wait before the next attempt · ${movement.legPlan.leg} · ${providerOf(movement)}`);
  tries.waitedMs += wait;
  return { name: 'sending' };
}

/** Nothing moved, and a person wants it so: waits for their word, however long that takes, and is then tried afresh. */
async function sendOnceResumed(
  movement: Movement,
  { message, failedAt }: Extract<AttemptResult, { kind: 'providerStopped' }>,
): Promise<Phase> {
  const { run, kind } = movement;
  showWaiting(movement, 'nextAttempt', { message, ...timeOf(failedAt), untilResumed: true });
  const wait = () => awaitResumption(movement);
  const isStoppable = kind !== 'reversal' && !pivotPassed(run);
  const end = await (isStoppable ? run.stoppable.run(wait) : wait()).catch(endOfWait);
  if (end === 'cancelled') return stopHere(movement);
  movement.tries = { rounds: 0, startedAt: null, waitedMs: 0 };
  return { name: 'sending' };
}

/** A wait that was cut off (by a reset of the run) is begun anew by the next attempt. */
function endOfWait(error: unknown): 'cancelled' | 'cutOff' {
  if (isCancellation(error)) return 'cancelled';
  if (error instanceof ActivityFailure) return 'cutOff';
  throw error;
}

/** A cancel came before the next attempt. What is open ends only by proof (M7), and what reached the provider by a look. */
function stopHere(movement: Movement): Phase {
  switch (movement.certainty.kind) {
    case 'open':
      return parked(movement, { code: 'ambiguous', message: NOT_PROVEN });
    case 'refuted':
    case 'undoubted':
      return { name: 'lookingLast', trouble: { message: STOPPED }, otherwise: 'stop' };
  }
}

const NOT_PROVEN = 'A cancel was requested, and one empty look-up alone does not prove that it was not made.';
const STOPPED = 'A cancel was requested after the provider had turned our request away.';

/** No attempt got through. What an earlier run may have sent, and this one was not cleared to send again, is open. */
async function givenUp(movement: Movement, message: string) {
  if (movement.kind === 'refund' && !ambiguityOf(movement) && (await isUncleared(movement))) {
    movement.sent.byEarlierRun = true;
    movement.certainty = { kind: 'open', ambiguity: EARLIER_RUN, forMs: 0 };
    return parked(movement, { code: 'ambiguous', message: `${EARLIER_RUN.message} ${message}` });
  }
  return parked(movement, { code: ambiguityOf(movement) ? 'ambiguous' : 'providerDown', message });
}

/** Whether an earlier run may have sent it, and this one was not cleared to send it again (M1). */
async function isUncleared({ run, clearance }: Movement): Promise<boolean> {
  const { runId, hasEarlierRuns } = await identify(run);
  return hasEarlierRuns && !(clearance.kind === 'cleared' && clearance.runId === runId);
}

/** A time as it is shown; a worker's clock may say anything. */
function timeOf(milliseconds = NaN): { at?: string } {
  const at = new Date(milliseconds);
  return Number.isNaN(at.getTime()) ? {} : { at: at.toISOString() };
}
