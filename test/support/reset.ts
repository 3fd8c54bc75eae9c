import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { ResetWorkflowExecutionRequest } = temporal.api.workflowservice.v1;

/** Resets the newest run of a refund by hand, as `refund heal` never does, and gives the handle of the run that goes on. */
export async function resetByHand(
  { client, workflowId }: WorkflowHandle,
  finishEventId: number | temporal.api.history.v1.IHistoryEvent['eventId'],
): Promise<WorkflowHandle> {
  const request = ResetWorkflowExecutionRequest.fromObject({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: finishEventId,
    reason: 'a test',
    requestId: randomUUID(),
  });
  const { runId } = await client.workflowService.resetWorkflowExecution(request);
  return client.getHandle(workflowId, runId);
}
