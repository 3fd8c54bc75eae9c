import { WorkflowNotFoundError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { call, describeRun, GRPC, handleOf } from './access';
import type { Access } from './access';
import {
  RefundEndedError,
  RefundTerminatedError,
  TemporalServerError,
  WorkerUnavailableError,
} from './errors';

/**
 * Asks something of a refund's newest run that only a worker can answer: a query or an update.
 * @throws WorkerUnavailableError when the server answers, but no worker does
 */
export async function askWorker<Answer>(
  access: Access,
  refundId: string,
  ask: (handle: WorkflowHandle) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await tell(access, refundId, ask);
  } catch (error) {
    if (!(error instanceof TemporalServerError)) throw error;
    if (error.reason === 'unanswered') {
      // Tells a missing worker from a missing server: the server alone can describe.
      await describeRun(access, refundId);
      throw new WorkerUnavailableError(refundId, 'noAnswer', { cause: error });
    }
    if (error.code !== GRPC.failedPrecondition) throw error;
    const { status } = await describeRun(access, refundId);
    if (status.name === 'TERMINATED') throw new RefundTerminatedError(refundId, 'before it began');
    throw new WorkerUnavailableError(refundId, 'taskFails', { cause: error });
  }
}

/**
 * Tells a refund's newest run something.
 * @throws RefundNotFoundError, or RefundEndedError when it can hear no more
 */
export async function tell<Answer>(
  access: Access,
  refundId: string,
  say: (handle: WorkflowHandle) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await call(access, () => say(handleOf(access, refundId)));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    if ((await describeRun(access, refundId)).closeTime) throw new RefundEndedError(refundId);
    // It began in between: whoever speaks at once must not be told that it is over.
    return tell(access, refundId, say);
  }
}
