import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import type { NoticeContent } from '../../src/domain/notice';
import type { Saga } from './saga';

/** Starts the posting of a notice on a server clock that skips every wait. */
export async function postInNoTime(saga: Saga, refundId: string): Promise<WorkflowHandle> {
  const data = { refundId, orderId: 'order-1', status: 'refunded', reason: null } as const;
  const content: NoticeContent = { type: 'refund.ended', data };
  const workflowId = `notice:${refundId}:ended:refunded`;
  await saga.connection.workflowService.startWorkflowExecution({
    namespace: 'default',
    requestId: randomUUID(),
    workflowId,
    workflowType: { name: 'notifyRefund' },
    taskQueue: { name: saga.taskQueue },
    input: { payloads: [defaultPayloadConverter.toPayload(content)] },
    timeSkippingConfig: { enabled: true },
  });
  return saga.client.workflow.getHandle(workflowId);
}
