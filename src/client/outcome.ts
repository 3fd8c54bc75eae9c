import {
  ApplicationFailure,
  isGrpcDeadlineError,
  TerminatedFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import { FAILURES, MESSAGES } from '../domain/contract';
import type { RefundState } from '../domain/state';
import { call, describeRun, explain, handleOf } from './access';
import type { Access } from './access';
import { askWorker } from './ask-worker';
import { InvalidRefundRequestError, RefundFailedError, RefundTerminatedError } from './errors';

/** A poll can miss the news of an end; it is made anew this often. Milliseconds. */
const LONGEST_POLL_MS = 15_000;

/** Waits for the final state, however long that takes. A run that is reset meanwhile is followed. */
export async function awaitResult(access: Access, refundId: string): Promise<RefundState> {
  for (;;) {
    const { runId } = await describeRun(access, refundId);
    try {
      const result = () => handleOf(access, refundId, runId).result() as Promise<RefundState>;
      return await access.client.withDeadline(Date.now() + LONGEST_POLL_MS, result);
    } catch (error) {
      if (isGrpcDeadlineError(error)) continue;
      const end = howItEnded(refundId, error);
      const wasReset = end instanceof RefundTerminatedError && (await newestRun(access, refundId)) !== runId;
      if (!wasReset) throw end;
    }
  }
}

/** Where a refund stands. What has ended needs no worker to tell. */
export async function readState(access: Access, refundId: string): Promise<RefundState> {
  const { status, runId } = await describeRun(access, refundId);
  if (status.name === 'COMPLETED') {
    return call(access, () => handleOf(access, refundId, runId).result() as Promise<RefundState>);
  }
  return askWorker(access, refundId, (handle) => handle.query<RefundState>(MESSAGES.getRefund));
}

async function newestRun(access: Access, refundId: string): Promise<string> {
  return (await describeRun(access, refundId)).runId;
}

function howItEnded(refundId: string, error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return explain(error);
  const { cause } = error;
  if (cause instanceof ApplicationFailure && cause.type === FAILURES.invalidRequest) {
    return new InvalidRefundRequestError(problemsOf(cause.message), refundId);
  }
  if (cause instanceof TerminatedFailure) return new RefundTerminatedError(refundId, cause.message);
  return new RefundFailedError(refundId, cause?.name ?? 'no cause', { cause: error });
}

/** The failure's message begins with a sentence of its own; the problems follow, separated. */
function problemsOf(message: string): string[] {
  return message.replace(/^.*?nothing was sent\. /, '').split('; ');
}
