import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import {
  NOT_HERE,
  PROVIDER_STOPPED,
  RETRYABLE_FAILURES,
  UNREADABLE_FAILURES,
} from '../domain/activity-types';
import type { AttemptFailure, CheckResult, MovementResult } from '../domain/activity-types';
import { isAttemptFailure, isCheckResult, isMovementResult } from '../domain/result-shapes';
import { longestQueueWait } from '../domain/retry-schedule';
import type { MovementKind } from '../domain/transition';
import { queueOf } from './activities';
import type { Movement } from './movement';
import { legRequest } from './run';

/**
 * What can come of one attempt at a movement, or at a preflight question.
 * - `failed`: nothing moved, and it may be made again; `queuedMs`: how long no worker took it up; `wasTurnedAway`: the
 *   provider was reached
 * - `providerStopped`: nothing moved, for a person has stopped the provider
 * - `cutOff`: it began and its end is not known; `message` says why
 * - `stopped`: a cancel came before it began
 * - `notHere`: nothing moved; it is to be made on the provider's own queue
 */
export type AttemptResult =
  | MovementResult
  | CheckResult
  | ({ kind: 'failed'; queuedMs?: number; wasTurnedAway?: boolean } & Partial<AttemptFailure> & {
        message: string;
      })
  | { kind: 'providerStopped'; message: string; failedAt?: number }
  | { kind: 'cutOff'; message: string }
  | { kind: 'stopped' }
  | { kind: 'notHere' };

/** A result as one of our activities gives it; what anybody else completed an activity with says nothing. */
export function readResult(kind: MovementKind, result: unknown): AttemptResult {
  if (kind === 'check') return isCheckResult(result) ? result : NOT_ANSWERED;
  return isMovementResult(result) ? result : ENDED_BY_OTHERS;
}

const NOT_ANSWERED: AttemptResult = { kind: 'failed', message: 'The question was cut off.' };

const ENDED_BY_OTHERS: AttemptResult = {
  kind: 'cutOff',
  message: 'The call was ended without an answer of our worker; it may have reached the provider.',
};

const CUT_OFF: AttemptResult = {
  kind: 'cutOff',
  message: 'The call was cut off in the middle (its worker stopped); it may have reached the provider.',
};

/** What the failure of something sent says; the engine retries only attempts for which nothing can have moved. */
export function readFailure(error: unknown, { kind, run, legPlan }: Movement): AttemptResult {
  if (error instanceof CancelledFailure) return { kind: 'stopped' };
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof CancelledFailure)
    return kind !== 'check' && wasBegun(error) ? ENDED_BY_OTHERS : { kind: 'stopped' };
  if (cause instanceof ApplicationFailure && cause.type === NOT_HERE) return { kind: 'notHere' };
  if (cause instanceof ApplicationFailure && RETRYABLE_FAILURES.includes(cause.type ?? '')) {
    const details = cause.details?.[0];
    if (!isAttemptFailure(details)) return kind === 'check' ? NOT_ANSWERED : ENDED_BY_OTHERS;
    if (cause.type === PROVIDER_STOPPED) return { ...details, kind: 'providerStopped' };
    return { kind: 'failed', ...details, wasTurnedAway: cause.type === 'TurnedAway' };
  }
  if (cause instanceof ApplicationFailure && UNREADABLE_FAILURES.includes(cause.type ?? '')) {
    return { kind: 'failed', message: 'Not sent: the worker that took it cannot read it (PAYLOAD_KEYS).' };
  }
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
    const { provider } = legRequest(run, legPlan.leg);
    const message = `Not sent: no worker took it up; is one configured for ${provider}, and polling ${queueOf(provider)}?`;
    return { kind: 'failed', message, queuedMs: longestQueueWait(run.refundPlan.policy) };
  }
  if (kind === 'check') return NOT_ANSWERED;
  return cause instanceof TimeoutFailure || isOfReset(cause) ? CUT_OFF : ENDED_BY_OTHERS;
}

/** The server cancels only what no worker has begun. Whoever cancels the rest by hand does not know what it did. */
function wasBegun({ failure }: ActivityFailure): boolean {
  return Number(failure?.activityFailureInfo?.startedEventId ?? 0) > 0;
}

function isOfReset(cause: unknown): boolean {
  return cause instanceof ApplicationFailure && Boolean(cause.failure?.resetWorkflowFailureInfo);
}
