import {
  ApplicationFailure,
  isGrpcDeadlineError,
  TerminatedFailure,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { FAILURES, MESSAGES } from '../domain/contract';
import type { RefundState } from '../domain/state';
import { call, describeRun, explain, handleOf } from './access';
import type { Access } from './access';
import { askWorker } from './ask-worker';
import {
  InvalidRefundRequestError,
  RefundFailedError,
  RefundNotFoundError,
  RefundTerminatedError,
} from './errors';

/** A poll can miss the news of an end; it is made anew this often. Milliseconds. */
const LONGEST_POLL_MS = 15_000;

/** Waits for the final state, however long that takes. A run that is reset meanwhile is followed. */
export async function awaitResult(access: Access, refundId: string): Promise<RefundState> {
  for (;;) {
    try {
      const result = () => handleOf(access, refundId).result() as Promise<RefundState>;
      return await access.client.withDeadline(Date.now() + LONGEST_POLL_MS, result);
    } catch (error) {
      if (isGrpcDeadlineError(error)) continue;
      const end = howItEnded(refundId, error);
      // A reset terminates the run that it begins anew from.
      const wasReset = end instanceof RefundTerminatedError && !(await isTerminated(access, refundId));
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

async function isTerminated(access: Access, refundId: string): Promise<boolean> {
  return (await describeRun(access, refundId)).status.name === 'TERMINATED';
}

function howItEnded(refundId: string, error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError) return new RefundNotFoundError(refundId, { cause: error });
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
