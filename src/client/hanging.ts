import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;

/** The attribute in which the server itself says why a run's workflow task fails or times out over and over. */
export const REPORTED_PROBLEMS = defineSearchAttributeKey('TemporalReportedProblems', 'KEYWORD_LIST');

/** The visibility condition of runs that hang. */
export const HANGING = `${REPORTED_PROBLEMS.name} IS NOT NULL AND ExecutionStatus = 'Running'`;

/** Why a run cannot go on by itself; undefined while it can. */
export function hangOf(
  { raw, typedSearchAttributes }: WorkflowExecutionDescription,
  events: readonly HistoryEvent[],
): string | undefined {
  const attempt = raw.pendingWorkflowTask?.attempt ?? 0;
  // A task whose worker was lost is given to another by itself: only one that failed keeps failing.
  const failure = events.findLast(isEndOfTask)?.workflowTaskFailedEventAttributes;
  const cause = failure?.cause ?? 0;
  const failed = failure && cause !== WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;
  const reported = typedSearchAttributes.get(REPORTED_PROBLEMS) ?? [];
  if (reported.length === 0 && !(attempt > 1 && failed)) return undefined;
  const name = WorkflowTaskFailedCause[cause]?.replace('WORKFLOW_TASK_FAILED_CAUSE_', 'cause=');
  return reported.join(', ') || (name ?? '');
}

function isEndOfTask(event: HistoryEvent): boolean {
  return Boolean(
    event.workflowTaskCompletedEventAttributes ??
    event.workflowTaskFailedEventAttributes ??
    event.workflowTaskTimedOutEventAttributes,
  );
}
