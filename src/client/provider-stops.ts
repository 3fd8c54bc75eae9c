import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { STOP_MESSAGES, STOP_WORKFLOW_TYPE } from '../domain/contract';
import { PROVIDER_NAMES, providerQueue } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import { faultOfStop, readStop, SENT_WITHIN_MS, stopWorkflowIdOf } from '../domain/provider-stop';
import type { ProviderStop, ResumeMessage, StopInput } from '../domain/provider-stop';
import { RefundError } from './errors';
import { movementsInFlight } from './movements-in-flight';
import type { MovementInFlight } from './movements-in-flight';
import { serviceOf } from './pollers';
import { isNoWorker } from './orders';
import { sendUpdate, whyRefused } from './send-update';
import { PayloadUnreadableError, TemporalServerError } from './server-errors';
import { call, isUnanswered } from './temporal-calls';
import type { Access } from './temporal-calls';
import { together } from './together';

/** A provider was neither stopped nor resumed; the message says why. */
export class ProviderStopRefusedError extends RefundError {
  override readonly code = 'providerStopRefused';
}

/** The server answers, but no worker of refunds took up that a provider is resumed. */
export class StopUnansweredError extends RefundError {
  override readonly code = 'workerUnavailable';

  constructor(provider: string, taskQueue: string, options?: ErrorOptions) {
    super(
      `No worker took up that ${provider} is resumed; it may count as soon as one polls the task queue ${taskQueue}. ` +
        'Look with: refund provider list',
      options,
    );
  }
}

/** A provider that an operator has stopped. */
export interface StoppedProvider {
  stop: ProviderStop;
  /** Whose refunds wait; those of another task queue go on. */
  taskQueue: string;
  /** Whether workers of refunds poll that task queue. */
  isServed: boolean;
  /** Whether it was stopped before this call, by this stop. */
  existing: boolean;
  /** Movements that had begun before, and that nobody knows the end of yet; all others begin after it is resumed. */
  inFlight: MovementInFlight[];
}

/** One provider, and who serves it. */
export interface ProviderRow {
  provider: ProviderName;
  /** Processes that poll its queue. */
  workers: number;
  /** Absent: it is not stopped. */
  stop?: ProviderStop;
}

/** Clocks do not run at one rate, and a request that left is a moment on its way. Milliseconds. */
const MARGIN_MS = 1_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Stops a provider: no movement begins there until it is resumed. Needs no worker. Returns once those that had begun are
 * over, or after `waitMs` with those that are not.
 * @throws ProviderStopRefusedError when it is no stop
 */
export async function stopProvider(
  access: Access,
  input: StopInput,
  { waitMs }: { waitMs: number },
): Promise<StoppedProvider> {
  const fault = faultOfStop(input);
  if (fault !== undefined) throw new ProviderStopRefusedError(`Nothing was stopped: ${fault}.`);
  const { provider, by, reason } = input;
  const existing = !(await begin(access, { provider, by, reason }).catch(unanswered(NOT_KNOWN)));
  return onceCallsAreOver(access, provider, { existing, waitMs }).catch(unanswered(NOT_SEEN));
}

const NOT_KNOWN = 'it is not known whether it is stopped now. Send it again.';
const NOT_SEEN =
  'it is stopped, and calls that had begun before may still move money: which ones could not be seen. Send it again.';

/** What became of a stop, or its end, of which the server does not answer. */
function unanswered(what: string): (error: unknown) => never {
  return (error) => {
    if (!isUnanswered(error)) throw error;
    const message = `The Temporal server did not answer in time; ${what} Look with: refund provider list`;
    throw new TemporalServerError('unanswered', message, error.grpcCode, { cause: error });
  };
}

