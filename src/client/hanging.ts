import type { WorkflowExecutionDescription } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { REPORTED_PROBLEMS } from './visibility';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

type Cause = temporal.api.enums.v1.WorkflowTaskFailedCause;

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;
const RESET = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;

/** The visibility condition of runs that hang. */
export const HANGING = `${REPORTED_PROBLEMS.name} IS NOT NULL AND ExecutionStatus = 'Running'`;

/** Why a run cannot go on by itself; undefined while it can. */
export function hangOf(
  { raw, typedSearchAttributes }: WorkflowExecutionDescription,
  events: readonly HistoryEvent[],
): string | undefined {
  const { cause } = events.findLast(isEndOfTask)?.workflowTaskFailedEventAttributes ?? {};
  // A run that was reset inherits what was reported of the run before it, and has not tried a task yet.
  if (cause === RESET) return undefined;
  const reported = typedSearchAttributes.get(REPORTED_PROBLEMS) ?? [];
  if (reported.length === 0 && !failsAgain(cause, raw.pendingWorkflowTask?.attempt ?? 0)) return undefined;
  const name = WorkflowTaskFailedCause[cause ?? 0]?.replace('WORKFLOW_TASK_FAILED_CAUSE_', 'cause=');
  return reported.join(', ') || (name ?? '');
}

/**
 * Whether a task that failed will fail again: one whose worker was lost is given to another by itself. The server counts
 * attempts anew when something arrives between two of them, so the number alone does not show it.
 */
function failsAgain(cause: Cause | null | undefined, attempt: number): boolean {
  if (!cause) return false;
  return attempt > 1 || cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR;
}

/**
 * Whether a task fails because of the size of a message: a word that is refused is repeated to its sender. The run is whole,
 * and goes on once nobody sends such words.
 */
export function isOfSize(problem: string): boolean {
  return /payloads_?too_?large|grpc_?message_?too_?large/i.test(problem);
}

function isEndOfTask(event: HistoryEvent): boolean {
  return Boolean(
    event.workflowTaskCompletedEventAttributes ??
    event.workflowTaskFailedEventAttributes ??
    event.workflowTaskTimedOutEventAttributes,
  );
}
