import { QueryNotRegisteredError, QueryRejectedError, WorkflowNotFoundError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { callsInFlight } from './calls-in-flight';
import { call, describeRun, GRPC, handleOf, isUnanswered } from './temporal-calls';
import type { Access, CallKind } from './temporal-calls';
import { RefundEndedError, RefundPausedError, RefundTerminatedError } from './errors';
import { tellNoAnswer, whatOfMessage } from './no-answer';
import { TemporalServerError, WorkerUnavailableError } from './server-errors';
import { neverBegan, readSymptoms, whyUnanswered } from './why-unanswered';

/**
 * Asks something of a refund's newest run that only a worker can answer: a query or an update.
 * @throws WorkerUnavailableError when the server answers, but no worker does; RefundPausedError
 */
export async function askWorker<Result>(
  access: Access,
  refundId: string,
  ask: (handle: WorkflowHandle) => Promise<Result>,
  kind: CallKind = 'question',
): Promise<Result> {
  try {
    return await tell(access, refundId, ask, kind);
  } catch (error) {
    const told = saidByWorker(error);
    const isPaused = error instanceof QueryRejectedError;
    if (told === undefined && !isPaused && !(error instanceof TemporalServerError && mayBeWorkers(error)))
      throw error;
    // Tells a missing worker from a missing server: the server alone can describe.
    const run = await describeRun(access, refundId).catch((unread: unknown) => {
      // Of the message the first failure tells; that this look was not answered says nothing about it.
      throw isUnanswered(unread) ? error : unread;
    });
    if (isPaused || run.status.name === 'PAUSED') {
      const calls = callsInFlight(run.raw.pendingActivities, false);
      throw new RefundPausedError(refundId, { calls, note: whatOfMessage(refundId, kind) }, { cause: error });
    }
    const symptoms = await readSymptoms(access, run);
    if (run.status.name === 'TERMINATED' && neverBegan(symptoms))
      throw new RefundTerminatedError(refundId, 'before it began');
    const facts = whyUnanswered(run, symptoms, { told, kind });
    const message = tellNoAnswer(refundId, facts, kind);
    throw new WorkerUnavailableError(refundId, facts.why, message, { cause: error });
  }
}

/** What a worker said that could not take a run up to answer a question; the SDK gives all of it this name. */
function saidByWorker(error: unknown): string | undefined {
  const isOurs =
    error instanceof QueryNotRegisteredError && !/^Workflow did not register/.test(error.message);
  return isOurs ? error.message.replace(/\n.*/s, '').slice(0, LONGEST_TOLD) : undefined;
}

/** A person reads it, and whoever wrote the worker's code may have put anything into it. Characters. */
const LONGEST_TOLD = 300;

function mayBeWorkers({ grpcCode }: TemporalServerError): boolean {
  return UNANSWERED.includes(grpcCode) || grpcCode === GRPC.failedPrecondition;
}

/** How the server says that no worker took a question up. */
const UNANSWERED: readonly unknown[] = [GRPC.cancelled, GRPC.deadlineExceeded, GRPC.unavailable];

/**
 * Tells a refund's newest run something.
 * @throws RefundNotFoundError, RefundEndedError when it is over, TemporalServerError
 */
export async function tell<Result>(
  access: Access,
  refundId: string,
  say: (handle: WorkflowHandle) => Promise<Result>,
  kind: CallKind = 'message',
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call(access, () => say(handleOf(access, refundId)), kind);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      if ((await describeRun(access, refundId)).closeTime) throw new RefundEndedError(refundId);
      // It began in between: a message sent right after the start must not be refused as too late.
      if (tries === MOST_TRIES) throw notTaken(refundId, error);
    }
  }
}

/** One run can begin between two questions; a server that says again and again that there is none contradicts itself. */
const MOST_TRIES = 5;

function notTaken(refundId: string, cause: WorkflowNotFoundError): TemporalServerError {
  const message =
    `The Temporal server shows refund ${refundId} as open, and takes nothing for it: it finds no such run ` +
    `(${MOST_TRIES} times). Nothing was changed; ask again.`;
  return new TemporalServerError('refused', message, GRPC.notFound, { cause });
}
