import { optionalTsToDate } from '@temporalio/common/lib/time';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow';
import { ApplicationFailure } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { RETRYABLE_FAILURES, UNREADABLE_FAILURES } from '../../domain/activity-types';
import type { RefundActivities } from '../../domain/activity-types';
import { PayloadUnreadableError } from '../server-errors';
import { rowOf } from '../overview';
import { isId } from '../shell';
import { readInput } from '../started-with';
import type { Access } from '../temporal-calls';
import { newestRuns } from '../visibility';
import { readHistory } from './history';
import type { Description, RunKey } from './history';

/** A call without which the run does not go on, and that fails each time it is made. */
export interface FailingCall {
  activity: string;
  /** What its last attempt failed of, where that is known and in words of ours, or the type of that failure. */
  lastFailure?: string;
  /** Older runs under the same id whose payloads the keys of this client do not read: planning compares with them. */
  unreadableRuns: string[];
}

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

const PLANNING: keyof RefundActivities = 'planRefund';
/** Made again and again on purpose; the stop of its provider is told of once, and not at every refund. */
const WAIT: keyof RefundActivities = 'awaitResumption';
const { PENDING_WORKFLOW_TASK_STATE_STARTED: STARTED } = temporal.api.enums.v1.PendingWorkflowTaskState;
const MOST_OLDER_RUNS = 100;

/**
 * Since when a run's workflow task has been kept open by a local activity, ISO 8601: only planning takes long enough to
 * keep one open, and takes so long only where it fails and is made again.
 */
export function keptOpenSince({ pendingWorkflowTask: task }: Description): string | undefined {
  const isFirstAttempt = (task?.attempt ?? 0) <= 1;
  return task?.state === STARTED && isFirstAttempt
    ? optionalTsToDate(task.originalScheduledTime)?.toISOString()
    : undefined;
}

/** Planning that fails in the workflow task itself. */
export async function failingPlanning(access: Access, run: RunKey): Promise<FailingCall> {
  return { activity: PLANNING, unreadableRuns: await unreadableRuns(access, run) };
}

/**
 * Since when a call has kept failing, ISO 8601; undefined for one that ends by itself after some attempts, as every
 * call about a leg does.
 */
export async function madeInVainSince(
  access: Access,
  run: RunKey,
  described: Description,
  { attempt, maximumAttempts, activityId, activityType }: Pending,
): Promise<string | undefined> {
  if ((attempt ?? 0) <= 1 || (maximumAttempts ?? 0) > 0 || activityType?.name === WAIT) return undefined;
  const events = await readHistory(access, run, described);
  const scheduled = events.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityId === activityId,
  );
  return optionalTsToDate(scheduled?.eventTime)?.toISOString();
}

/** What is known of a call that keeps failing. */
export async function failingCall(
  access: Access,
  run: RunKey,
  { activityType, lastFailure }: Pending,
): Promise<FailingCall> {
  const activity = isId(activityType?.name ?? '') ? (activityType?.name ?? '') : 'ACTIVITY';
  const told = await wordsOf(access, run, lastFailure);
  return {
    activity,
    ...(told !== undefined && { lastFailure: told }),
    unreadableRuns: activity === PLANNING ? await unreadableRuns(access, run) : [],
  };
}

/** The text of a failure that is not ours may hold anything, so only its type is shown. */
async function wordsOf(
  { client }: Access,
  { workflowId }: RunKey,
  failure: Pending['lastFailure'],
): Promise<string | undefined> {
  const type = failure?.applicationFailureInfo?.type ?? '';
  if (UNREADABLE_FAILURES.includes(type)) return 'the worker that took it cannot read it (PAYLOAD_KEYS)';
  if (!RETRYABLE_FAILURES.includes(type)) return isId(type) ? type : undefined;
  const { namespace, loadedDataConverter } = client.workflow.options;
  const context = { type: 'workflow', namespace, workflowId } as const;
  try {
    const error = await decodeOptionalFailureToOptionalError(loadedDataConverter, failure, context);
    return error instanceof ApplicationFailure ? error.message : type;
  } catch {
    return type;
  }
}

/** Which older runs under this id cannot be read; the list may lag, and then the next look finds them. */
async function unreadableRuns(access: Access, { workflowId, runId }: RunKey): Promise<string[]> {
  if (!isId(workflowId.replace(/^refund:/, ''))) return [];
  const query = `WorkflowId = '${workflowId}' AND ExecutionStatus != 'Failed'`;
  const runs = (await newestRuns(access, query, MOST_OLDER_RUNS)).map(rowOf);
  const unreadable: string[] = [];
  for (const older of runs.filter((row) => row.runId !== runId)) {
    const error: unknown = await readInput(access, older).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof PayloadUnreadableError) unreadable.push(older.runId);
  }
  return unreadable;
}
