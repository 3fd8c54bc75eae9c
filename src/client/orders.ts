import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { ORDER_MESSAGES, ordersQueueOf, orderWorkflowIdOf, workflowIdOf } from '../domain/contract';
import type { OrderState } from '../domain/order/ledger';
import { holding } from '../domain/order/view';
import type { ReleaseHoldMessage } from '../domain/order/messages';
import { RefundError } from './errors';
import { sendUpdate, whyRefused } from './send-update';
import { TemporalServerError } from './server-errors';
import { call, GRPC } from './temporal-calls';
import type { Access, CallKind } from './temporal-calls';
import { together } from './together';
import { faultOfSize } from './word-size';

/** A person's word on what a refund of an order holds. */
export type HoldRelease = ReleaseHoldMessage & { orderId: string };

/** No refund of this order has reserved anything, or its memory is over. */
export class OrderNotFoundError extends RefundError {
  override readonly code = 'orderNotFound';

  constructor(orderId: string, options?: ErrorOptions) {
    super(
      `Nothing is known of order ${orderId}: none of its refunds holds anything; nothing was changed.`,
      options,
    );
  }
}

/** The server answers, but no worker of the queue of orders does. */
export class OrderUnavailableError extends RefundError {
  override readonly code = 'workerUnavailable';

  constructor(orderId: string, queue: string, options?: ErrorOptions) {
    super(
      `No worker answers for order ${orderId}; nothing is known to have changed. Start one: orders are served on the ` +
        `task queue ${queue}, by every refund worker whose ORDER_LOCK is on.`,
      options,
    );
  }
}

/** The release changed nothing; the message is the order's own refusal. */
export class ReleaseRefusedError extends RefundError {
  override readonly code = 'releaseRefused';
}

/** A refund whose run is over, though its order knows of no end: it was cut off or is gone, or its order was not told. */
export interface UntoldEnd {
  refundId: string;
  end: 'cutOff' | 'notTold';
}

/** Which of the refunds that hold something are over all the same. */
export async function untoldEnds(access: Access, order: OrderState): Promise<UntoldEnd[]> {
  const asked = holding(order, 'notEnded').map(async ({ refundId, runId }) => {
    // The newest run tells whether any is open. It may have failed at once, and say nothing of the one that reserved.
    const newest = await statusOf(access, refundId);
    if (newest === 'RUNNING' || newest === 'PAUSED') return [];
    const hasResult = newest === 'COMPLETED' || (await statusOf(access, refundId, runId)) === 'COMPLETED';
    return [{ refundId, end: hasResult ? ('notTold' as const) : ('cutOff' as const) }];
  });
  return (await together(asked)).flat();
}

async function statusOf(access: Access, refundId: string, runId?: string): Promise<string | undefined> {
  const handle = access.client.workflow.getHandle(workflowIdOf(refundId), runId);
  return call(access, () => handle.describe()).then(
    ({ status }) => status.name,
    (error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    },
  );
}

/** What the refunds of an order hold and have moved. @throws OrderNotFoundError, OrderUnavailableError */
export function readOrder(access: Access, orderId: string): Promise<OrderState> {
  return askOrder(access, orderId, (handle) => handle.query<OrderState>(ORDER_MESSAGES.getOrder), 'question');
}

/**
 * Releases what a refund holds that does not run any more, on a person's word; the reply is the order.
 * @throws ReleaseRefusedError when the refund still runs, or holds nothing: nothing was changed
 */
export async function releaseHold(access: Access, { orderId, ...message }: HoldRelease): Promise<OrderState> {
  const tooLarge = faultOfSize(message);
  if (tooLarge !== undefined) throw new ReleaseRefusedError(`Refused: ${tooLarge}`);
  const options = { args: [message] as [ReleaseHoldMessage], updateId: randomUUID() };
  try {
    const release = (handle: WorkflowHandle) =>
      handle.executeUpdate<OrderState, [ReleaseHoldMessage]>(ORDER_MESSAGES.releaseHold, options);
    return await sendUpdate(() => askOrder(access, orderId, release, 'message'));
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new ReleaseRefusedError(whyRefused(error), { cause: error });
  }
}

async function askOrder<Result>(
  access: Access,
  orderId: string,
  ask: (handle: WorkflowHandle) => Promise<Result>,
  kind: CallKind,
): Promise<Result> {
  const handle = access.client.workflow.getHandle(orderWorkflowIdOf(orderId));
  try {
    return await call(access, () => ask(handle), kind);
  } catch (cause) {
    if (cause instanceof WorkflowNotFoundError) throw new OrderNotFoundError(orderId, { cause });
    if (!(cause instanceof TemporalServerError) || !isNoWorker(cause)) throw cause;
    // Tells a missing worker from a missing server: the server alone can describe.
    await call(access, () => handle.describe());
    throw new OrderUnavailableError(orderId, ordersQueueOf(access.taskQueue), { cause });
  }
}

/** Whether the server says so, or may, because no worker took a question up. */
export function isNoWorker({ grpcCode }: TemporalServerError): boolean {
  return NO_WORKER.includes(grpcCode);
}

const NO_WORKER: readonly unknown[] = [
  ...[GRPC.cancelled, GRPC.deadlineExceeded, GRPC.unavailable, GRPC.failedPrecondition],
];
