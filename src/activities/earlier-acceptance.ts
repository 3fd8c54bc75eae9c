import { Context } from '@temporalio/activity';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import { temporal } from '@temporalio/proto';
import type { DecisionVerdict } from '../domain/exchange';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const { WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW: RESET } = temporal.api.enums.v1.WorkflowTaskFailedCause;

/** No refund is reset more often; it ends the walk whatever the histories say. */
const MOST_RESETS = 50;

/** Walks back through the runs that were reset, and looks for one that accepted the statement with this hash. */
export async function wasAcceptedEarlier(statementHash: string): Promise<boolean> {
  let runId = Context.current().info.workflowExecution?.runId;
  for (let walked = 0; runId !== undefined && walked < MOST_RESETS; walked += 1) {
    const events = await historyOf(runId);
    for (const event of events) if (await accepts(event, statementHash)) return true;
    runId = baseRunOf(events);
  }
  return false;
}

async function historyOf(runId: string): Promise<HistoryEvent[]> {
  const { client, info } = Context.current();
  const workflowId = info.workflowExecution?.workflowId ?? '';
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return events ?? [];
}

/** The run that was reset: the last such note in a history, because a copy of a history holds the older ones too. */
function baseRunOf(events: readonly HistoryEvent[]): string | undefined {
  const resets = events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed?.cause === RESET ? [failed.baseRunId ?? undefined] : [],
  );
  return resets.at(-1);
}

async function accepts(
  { markerRecordedEventAttributes: marker }: HistoryEvent,
  hash: string,
): Promise<boolean> {
  const payloads = marker?.details?.result?.payloads;
  if (!payloads) return false;
  const { client, info } = Context.current();
  const context = {
    type: 'workflow',
    namespace: info.namespace,
    workflowId: info.workflowExecution?.workflowId ?? '',
  } as const;
  const { loadedDataConverter } = client.workflow.options;
  const verdict = await decodeFromPayloadsAtIndex<Partial<DecisionVerdict> | null>(
    loadedDataConverter,
    0,
    payloads,
    context,
  );
  return verdict?.kind === 'accepted' && verdict.statementHash === hash;
}
