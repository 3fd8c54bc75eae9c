import { sleep, workflowInfo } from '@temporalio/workflow';
import { CLOCK_TOLERANCE_MS } from '../domain/clocks';
import type { LookUpResult } from '../domain/activity-types';
import type { LookUpAnswer } from '../domain/provider-answers';
import { hasGivenUp } from '../domain/retry-schedule';
import { requestLookUp, startOfRefund } from './activities';
import { EARLIER_RUN, ambiguityOf, parked, providerOf } from './movement';
import type { Movement, OpenProblem, Phase } from './movement';
import { confirmed, declined, stopped } from './phases';
import { shownTime } from './replay-safe';

/** What a look-up showed; `isFirstOfRun`: the run before, which was reset since, may have sent it after what it saw. */
export interface Asked {
  result: LookUpResult;
  isFirstOfRun: boolean;
}

/**
 * Asks the provider once, and remembers what it showed (M5); undefined when the asking itself was cut off.
 * @param withinMs how long it may take at most, also while nobody polls the provider's queue
 */
export async function ask(
  movement: Movement,
  { withinMs }: { withinMs?: number } = {},
): Promise<Asked | undefined> {
  const { tries, evidence, sent } = movement;
  const result = await requestLookUp(movement, { notBefore: notBefore(movement), withinMs });
  if (!result) return undefined;
  const isFirstOfRun = isOfLaterRun(movement, result.runId);
  if (isFirstOfRun) sent.byEarlierRun = true;
  tries.startedAt ??= Date.parse(result.at);
  see(movement, result.runId);
  if (SHOWS_SOMETHING[result.kind]) evidence.shown = messageOf(result);
  if (result.kind === 'found' || result.kind === 'pending') evidence.ours = messageOf(result);
  else if (result.kind === 'declined') evidence.ours = null;
  if (result.kind === 'candidate') evidence.seen.push(...(result.seen ?? []));
  return { result, isFirstOfRun };
}

/** Whether a run that was reset has not seen anything of this movement yet: all that is known comes from the run before. */
function isOfLaterRun({ clearance, purpose }: Movement, runId: string): boolean {
  if (clearance.kind !== 'none') return clearance.runId !== runId;
  return purpose === 'move' && runId !== workflowInfo().firstExecutionRunId;
}

/**
 * Looked up from the beginning (M1, M3): what the run before had waited for and not seen says nothing of what it sent since.
 */
export function lookUpAnew(movement: Movement, result: LookUpResult): Phase {
  const retryAfterMs = provesNothing(result) ? (result.retryAfterMs ?? 0) : 0;
  const ambiguity = ambiguityOf(movement) ?? EARLIER_RUN;
  return { name: 'lookingUp', ambiguity: { ...ambiguity, runId: result.runId, retryAfterMs } };
}

/** Which look-ups show something that may be ours. */
const SHOWS_SOMETHING: Record<LookUpResult['kind'], boolean> = {
  ...{ found: true, declined: true, candidate: true, unrelated: true, pending: true, conflict: true },
  ...{ unreadable: true, absent: false, unanswered: false },
};

function see(movement: Movement, runId: string): void {
  const { clearance } = movement;
  if (clearance.kind === 'cleared' && clearance.runId === runId) return;
  movement.clearance = { kind: 'seen', runId };
}

/** What a look-up decides by itself, without regard to earlier ones; undefined where it leaves the movement open. */
export function decidedBy(result: LookUpResult, movement: Movement): Phase | 'park' | undefined {
  const cause = ambiguityOf(movement)?.cause;
  switch (result.kind) {
    case 'found':
      return mayBeAnybodys(movement)
        ? 'park'
        : confirmed(movement, result, { at: result.at, confirmedBy: 'lookUp' });
    case 'declined':
      return cause === 'otherMovement'
        ? 'park'
        : declined(movement, { code: 'declined', message: result.message });
    case 'conflict':
    case 'candidate':
      return 'park';
    case 'absent':
    case 'unrelated':
      return cause === 'alreadyDone' && mayBeAnybodys(movement) ? 'park' : undefined;
    case 'pending':
    case 'unreadable':
    case 'unanswered':
      return undefined;
  }
}

