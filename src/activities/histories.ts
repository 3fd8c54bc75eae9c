import { Context } from '@temporalio/activity';
import { isGrpcServiceError } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import { temporal } from '@temporalio/proto';

/** One event of a history. */
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayload[] | null | undefined;

const { WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW: RESET } = temporal.api.enums.v1.WorkflowTaskFailedCause;

/** The gRPC code of what is not, or no longer, there. */
const NOT_FOUND = 5;

/** No refund is reset more often; the search ends there, no matter what the histories say. */
const MOST_RESETS = 50;

/** A run and what it did; `events` is undefined when the server no longer keeps it. */
export interface KnownRun {
  runId: string;
  events: readonly HistoryEvent[] | undefined;
}

/** This run, then the one that it was reset from, and so on; ends with one that is gone, or was never reset. */
export async function* thisRunAndThoseBefore(): AsyncGenerator<KnownRun> {
  let runId = Context.current().info.workflowExecution?.runId;
  for (let runs = 0; runId !== undefined && runs < MOST_RESETS; runs += 1) {
    const events = await historyOf(runId);
    yield { runId, events };
    runId = baseRunOf(events ?? []);
  }
}

/** Undefined when the server no longer keeps it. */
export async function historyOf(runId: string): Promise<readonly HistoryEvent[] | undefined> {
  const { client, info } = Context.current();
  const workflowId = info.workflowExecution?.workflowId ?? '';
  try {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return events ?? [];
  } catch (error) {
    const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
    if (code === NOT_FOUND) return undefined;
    throw error;
  }
}

/** The run that was reset: the last such note in a history, because a copy of a history holds the older ones too. */
function baseRunOf(events: readonly HistoryEvent[]): string | undefined {
  const resets = events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed?.cause === RESET ? [failed.baseRunId ?? undefined] : [],
  );
  return resets.at(-1);
}

/** What an activity of this refund ended with, local or not; undefined for any other event. */
export async function resultIn(event: HistoryEvent): Promise<unknown> {
  const payloads: Payloads =
    event.markerRecordedEventAttributes?.details?.result?.payloads ??
    event.activityTaskCompletedEventAttributes?.result?.payloads;
  if (!payloads) return undefined;
  const { client, info } = Context.current();
  const workflowId = info.workflowExecution?.workflowId ?? '';
  const context = { type: 'workflow', namespace: info.namespace, workflowId } as const;
  const { loadedDataConverter } = client.workflow.options;
  return decodeFromPayloadsAtIndex<unknown>(loadedDataConverter, 0, payloads, context);
}
