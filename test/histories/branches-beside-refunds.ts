import type { WorkflowHandle } from '@temporalio/client';
import { resumeProvider, stopProvider } from '../../src/client/provider-stops';
import { createOperatorClient } from '../../src/client/operator';
import { WORKFLOW_TYPE, workflowIdOf } from '../../src/domain/contract';
import { PREVIEW_WORKFLOW_TYPE } from '../../src/domain/preview';
import { stopWorkflowIdOf } from '../../src/domain/provider-stop';
import type { RefundRequest } from '../../src/domain/request';
import { another, cashOnly } from '../support/orders';
import { aRefund, emptyFloatFor } from '../support/requests';
import { lastTaskOf, resetByHand } from '../support/reset';
import type { Saga } from '../support/saga';
import { untilIt } from '../support/until';
import { over, settle } from './branches-of-refunds';
import type { Branch } from './branches-of-refunds';

/** How each branch of what stands beside refunds (orders, notices, previews, stops) is walked, and of refunds that need it. */
export const BRANCHES_BESIDE_REFUNDS: Record<string, Branch> = {
  'order-of-two-refunds': async ({ saga }) => {
    const first = cashOnly(saga, 2_550, { paid: { cash: 4_000 } });
    await saga.run(first);
    await saga.run(another(first, 'b', 2_000));
    await saga.run(another(first, 'c', 1_000));
    return orderHandle(saga, first);
  },
  'order-told-by-a-person': async ({ saga }) => {
    const first = cashOnly(saga, 2_550);
    saga.simulators.faults.add(emptyFloatFor(first));
    const handle = await saga.start(first);
    await saga.parked(handle, 'cash');
    await handle.terminate('recorded');
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const { orderId, refundId } = first;
    const word = { orderId, refundId, by: 'ana', evidence: 'nothing in the panel' };
    await untilIt(() => operator.releaseHold(word).then(() => true));
    return orderHandle(saga, first);
  },
  'cancelled-while-the-order-is-away': async ({ saga }) => {
    const request = cashOnly(saga, 100);
    const foreign = await takeIdOfOrder(saga, request);
    const handle = await saga.start(request);
    await waitsForOrder(handle);
    await handle.cancel();
    await foreign.terminate('recorded');
    return over(handle);
  },
  'planned-once-the-order-answers': async ({ saga }) => {
    const first = cashOnly(saga, 2_550);
    await saga.run(first);
    const order = orderHandle(saga, first);
    await order.terminate('recorded');
    const handle = await saga.start(another(first, 'b', 100));
    await waitsForOrder(handle);
    await resetByHand(order, await lastTaskOf(order));
    return over(handle);
  },
  'started-again-after-its-end': async ({ saga }) => {
    const request = cashOnly(saga, 2_550);
    await saga.run(request);
    const { client, taskQueue } = saga;
    const workflowId = workflowIdOf(request.refundId);
    const anew = {
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      taskQueue,
      workflowId,
      args: [request],
    } as const;
    return over(await client.workflow.start(WORKFLOW_TYPE, anew));
  },
  'lost-answer-of-a-reversal': async ({ saga }) => {
    const { faults } = saga.simulators;
    faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });
    faults.add({ provider: 'dsquares', operation: 'reverse', kind: 'dropAfter' });
    const handle = await saga.start(aRefund(saga.simulators));
    await saga.parked(handle, 'loyalty');
    await settle(handle, 'loyalty', 'reversed');
    return over(handle);
  },
  'cancelled-while-a-provider-is-stopped': async ({ saga }) => {
    const access = accessOf(saga);
    await stopProvider(access, STOP, { waitMs: 0 });
    const handle = await saga.start(cashOnly(saga, 100));
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'sipay');
    await handle.cancel();
    await over(handle);
    await resumeProvider(access, { provider: 'sipay', by: 'bob' });
    return handle;
  },
  'stop-of-a-provider': async ({ saga }) => {
    const access = accessOf(saga);
    await stopProvider(access, STOP, { waitMs: 0 });
    const handle = saga.client.workflow.getHandle(stopWorkflowIdOf(saga.taskQueue, 'sipay'));
    await resumeProvider(access, { provider: 'sipay', by: 'bob' });
    return over(handle);
  },
  'told-of-everything': async ({ notifying }) => {
    const request = cashOnly(notifying, 2_550, { currency: 'EUR' });
    const handle = await notifying.start(request);
    await notifying.until(handle, ({ status }) => status === 'awaitingApproval');
    notifying.simulators.faults.add({ ...emptyFloatFor(request) });
    await handle.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ana' }] });
    await notifying.parked(handle, 'cash');
    notifying.simulators.faults.clear();
    const word = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'the balance was topped up' };
    await handle.executeUpdate('resolveLeg', { args: [word] });
    return over(handle);
  },
  'notice-of-an-end': async ({ notifying }) => {
    const request = cashOnly(notifying, 2_550);
    await notifying.run(request);
    return over(notifying.client.workflow.getHandle(`notice:${request.refundId}:ended:refunded`));
  },
  preview: async ({ saga }) => {
    const { client, taskQueue } = saga;
    const workflowId = `preview:${taskQueue}`;
    return over(
      await client.workflow.start(PREVIEW_WORKFLOW_TYPE, {
        taskQueue,
        workflowId,
        args: [aRefund(saga.simulators)],
      }),
    );
  },
};

const STOP = { provider: 'sipay', by: 'ana', reason: 'their incident' } as const;

const accessOf = ({ client, taskQueue }: Saga) => ({ client, taskQueue, timeoutMs: 10_000 });

/** The lock of the order of a refund. */
export const orderHandle = ({ client }: Saga, { orderId }: RefundRequest): WorkflowHandle =>
  client.workflow.getHandle(`order:${orderId}`);

/** A workflow of others under the id of the order, which does not answer as one. */
function takeIdOfOrder({ client }: Saga, { orderId }: RefundRequest): Promise<WorkflowHandle> {
  return client.workflow.start('theirs', { taskQueue: 'theirs', workflowId: `order:${orderId}` });
}

async function waitsForOrder(handle: WorkflowHandle): Promise<void> {
  await untilIt(async () => (await handle.describe()).raw.pendingActivities?.[0]?.lastFailure != null);
}
