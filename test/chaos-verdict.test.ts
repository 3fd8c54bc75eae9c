import { temporal } from '@temporalio/proto';
import type { Ending } from '../dev/chaos/endings';
import { checkRun, countMended } from '../dev/chaos/run-invariants';

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;
const COMPLETED = { workflowTaskCompletedEventAttributes: {} };
const MISSED_UPDATE =
  '[TMPRL1100] Nondeterminism error: No command scheduled for event HistoryEvent(id: 70, WorkflowExecutionUpdateAccepted)';
const MET_TIMER =
  '[TMPRL1100] Nondeterminism error: TimerMachine in state CancelTimerCommandSent says the transition is invalid, event_type: TimerFired';
const MET_CALL =
  'Fatal error in workflow machines: ActivityMachine in state ScheduledActivityCancelCommandCreated says the transition is invalid during event EventInfo { event_id: 18, event_type: ActivityTaskStarted }';
const UPDATE_AGAIN =
  'BadUpdateWorkflowExecutionMessage: invalid state transition attempted for Update 1: received *update.Rejection message while in state Completed';
const OTHER_COMMANDS =
  '[TMPRL1100] Nondeterminism error: No command scheduled for event HistoryEvent(id: 70, ActivityTaskScheduled)';

function failed(message: string) {
  const cause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR;
  return { workflowTaskFailedEventAttributes: { cause, failure: { message } } };
}

function endingWith(...tasks: object[]): Ending {
  return {
    script: { refundId: 'rf-1', valid: true },
    status: 'COMPLETED',
    state: { status: 'refunded' },
    history: { events: tasks },
  } as unknown as Ending;
}

test.each([MISSED_UPDATE, MET_TIMER, MET_CALL, UPDATE_AGAIN])(
  'a task that the next attempt mends is counted: %s',
  (message) => {
    const ending = endingWith(failed(message), COMPLETED);
    expect(checkRun(ending)).toEqual([]);
    expect(countMended(ending)).toBe(1);
  },
);

test.each([
  ['it fails twice', [failed(MISSED_UPDATE), failed(MISSED_UPDATE), COMPLETED]],
  ['nothing follows', [failed(MISSED_UPDATE)]],
  ['the run asks for other commands than its history holds', [failed(OTHER_COMMANDS), COMPLETED]],
  ['its code threw', [failed('boom'), COMPLETED]],
])('a task that fails is a violation when %s', (_, tasks) => {
  expect(checkRun(endingWith(...tasks))).toHaveLength(1);
});