async function onceCallsAreOver(
  access: Access,
  provider: ProviderName,
  { existing, waitMs }: { existing: boolean; waitMs: number },
): Promise<StoppedProvider> {
  const { taskQueue } = access;
  const stop = await findStop(access, provider);
  if (!stop) throw new ProviderStopRefusedError(`${provider} was resumed at the same moment.`);
  const begun = performance.now();
  // By the server, which says when it was stopped: at least so late is it there.
  const now = () => Date.parse(stop.since) + performance.now() - begun;
  // Whoever asked before it was stopped sends within this time, or not at all.
  await sleep(SENT_WITHIN_MS + MARGIN_MS);
  for (;;) {
    const inFlight = await movementsInFlight(access, provider, now);
    if (inFlight.length === 0 || performance.now() > begun + waitMs) {
      const holds = await findStop(access, provider);
      if (holds?.since !== stop.since) throw new ProviderStopRefusedError(resumedMeanwhile(provider));
      const { pollers } = await serviceOf(access, { name: taskQueue, kind: 'workflow' });
      return { stop, taskQueue, isServed: pollers.size > 0, existing, inFlight };
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function resumedMeanwhile(provider: ProviderName): string {
  return (
    `${provider} was stopped, and somebody resumed it while its calls were waited for: refunds may be sent to it again. ` +
    'Look with: refund provider list'
  );
}

/** Begins the stop; false where there is one. */
async function begin(access: Access, input: StopInput): Promise<boolean> {
  const { client, taskQueue } = access;
  const start = () =>
    client.workflow.start(STOP_WORKFLOW_TYPE, {
      args: [input],
      taskQueue,
      workflowId: stopWorkflowIdOf(taskQueue, input.provider),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      // Told by the server without a worker.
      memo: { by: input.by, reason: input.reason },
      staticSummary: `${input.provider} is stopped`,
    });
  try {
    await call(access, start, 'message');
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** The stop of a provider; undefined while it has none. Asks the server alone. */
export async function findStop(access: Access, provider: ProviderName): Promise<ProviderStop | undefined> {
  const { workflow } = access.client;
  const workflowId = stopWorkflowIdOf(access.taskQueue, provider);
  try {
    const { closeTime, memo, startTime } = await call(access, () =>
      workflow.getHandle(workflowId).describe(),
    );
    return closeTime ? undefined : readStop(provider, memo, startTime);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (!(error instanceof PayloadUnreadableError)) throw error;
  }
  // Whoever lacks its key cannot read why; that it is stopped is told all the same.
  const question = { namespace: workflow.options.namespace, execution: { workflowId } };
  const { workflowExecutionInfo: info } = await call(access, () =>
    workflow.workflowService.describeWorkflowExecution(question),
  );
  return info?.closeTime
    ? undefined
    : readStop(provider, undefined, optionalTsToDate(info?.startTime) ?? new Date());
}

/** The stops of all providers. */
export async function findStops(access: Access): Promise<ProviderStop[]> {
  const found = await together(PROVIDER_NAMES.map((provider) => findStop(access, provider)));
  return found.filter((stop) => stop !== undefined);
}

/** Every provider, whether it is stopped, and how many processes serve it. Asks the server alone. */
export async function listProviders(access: Access): Promise<ProviderRow[]> {
  const rows = PROVIDER_NAMES.map(async (provider) => {
    const queue = { name: providerQueue(access.taskQueue, provider), kind: 'activity' } as const;
    const [stop, { pollers }] = await together([findStop(access, provider), serviceOf(access, queue)]);
    return { provider, workers: pollers.size, ...(stop && { stop }) };
  });
  return together(rows);
}

/**
 * Ends the stop of a provider; gives what it was. A worker of refunds has to take it up.
 * @throws ProviderStopRefusedError when there is none, or it was refused
 */
export async function resumeProvider(
  access: Access,
  { provider, ...message }: ResumeMessage & { provider: ProviderName },
): Promise<ProviderStop> {
  const stop = await findStop(access, provider);
  if (!stop)
    throw new ProviderStopRefusedError(
      `${provider} is not stopped for the refunds of the task queue ${access.taskQueue}; nothing was changed.`,
    );
  const handle = access.client.workflow.getHandle(stopWorkflowIdOf(access.taskQueue, provider));
  const options = { args: [message] as [ResumeMessage], updateId: randomUUID() };
  try {
    const resume = () => handle.executeUpdate(STOP_MESSAGES.resume, options);
    await sendUpdate(() => call(access, resume, 'message'));
    return stop;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new ProviderStopRefusedError(whyRefused(error), { cause: error });
    if (error instanceof TemporalServerError && isNoWorker(error))
      throw new StopUnansweredError(provider, access.taskQueue, { cause: error });
    // Whoever lacks its key cannot read the reply; what became of it is seen all the same.
    if (error instanceof PayloadUnreadableError && !(await findStop(access, provider))) return stop;
    return unanswered('it is not known whether it is resumed now.')(error);
  }
}
