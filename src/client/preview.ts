import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { PREVIEW_WORKFLOW_TYPE } from '../domain/preview';
import type { Preview } from '../domain/preview';
import type { RefundRequest } from '../domain/request';
import { RefundNotFoundError } from './errors';
import { tellNoPreview } from './no-answer';
import { WorkerUnavailableError } from './server-errors';
import { checkRequest, isSameRefund } from './start';
import { call, describeRun, explain, GRPC, grpcStatusOf } from './temporal-calls';
import type { Access } from './temporal-calls';

/** Whether the refund id is free, or by whom it is used. */
export type IdInUse = 'no' | 'sameRefund' | 'anotherRefund';

/** What a refund would meet if it were started now. */
export type RefundPreview = Preview & { idInUse: IdInUse };

/** How a preview is made. */
export interface PreviewOptions {
  /** How long the workers may take, in milliseconds: providers are asked, which take their time. Default: a minute. */
  timeoutMs?: number;
}

const USUAL_MS = 60_000;

/** Asks the workers what a refund would meet. The run that looks has an id of its own, and uses up no refund id. */
export async function preview(
  access: Access,
  input: RefundRequest,
  { timeoutMs = USUAL_MS }: PreviewOptions = {},
): Promise<RefundPreview> {
  const request = checkRequest(input);
  const idInUse = await whoUses(access, request);
  const { client, taskQueue } = access;
  const handle = await call(access, () =>
    client.workflow.start(PREVIEW_WORKFLOW_TYPE, {
      args: [request],
      taskQueue,
      workflowId: `preview:${randomUUID()}`,
      workflowExecutionTimeout: timeoutMs,
      staticSummary: 'Looks what a refund would meet; moves and reserves nothing',
    }),
  );
  try {
    const deadline = Date.now() + timeoutMs + access.timeoutMs;
    const told = (await client.withDeadline(deadline, () => handle.result())) as Preview;
    return { ...told, idInUse };
  } catch (error) {
    const isOver = grpcStatusOf(error)?.code === GRPC.deadlineExceeded;
    if (isOver || error instanceof WorkflowFailedError)
      throw new WorkerUnavailableError(request.refundId, 'noPreview', tellNoPreview(request.refundId), {
        cause: error,
      });
    throw explain(error);
  }
}

async function whoUses(access: Access, request: RefundRequest): Promise<IdInUse> {
  try {
    const run = await describeRun(access, request.refundId);
    return (await isSameRefund(access, run, request)) ? 'sameRefund' : 'anotherRefund';
  } catch (error) {
    if (error instanceof RefundNotFoundError) return 'no';
    throw error;
  }
}
