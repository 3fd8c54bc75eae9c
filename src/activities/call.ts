import { ApplicationFailure, Context } from '@temporalio/activity';
import { CLOCK_TOLERANCE_MS } from '../domain/clocks';
import type { AttemptFailure, LegInput, RunIdentity } from '../domain/activity-types';
import type { Retryable } from '../domain/provider-answers';
import { endOfRunId } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import type { Clocks, ProviderCall } from '../providers/provider';
import { startBudget } from '../providers/time-budget';
import type { TimeBudget } from '../providers/time-budget';

/** The longest `Retry-After` that the engine waits out by itself; a longer one is waited for in the workflow. */
const LONGEST_ENGINE_WAIT_MS = 30_000;

/** An attempt so young, since it was scheduled, cannot have been given up. Milliseconds. */
const FRESH_MS = 1_000;

/** How long before the end of its attempt a call ends, so that its outcome is told in time. Milliseconds. */
const REPORT_MS = 1_000;

/** How much of this attempt's time its calls may take. */
export function budgetOfAttempt(): TimeBudget {
  return startBudget(Context.current().info.startToCloseTimeoutMs - REPORT_MS);
}

/**
 * A movement that a provider confirms and that is older than this was not made by this attempt, ISO 8601. Of the clocks of
 * the Temporal server and of this worker the earlier one counts: one that runs ahead must not make our own too old.
 */
export function notBeforeAttempt(): string {
  const { currentAttemptScheduledTimestampMs } = Context.current().info;
  const began = Math.min(currentAttemptScheduledTimestampMs, Date.now());
  return new Date(began - CLOCK_TOLERANCE_MS).toISOString();
}

/**
 * What time it may be. The server's time is when it scheduled this attempt; a local activity is scheduled by the worker, and
 * knows only when the refund began.
 */
function clocks(since: string): Clocks {
  const { isLocal, currentAttemptScheduledTimestampMs } = Context.current().info;
  const here = Date.now();
  const server = isLocal ? Date.parse(since) : currentAttemptScheduledTimestampMs;
  const times = Number.isNaN(server) ? [here] : [here, server];
  return { earliest: Math.min(...times), latest: Math.max(...times) };
}

/** What an adapter is told of an activity's input. */
export function providerCall(input: LegInput, budget: TimeBudget): ProviderCall {
  const {
    leg,
    currency = '',
    exponent = NaN,
    key,
    since = '',
    notBefore = since,
    notOurs = [],
    refundedAt,
    baseline,
    worth,
  } = input;
  return {
    leg,
    currency,
    exponent,
    key,
    now: clocks(since),
    since,
    notBefore,
    notOurs,
    budget,
    ...(refundedAt !== undefined && { refundedAt }),
    ...(baseline && { baseline }),
    ...(worth !== undefined && { worth }),
  };
}

/** The run this activity works for, and whether an earlier one may have moved money for the same refund. */
export function runOf(input: Pick<LegInput, 'firstRun' | 'hasEarlierRuns'>): {
  runId: string;
  hasEarlierRuns: boolean;
} {
  return { runId: ownRunId(), hasEarlierRuns: wasReset(input.firstRun) || input.hasEarlierRuns === true };
}

/** Which run this activity works for. */
export function identifyRun(firstRunId: string): RunIdentity {
  return { runId: ownRunId(), wasReset: wasReset(endOfRunId(firstRunId)) };
}

/** Whether this activity works for a run that was reset: its id is a different one than that of the first run. */
export function wasReset(firstRun: string): boolean {
  return endOfRunId(ownRunId()) !== firstRun;
}

/** The run this activity works for. */
export function ownRunId(): string {
  return Context.current().info.workflowExecution?.runId ?? '';
}

/**
 * Whether an attempt was scheduled so short a time ago that nobody can have given it up. Where the clock says that it is
 * yet to be scheduled, the clock is wrong. Milliseconds since the epoch.
 */
export function isFresh(scheduledAt: number, now: number): boolean {
  const age = now - scheduledAt;
  return age >= 0 && age < FRESH_MS;
}

/**
 * Whether the server still waits for this attempt. A worker that stood still (a paused machine) may hold one that was
 * given up long ago, and that a look-up has meanwhile proven absent. A fresh one is not asked about: the question costs
 * the server a write.
 */
export async function attemptIsOpen(): Promise<boolean> {
  const { client, info } = Context.current();
  const { namespace, taskToken, currentAttemptScheduledTimestampMs } = info;
  if (isFresh(currentAttemptScheduledTimestampMs, Date.now())) return true;
  return client.workflowService.recordActivityTaskHeartbeat({ namespace, taskToken }).then(
    () => true,
    () => false,
  );
}

/** Only of a call that a worker took from a queue which it polls without serving the provider: another one makes it. */
export function notConfigured(provider: ProviderName): ApplicationFailure {
  const message = `Not sent: ${provider} is not configured on this worker.`;
  return retryableFailure({ kind: 'notSent', message }, Date.now());
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
