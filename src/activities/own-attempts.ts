import { setTimeout as pause } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { temporal } from '@temporalio/proto';
import { NOT_HERE, RETRYABLE_FAILURES, UNREADABLE_FAILURES } from '../domain/activity-types';
import type { LegInput, MovementResult } from '../domain/activity-types';
import { WORKFLOW_TYPE, workflowIdOf } from '../domain/contract';
import type { TimeBudget } from '../providers/time-budget';
import { budgetOfAttempt, ownRunId } from './call';

/** Whether no attempt of this call before this one can have moved anything. */
export type EarlierAttemptsAreClear = () => Promise<boolean>;

/**
 * Asks the server how the attempt before this one ended. Whoever may write to the namespace can fail a call while it is made,
 * and so have the engine begin another attempt beside it.
 */
export async function earlierAttemptsAreClear(): Promise<boolean> {
  const { client, info } = Context.current();
  if (isFirstAttempt()) return true;
  const { namespace, workflowExecution: execution, activityId } = info;
  const { pendingActivities } = await client.workflowService.describeWorkflowExecution({
    namespace,
    execution,
  });
  const own = pendingActivities.find((pending) => pending.activityId === activityId);
  return own !== undefined && endedClear(own);
}

/** Attempts that somebody had counted anew begin later than their call was scheduled. */
function isFirstAttempt(): boolean {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = Context.current().info;
  return attempt === 1 && currentAttemptScheduledTimestampMs === scheduledTimestampMs;
}

/** After these nothing can have moved; the engine by itself repeats a call after nothing else. */
const CLEAR: readonly string[] = [...RETRYABLE_FAILURES, ...UNREADABLE_FAILURES, NOT_HERE];

/** Where attempts were counted anew the failure is gone, and only the time is left. */
function endedClear({
  attempt,
  lastFailure,
  lastAttemptCompleteTime,
}: temporal.api.workflow.v1.IPendingActivityInfo): boolean {
  if (lastFailure) return CLEAR.includes(lastFailure.applicationFailureInfo?.type ?? '');
  return attempt === 1 && !lastAttemptCompleteTime;
}

/** When an attempt began, and what is left of its time. */
export interface BegunAttempt {
  /** Milliseconds since the epoch. */
  startedAt: number;
  budget: TimeBudget;
}

/**
 * Makes a movement for a refund of ours alone, and not after an attempt of which nobody knows what it did. Before everything
 * else: an attempt that fails of something harmless would hide how the one before it ended.
 */
export async function once(
  input: LegInput,
  areClear: EarlierAttemptsAreClear,
  move: (begun: BegunAttempt) => Promise<MovementResult>,
): Promise<MovementResult> {
  refuseOthers(input);
  // Counted from before the server is asked, which may take long to answer: the call has to end before its attempt does.
  const begun = { startedAt: Date.now(), budget: budgetOfAttempt() };
  const earlier = await endOfEarlier(areClear, begun.budget);
  if (earlier === 'clear') return move(begun);
  const sentAt = new Date(Context.current().info.scheduledTimestampMs).toISOString();
  const message = IN_DOUBT[earlier];
  return { kind: 'ambiguous', message, at: new Date().toISOString(), runId: ownRunId(), sentAt };
}

/** Soon enough for what comes of it to be told before the attempt is over. */
function endOfEarlier(
  areClear: EarlierAttemptsAreClear,
  budget: TimeBudget,
): Promise<'clear' | 'interfered' | 'unknown'> {
  const asked = areClear().then(
    (isClear) => (isClear ? 'clear' : 'interfered'),
    () => 'unknown' as const,
  );
  return Promise.race([asked, pause(budget.remainingMs() / 2, 'unknown' as const, { ref: false })]);
}

/** Not tried again where the server does not say: the next attempt would only see that this one sent nothing. */
const IN_DOUBT = {
  interfered:
    'Somebody ended or reset an attempt of this call from outside. It may have reached the provider; no other was sent.',
  unknown:
    'The Temporal server did not say how the attempt before this one ended. It may have reached the provider; no other was sent.',
};

/** Whoever may write can start this activity by itself, or in a workflow of their own, where nobody is asked. */
function refuseOthers({ key }: LegInput): void {
  const { workflowType, workflowExecution } = Context.current().info;
  const isOfRefund = workflowIdOf(key).startsWith(`${workflowExecution?.workflowId ?? ''}:`);
  if (workflowType === WORKFLOW_TYPE && isOfRefund) return;
  throw ApplicationFailure.nonRetryable('Not sent: money moves only in a refund.', 'NotOfRefund');
}
