import { ApplicationFailure, Context } from '@temporalio/activity';
import { exponentOf } from '../domain/currency';
import type { AttemptFailure, LegInput } from '../domain/exchange';
import type { Retryable } from '../domain/outcome';
import type { ProviderCall } from '../providers/provider';

/** The longest `Retry-After` that the engine waits out by itself; a longer one is waited for in the workflow. */
const LONGEST_ENGINE_WAIT_MS = 30_000;

/** An attempt younger than this, since it was scheduled, cannot have been given up. Milliseconds. */
const FRESH_MS = 1_000;

/** What an adapter is told of an activity's input. */
export function providerCall({ leg, currency, key, since, baseline }: LegInput): ProviderCall {
  const exponent = exponentOf(currency) ?? 0;
  return { leg, currency, exponent, key, since: since ?? '', ...(baseline && { baseline }) };
}

/** The run this activity works for; another than the refund's first one means that the run was reset. */
export function runOf(input: Pick<LegInput, 'firstRunId'>): { runId: string; wasReset: boolean } {
  const runId = Context.current().info.workflowExecution?.runId ?? '';
  return { runId, wasReset: runId !== input.firstRunId };
}

/**
 * Whether the server still waits for this attempt. A worker that stood still (a paused machine) may hold one that was
 * given up long ago, and that a look-up has meanwhile proven absent. One that was scheduled a moment ago is not asked
 * about: the question costs the server a write.
 */
export async function attemptIsOpen(): Promise<boolean> {
  const { client, info } = Context.current();
  const { namespace, taskToken, currentAttemptScheduledTimestampMs } = info;
  if (Date.now() - currentAttemptScheduledTimestampMs < FRESH_MS) return true;
  return client.workflowService.recordActivityTaskHeartbeat({ namespace, taskToken }).then(
    () => true,
    () => false,
  );
}

/**
 * Turns "nothing moved, try again" into a failure that the engine may retry: the one place where an outcome becomes
 * an error. `Retry-After` is honoured, by the engine when it is short and by the workflow when it is long.
 */
export function retryableFailure(outcome: Retryable, startedAt: number): ApplicationFailure {
  const { attempt, retryPolicy } = Context.current().info;
  const details: AttemptFailure = {
    message: outcome.message,
    startedAt,
    failedAt: Date.now(),
    ...(outcome.retryAfterMs !== undefined && { retryAfterMs: outcome.retryAfterMs }),
  };
  const wait = outcome.retryAfterMs ?? 0;
  const backoff = Number(retryPolicy?.initialInterval ?? 0) * 2 ** (attempt - 1);
  return ApplicationFailure.create({
    message: outcome.message,
    type: outcome.kind === 'notSent' ? 'NotSent' : 'TurnedAway',
    nonRetryable: wait > LONGEST_ENGINE_WAIT_MS,
    ...(wait > backoff && { nextRetryDelay: wait }),
    details: [details],
  });
}
