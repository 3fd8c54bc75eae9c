import { setTimeout as pause } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { PROVIDER_STOPPED } from '../domain/activity-types';
import type { AttemptFailure } from '../domain/activity-types';
import { time } from '../domain/details/markdown';
import type { ProviderName } from '../domain/plan';
import { readStop, resumeCommand, SENT_WITHIN_MS, stopWorkflowIdOf } from '../domain/provider-stop';
import type { ProviderStop } from '../domain/provider-stop';
import { startBudget } from '../providers/time-budget';
import type { TimeBudget } from '../providers/time-budget';
import { retryableFailure } from './call';

/** Finds the stop of a provider; undefined while it has none. Rejects when that cannot be known. */
export type FindStop = (taskQueue: string, provider: ProviderName) => Promise<ProviderStop | undefined>;

/** How long the server may take to say whether a provider is stopped. Milliseconds. */
const PATIENCE_MS = 3_000;

/** The stop as the server of this activity keeps it: a workflow that runs. Only its own word says that there is none. */
export async function stopOnServer(
  taskQueue: string,
  provider: ProviderName,
): Promise<ProviderStop | undefined> {
  const { client } = Context.current();
  const handle = client.workflow.getHandle(stopWorkflowIdOf(taskQueue, provider));
  const asked = client
    .withDeadline(Date.now() + PATIENCE_MS, () => handle.describe())
    .then(
      ({ closeTime, memo, startTime }) => (closeTime ? undefined : readStop(provider, memo, startTime)),
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      },
    );
  // A native connection does not keep every deadline.
  const late = pause(PATIENCE_MS, undefined, { ref: false }).then(() => {
    throw new Error('no answer in time');
  });
  return Promise.race([asked, late]);
}

/**
 * Clears an attempt to move money at a provider that is not stopped.
 * @returns the budget, by which it leaves soon or not at all: so a stop knows when the last one has left
 * @throws a failure after which it is sent once the provider is resumed, or tried again where that could not be known
 */
export async function clearedByStop(
  findStop: FindStop,
  taskQueue: string,
  { provider, budget, startedAt }: { provider: ProviderName; budget: TimeBudget; startedAt: number },
): Promise<TimeBudget> {
  // From before the question: a worker that stands still after it is too late to send.
  const clearance = startBudget(SENT_WITHIN_MS);
  const stop = await findStop(taskQueue, provider).catch(() => 'unknown' as const);
  if (stop === 'unknown') {
    const message = `Not sent: the Temporal server did not say whether ${provider} is stopped.`;
    throw retryableFailure({ kind: 'notSent', message }, startedAt);
  }
  if (stop) throw stopFailure(stop, startedAt);
  return { ...budget, mayBegin: () => budget.mayBegin() && clearance.remainingMs() > 0 };
}

/** Ends once the provider is not stopped; the engine asks again and again, which adds nothing to the history. */
export async function awaitResumption(
  findStop: FindStop,
  taskQueue: string,
  provider: ProviderName,
): Promise<void> {
  const stop = await findStop(taskQueue, provider);
  if (!stop) return;
  throw ApplicationFailure.retryable(notSent(stop), PROVIDER_STOPPED);
}

function notSent({ provider, by, reason, since }: ProviderStop): string {
  return (
    `Not sent: ${by} stopped ${provider} at ${time(since)} (${reason}). It is sent once somebody resumes it: ` +
    resumeCommand(provider)
  );
}

function stopFailure(stop: ProviderStop, startedAt: number): ApplicationFailure {
  const message = notSent(stop);
  const details: AttemptFailure = { message, startedAt, failedAt: Date.now() };
  return ApplicationFailure.nonRetryable(message, PROVIDER_STOPPED, details);
}
