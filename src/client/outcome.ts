import {
  ApplicationFailure,
  isGrpcDeadlineError,
  TerminatedFailure,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { FAILURES, MESSAGES } from '../domain/contract';
import type { FinalState, RefundState } from '../domain/state';
import { call, describeRun, explain, GRPC, grpcStatusOf, handleOf } from './temporal-calls';
import type { Access } from './temporal-calls';
import { askWorker } from './ask-worker';
import { RefundFailedError, RefundNotFoundError, RefundTerminatedError } from './errors';
import { InvalidRefundRequestError } from './invalid-request';
import type { Refusal } from './invalid-request';
import { beginWait } from './wait';
import type { Wait, WaitOptions } from './wait';

/** A poll can miss the news of an end; it is made anew this often. Milliseconds. */
const LONGEST_POLL_MS = 15_000;

/**
 * Waits for the final state, however long that takes. A run that is reset meanwhile is followed, and a server that is
 * away for no longer than the patience is waited for.
 */
export async function awaitResult(
  access: Access,
  refundId: string,
  patienceMs: number,
  options?: WaitOptions,
): Promise<FinalState> {
  const wait = beginWait(refundId, patienceMs, options);
  for (;;) {
    const deadline = Date.now() + wait.leftMs(Math.min(LONGEST_POLL_MS, patienceMs));
    const poll = () => handleOf(access, refundId).result() as Promise<FinalState>;
    try {
      return await wait.orAborted(() => access.client.withDeadline(deadline, poll));
    } catch (error) {
      const end = howItEnded(refundId, error);
      // A reset terminates the run that it begins anew from.
      const isOver = end instanceof RefundTerminatedError;
      const isOpen = ranOut(error, deadline);
      if (!isOver && !isOpen) await wait.bear(end);
      else if ((await lookAgain(access, refundId, wait)) === 'TERMINATED' && isOver) throw end;
    }
  }
}

/** Whether anybody is there at all: a poll that runs out tells nothing. @returns how the newest run stands */
async function lookAgain(access: Access, refundId: string, wait: Wait): Promise<string | undefined> {
  const timeoutMs = wait.leftMs(access.timeoutMs);
  try {
    const { status } = await wait.orAborted(() => describeRun({ ...access, timeoutMs }, refundId));
    wait.answered();
    return status.name;
  } catch (error) {
    await wait.bear(error);
    return undefined;
  }
}

/** A native connection tells its own deadline as a cancelled call. */
function ranOut(error: unknown, deadline: number): boolean {
  const isOver = Date.now() >= deadline && grpcStatusOf(error)?.code === GRPC.cancelled;
  return isOver || isGrpcDeadlineError(error);
}

/** Where a refund stands. What has ended needs no worker to tell. */
export async function readState(access: Access, refundId: string): Promise<RefundState> {
  const { status, runId } = await describeRun(access, refundId);
  if (status.name === 'COMPLETED') {
    return call(access, () => handleOf(access, refundId, runId).result() as Promise<RefundState>);
  }
  return askWorker(access, refundId, (handle) => handle.query<RefundState>(MESSAGES.getRefund));
}

function howItEnded(refundId: string, error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError) return new RefundNotFoundError(refundId, { cause: error });
  if (!(error instanceof WorkflowFailedError)) return explain(error);
  const { cause } = error;
  if (cause instanceof ApplicationFailure && cause.type === FAILURES.invalidRequest) {
    const { problems, refusal } = readRefusal(cause.message);
    return new InvalidRefundRequestError(problems, refusal, refundId);
  }
  if (cause instanceof TerminatedFailure) return new RefundTerminatedError(refundId, cause.message);
  return new RefundFailedError(refundId, cause?.name ?? 'no cause', { cause: error });
}

/**
 * The failure's message begins with a sentence of its own, which speaks of this run alone where there may be an older one;
 * the problems follow, separated.
 */
function readRefusal(message: string): { problems: string[]; refusal: Refusal } {
  const [opening = '', ofThisRun] = /^.*?nothing was sent( by this run)?\. /.exec(message) ?? [];
  const isKnownAlone = opening !== '' && ofThisRun === undefined;
  return {
    problems: message.slice(opening.length).split('; '),
    refusal: isKnownAlone ? 'alone' : 'olderRuns',
  };
}
