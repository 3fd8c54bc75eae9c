import { temporal } from '@temporalio/proto';
import { FAILURES } from '../../src/domain/contract';
import { isFinal } from '../../src/domain/state';
import type { Actions } from './actions';
import type { Ending, Event } from './endings';
import { CANARY } from './settings';
import type { Violation } from './violations';

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;
/** Failures of workflow tasks that belong to the life of a healthy run. */
const ORDINARY: readonly number[] = [
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
];

/**
 * What core and server say of a task that a worker cannot go on with because a query had made it remember the run at a
 * moment that no task saw (docs/adr/004), or because an update that is over came to it once more: the task fails once,
 * and its next attempt replays the run and goes on. A history that does not replay is a violation of its own.
 */
const MENDED_BY_THEMSELVES =
  /TimerMachine in state CancelTimerCommandSent .* event_type: TimerFired|ActivityMachine in state ScheduledActivityCancelCommandCreated .* event_type: ActivityTaskStarted|No command scheduled for event HistoryEvent\(id: \d+, WorkflowExecutionUpdateAccepted\)|received \*update\.Rejection message while in state Completed/;

/** Tasks that failed in a way only the SDK can mend, and whose next attempt was completed. */
export function countMended({ history }: Ending): number {
  return failedTasks(history.events ?? []).filter(({ mended }) => mended).length;
}

/**
 * What the end of a run, and its history, say against it.
 * @param hasOtherRuns somebody started other content under its id, so that it may be refused as well
 */
export function checkRun(ending: Ending, hasOtherRuns = false): Violation[] {
  const { refundId } = ending.script;
  const violations: Violation[] = [];
  const wrongEnd = describeWrongEnd(ending, hasOtherRuns);
  if (wrongEnd !== undefined) violations.push({ invariant: 'endsWell', refundId, what: wrongEnd });
  for (const { why, mended } of failedTasks(ending.history.events ?? []))
    if (!mended) violations.push({ invariant: 'noHangs', refundId, what: `a workflow task failed: ${why}` });
  const shown = (ending.history.events ?? []).flatMap(shownTexts).find((text) => CANARY.test(text));
  if (shown !== undefined)
    violations.push({ invariant: 'noLeaks', refundId, what: `in its history: ${shown}` });
  const state = JSON.stringify(ending.state ?? {});
  if (CANARY.test(state))
    violations.push({ invariant: 'noLeaks', refundId, what: `in its result: ${state}` });
  return violations;
}

function failedTasks(events: readonly Event[]): { why: string; mended: boolean }[] {
  const ends = events.filter(isEndOfTask);
  return ends.flatMap(({ workflowTaskFailedEventAttributes: failed }, index) => {
    if (!failed || ORDINARY.includes(failed.cause ?? 0)) return [];
    const why = failed.failure?.message ?? `cause ${failed.cause ?? 0}`;
    const next = ends[index + 1]?.workflowTaskCompletedEventAttributes;
    return [{ why, mended: Boolean(next) && MENDED_BY_THEMSELVES.test(why) }];
  });
}

function isEndOfTask(event: Event): boolean {
  // A task that only timed out says nothing about the code: its worker was killed.
  return Boolean(event.workflowTaskCompletedEventAttributes ?? event.workflowTaskFailedEventAttributes);
}

function describeWrongEnd(
  { script, status, failureType, state, isOther }: Ending,
  hasOtherRuns: boolean,
): string | undefined {
  if (status === 'RUNNING') return 'it never ended';
  const invalid = status === 'FAILED' && failureType === FAILURES.invalidRequest;
  if (isOther)
    return invalid ? undefined : `other content under its id ended as ${status} ${failureType ?? ''}`;
  if (invalid && hasOtherRuns) return undefined;
  if (!script.valid) {
    return invalid ? undefined : `an invalid request ended as ${status} ${failureType ?? ''}`;
  }
  if (status !== 'COMPLETED') return `it ended as ${status} ${failureType ?? ''}`;
  return state && isFinal(state.status) ? undefined : `it completed as ${state?.status ?? 'nothing'}`;
}

/** Everything in an event that can be read without opening a payload. */
function shownTexts(event: Event): string[] {
  const texts: string[] = [];
  const visit = (value: unknown, name: string): void => {
    if (typeof value === 'string') texts.push(value);
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    for (const [inner, field] of Object.entries(value))
      if (inner !== 'payloads') visit(field, `${name}.${inner}`);
  };
  visit(event, '');
  const summary = event.userMetadata?.summary?.data;
  if (summary) texts.push(Buffer.from(summary).toString('utf8'));
  return texts;
}

/** Legs that were parked as untouched although the books showed their refund. */
export function checkParking({ contradictions }: Actions): Violation[] {
  return contradictions.map(({ refundId, leg, code }) => ({
    invariant: 'nothingUnknown',
    refundId,
    what: `${leg} was parked as ${code} while the books showed its refund`,
  }));
}
