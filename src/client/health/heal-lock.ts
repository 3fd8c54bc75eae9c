import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { call } from '../temporal-calls';
import type { Access } from '../temporal-calls';
import { healedByAnother, HealRefusedError } from './heal-refusals';

/** How long a client that goes away while healing locks the others out. */
const LONGEST = '30s';

/**
 * Acts while nobody else heals this refund. The server resets a run as often as it is asked, even under the same request id;
 * only the start of a workflow id is exclusive there. So a short run, which no worker takes, is the lock.
 * @throws HealRefusedError when somebody else holds it
 */
export async function aloneWith<Result>(
  access: Access,
  refundId: string,
  act: () => Promise<Result>,
): Promise<Result> {
  const { workflow } = access.client;
  const start = () =>
    workflow.start('refundHealing', {
      workflowId: `heal:${refundId}`,
      taskQueue: `${access.taskQueue}-healing`,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      workflowExecutionTimeout: LONGEST,
    });
  const lock = await call(access, start).catch((error: unknown) => {
    throw error instanceof WorkflowExecutionAlreadyStartedError
      ? new HealRefusedError(refundId, healedByAnother(refundId))
      : error;
  });
  try {
    return await act();
  } finally {
    // It ends by itself as well.
    await call(access, () => lock.terminate('healed')).catch(() => undefined);
  }
}
