import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { Job } from './isolate';

type Failure = temporal.api.failure.v1.IFailure;

const { RetryState, TimeoutType } = temporal.api.enums.v1;

/** What the server knows of an activity when it ends. */
export interface EndedActivity {
  seq: number;
  type: string;
}

/** The activity was cancelled while nothing of it was in flight. */
export function cancelled(task: EndedActivity): Job {
  const failure = wrap(
    task,
    { message: 'cancelled', canceledFailureInfo: {} },
    RetryState.RETRY_STATE_CANCEL_REQUESTED,
  );
  return { resolveActivity: { seq: task.seq, result: { cancelled: { failure } } } };
}

/** The last attempt failed with an error of the activity. */
export function failed(task: EndedActivity, error: unknown): Job {
  const cause = defaultFailureConverter.errorToFailure(error, defaultPayloadConverter);
  return ended(task, wrap(task, cause, RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED));
}

/** The last attempt ran out of time: nobody knows what it did, or nobody took it up. */
export function timedOut(task: EndedActivity, which: 'START_TO_CLOSE' | 'SCHEDULE_TO_START'): Job {
  const info = { timeoutType: TimeoutType[`TIMEOUT_TYPE_${which}`] };
  const cause = { message: `activity ${which} timeout`, timeoutFailureInfo: info };
  return ended(task, wrap(task, cause, RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE));
}

/** The run was reset while the activity was in flight. */
export function wasReset(task: EndedActivity): Job {
  const cause = { message: 'workflow reset', resetWorkflowFailureInfo: {} };
  return ended(task, wrap(task, cause, RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE));
}

function ended({ seq }: EndedActivity, failure: Failure): Job {
  return { resolveActivity: { seq, result: { failed: { failure } } } };
}

function wrap({ seq, type }: EndedActivity, cause: Failure, retryState: number): Failure {
  const activityFailureInfo = { activityType: { name: type }, activityId: String(seq), retryState };
  return { message: 'Activity task failed', cause, activityFailureInfo };
}
