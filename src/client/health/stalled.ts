import { defaultPayloadConverter } from '@temporalio/common';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { rowOf } from '../overview';
import type { Access } from '../temporal-calls';
import { failingPlanning, keptOpenSince } from './failing';
import { takerOf } from '../pollers';
import { nameOfVersion, pinnedVersion } from '../versions';
import { REPORTED_PROBLEMS } from '../visibility';
import type { Description, RunKey } from './history';
import { haltOf } from './pending-activities';
import type { StuckRefund } from './stuck';

/** A task that nobody has taken for so long is told of: its queue has no worker. Milliseconds. */
const NOT_TAKEN_AFTER_MS = 60_000;
/** A call is told of earlier, because its queue is asked who polls it. Milliseconds. */
export const CALL_NOT_TAKEN_AFTER_MS = 20_000;

const { PendingWorkflowTaskState, WorkflowExecutionStatus } = temporal.api.enums.v1;
const { WORKFLOW_EXECUTION_STATUS_RUNNING: RUNNING } = WorkflowExecutionStatus;

const LIMITS = { notTakenAfterMs: CALL_NOT_TAKEN_AFTER_MS, inVainAfterMs: NOT_TAKEN_AFTER_MS };

/** Whether and why a run does not go on, before its history is read. */
export type State = Pick<StuckRefund, 'kind' | 'since' | 'why' | 'pausedActivity' | 'failing'> & {
  goesItsWay?: boolean;
  taskQueue?: string;
  version?: string;
};

/** What holds up the whole run is told before what holds up one of its calls. */
export async function stallOf(access: Access, run: RunKey, described: Description): Promise<State> {
  const state = stateOf(described);
  if (state.kind === 'notTaken') return { ...state, ...(await versionFor(access, described)) };
  if (state.kind !== 'ambiguous') return state;
  const since = keptOpenSince(described);
  if (since !== undefined && Date.now() - Date.parse(since) > NOT_TAKEN_AFTER_MS)
    return { kind: 'failing', since, failing: await failingPlanning(access, run) };
  return (await haltOf(access, run, described, LIMITS)) ?? state;
}

/** The version to which the next task of a run goes; nothing where that is none. */
async function versionFor(
  access: Access,
  { workflowExecutionInfo, executionConfig }: Description,
): Promise<{ version?: string }> {
  const queue = { name: executionConfig?.taskQueue?.name ?? '', kind: 'workflow' } as const;
  const pinned = pinnedVersion(workflowExecutionInfo?.versioningInfo);
  const { version } = await takerOf(access, queue, pinned);
  return version ? { version: nameOfVersion(version) } : {};
}

/** What the server itself says of a run that has not ended. */
function stateOf({
  workflowExecutionInfo,
  workflowExtendedInfo,
  pendingWorkflowTask: task,
}: Description): State {
  const row = rowOf(workflowExecutionInfo ?? {});
  const dateOf = (time: Parameters<typeof optionalTsToDate>[0]) =>
    optionalTsToDate(time)?.toISOString() ?? row.startedAt;
  if (workflowExecutionInfo?.status !== RUNNING)
    return { kind: 'paused', since: dateOf(workflowExtendedInfo?.pauseInfo?.pausedTime) };
  const reported = workflowExecutionInfo.searchAttributes?.indexedFields?.[REPORTED_PROBLEMS.name];
  const problems = reported ? (defaultPayloadConverter.fromPayload<string[] | null>(reported) ?? []) : [];
  if (problems.length > 0)
    return { kind: 'frozen', since: dateOf(task?.originalScheduledTime), why: problems.join(', ') };
  const waits = task?.state === PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED;
  const since = dateOf(task?.scheduledTime);
  if (waits && Date.now() - Date.parse(since) > NOT_TAKEN_AFTER_MS) return { kind: 'notTaken', since };
  return { kind: 'ambiguous', since, goesItsWay: row.waitingOn === null || row.waitingOn === 'approval' };
}
