import type { temporal } from '@temporalio/proto';
import { call } from '../temporal-calls';
import type { Access } from '../temporal-calls';
import { PayloadUnreadableError, TemporalServerError } from '../server-errors';
import type { HistoryEvent } from './movement-events';

/** A run, by what the server calls it. */
export interface RunKey {
  workflowId: string;
  runId: string;
}

/** A run as the server describes it. Not through the SDK, which decodes the memo: this needs no keys. */
export type Description = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;

/** Why nobody could look into a run; none of them hides another run. */
export class UnreadError extends Error {}

/** The most that is read of one history; ours have a few kilobytes. Bytes. */
const LARGEST_HISTORY = 4 * 1_024 * 1_024;
/** How long one history may take to read. Milliseconds. */
const LONGEST_READ_MS = 5_000;

/** Asks the server about a run, or about the newest run of its workflow id. */
export async function describe(
  access: Access,
  { workflowId, runId }: { workflowId: string; runId?: string },
): Promise<Description> {
  const { workflow } = access.client;
  const execution = { workflowId, ...(runId !== undefined && { runId }) };
  return call(access, () =>
    workflow.workflowService.describeWorkflowExecution({
      namespace: workflow.options.namespace,
      execution,
    }),
  );
}

/**
 * Reads the history of a run, if that takes neither long nor much memory.
 * @throws UnreadError
 */
export async function readHistory(
  access: Access,
  { workflowId, runId }: RunKey,
  { workflowExecutionInfo }: Description,
): Promise<readonly HistoryEvent[]> {
  const problem = historyProblem(Number(workflowExecutionInfo?.historySizeBytes ?? 0));
  if (problem !== undefined) throw new UnreadError(problem);
  const handle = access.client.workflow.getHandle(workflowId, runId);
  const bounded = { ...access, timeoutMs: Math.min(access.timeoutMs, LONGEST_READ_MS) };
  const { events } = await call(bounded, () => handle.fetchHistory());
  return events ?? [];
}

/** What is wrong with a history of this size; undefined when it can be read. */
export function historyProblem(bytes: number): string | undefined {
  return bytes > LARGEST_HISTORY
    ? `its history is too large to read: ${Math.ceil(bytes / 1_048_576)} MB`
    : undefined;
}

/** Why a run could not be looked into, in words. */
export function whyUnread(error: unknown): string {
  if (error instanceof UnreadError) return error.message;
  if (error instanceof PayloadUnreadableError) return 'its keys are not in PAYLOAD_KEYS';
  if (error instanceof TemporalServerError && error.reason === 'unanswered')
    return 'reading it took too long';
  return 'its history holds something unexpected';
}