/**
 * Without a reference of ours, what a look-up finds may be anybody's: it is ours only if we were in doubt ourselves, and
 * not if every request of ours heard a clear "no", or none got through.
 */
function mayBeAnybodys(movement: Movement): boolean {
  const { kind, legPlan, sent } = movement;
  if (kind !== 'refund' || legPlan.lookUp === 'ownReference' || sent.byEarlierRun) return false;
  return sent.inDoubtFrom === null;
}

/** Nothing of it is at the provider: it may be sent, in the run that saw this (M1), unless that took too long. */
export function whenCleared(movement: Movement, { at, runId }: LookUpResult): Phase {
  const { run, tries } = movement;
  if (movement.purpose === 'reconcile') return stopped(movement);
  movement.clearance = { kind: 'cleared', runId };
  if (hasGivenUp(run.refundPlan.policy, { ...tries, failedAt: Date.parse(at) })) {
    const code = ambiguityOf(movement) ? 'ambiguous' : 'providerDown';
    return parked(movement, { code, message: TOO_LATE });
  }
  return { name: 'sending' };
}

const TOO_LATE = 'Look-ups showed no sign of it, and by then it was too late to send it again.';

/** Waits until the movement has been ambiguous for so long, counted by timers alone. */
export async function waitUntilAmbiguousFor(movement: Movement, milliseconds: number): Promise<void> {
  const { certainty, legPlan } = movement;
  if (certainty.kind === 'undoubted' || milliseconds <= certainty.forMs) return;
  const summary = `Wait before the next look-up · ${legPlan.leg} · ${providerOf(movement)}`;
  await sleep(milliseconds - certainty.forMs, { summary });
  certainty.forMs = milliseconds;
}

/**
 * Before when a record cannot be ours, ISO 8601. A "no" to the only request that ever left gets no tolerance, so that
 * a refund that somebody else made a moment before ours is not taken for ours.
 */
function notBefore(movement: Movement): string {
  const { run, sent } = movement;
  if (sent.byEarlierRun) return earlier(startOfRefund(run.refundPlan), CLOCK_TOLERANCE_MS);
  const from = sent.inDoubtFrom ?? sent.firstAt;
  if (from === null) return shownTime();
  const isRefusalOfOnlyOne = ambiguityOf(movement)?.cause === 'unlistedRefusal' && sent.requests === 1;
  return isRefusalOfOnlyOne ? from : earlier(from, CLOCK_TOLERANCE_MS);
}

function earlier(at: string, milliseconds: number): string {
  return new Date(Date.parse(at) - milliseconds).toISOString();
}

/** A problem together with what a look-up showed. */
export function asSeen(
  problem: OpenProblem,
  result: LookUpResult,
  { evidence }: Pick<Movement, 'evidence'>,
): OpenProblem {
  const isSomebodys = result.kind === 'conflict' || result.kind === 'found';
  const message = messageOf(result);
  const isLess = evidence.shown !== null && !SHOWS_SOMETHING[result.kind];
  return {
    ...problem,
    code: isSomebodys ? 'alreadyDone' : problem.code,
    evidence: {
      message: isLess ? `${message} An earlier look-up: ${evidence.shown}` : message,
      at: result.at,
    },
  };
}

/** What a look-up showed, in words. */
export function messageOf(result: LookUpAnswer): string {
  return result.kind === 'found' ? `Found: ${result.providerReference}.` : result.message;
}

/** Whether a look-up proves nothing, and may be asked again later. */
export function provesNothing(
  result: LookUpResult,
): result is Extract<LookUpResult, { kind: 'unanswered' | 'unreadable' }> {
  return result.kind === 'unanswered' || result.kind === 'unreadable';
}
