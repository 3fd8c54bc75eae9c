import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { ResetWorkflowExecutionRequest } = temporal.api.workflowservice.v1;
const {
  RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL: SIGNALS,
  RESET_REAPPLY_EXCLUDE_TYPE_UPDATE: UPDATES,
  RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST: CANCEL,
} = temporal.api.enums.v1.ResetReapplyExcludeType;

/** Resets the newest run of a refund by hand, or this one, as `refund heal` never does, and gives the handle of the run that goes on. */
export async function resetByHand(
  { client, workflowId }: WorkflowHandle,
  finishEventId: number | temporal.api.history.v1.IHistoryEvent['eventId'],
  { withoutSignals = false, withoutUpdates = false, withoutCancel = false, runId: of = '' } = {},
): Promise<WorkflowHandle> {
  const request = ResetWorkflowExecutionRequest.fromObject({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId: of },
    workflowTaskFinishEventId: finishEventId,
    reason: 'a test',
    resetReapplyExcludeTypes: [
      ...(withoutSignals ? [SIGNALS] : []),
      ...(withoutUpdates ? [UPDATES] : []),
      ...(withoutCancel ? [CANCEL] : []),
    ],
    requestId: randomUUID(),
  });
  const { runId } = await client.workflowService.resetWorkflowExecution(request);
  return client.getHandle(workflowId, runId);
}

/** The last task that a run completed, or completed before an event; to be reset to. */
export async function lastTaskOf(
  handle: WorkflowHandle,
  isBefore: (event: temporal.api.history.v1.IHistoryEvent) => boolean = () => false,
): Promise<temporal.api.history.v1.IHistoryEvent['eventId']> {
  const events = (await handle.fetchHistory()).events ?? [];
  const end = events.findIndex(isBefore);
  const task = events
    .slice(0, end < 0 ? events.length : end)
    .findLast((event) => event.workflowTaskCompletedEventAttributes);
  if (!task) throw new Error('the run has completed no task');
  return task.eventId;
}
