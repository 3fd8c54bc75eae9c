import { isGrpcServiceError, NamespaceNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { ValueError } from '@temporalio/common';
import { workflowIdOf } from '../domain/contract';
import { PayloadUnreadableError, RefundNotFoundError, TemporalServerError } from './errors';

/** How the functions of this library reach refunds. */
export interface Access {
  client: Client;
  taskQueue: string;
  /** How long one call may take, in milliseconds. */
  timeoutMs: number;
}

/** The gRPC statuses that mean something here. */
export const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  failedPrecondition: 9,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * Calls the server with a deadline.
 * @throws TemporalServerError when it does not answer or refuses; PayloadUnreadableError when its answer cannot be decoded
 */
export async function call<Answer>(access: Access, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await access.client.withDeadline(Date.now() + access.timeoutMs, ask);
  } catch (error) {
    throw explain(error);
  }
}

/** A handle to the newest run of a refund, or to one of its runs. */
export function handleOf({ client }: Access, refundId: string, runId?: string): WorkflowHandle {
  return client.workflow.getHandle(workflowIdOf(refundId), runId);
}

/**
 * What the server itself knows of a refund's newest run; needs no worker.
 * @throws RefundNotFoundError
 */
export async function describeRun(access: Access, refundId: string): Promise<WorkflowExecutionDescription> {
  try {
    return await call(access, () => handleOf(access, refundId).describe());
  } catch (error) {
    throw error instanceof WorkflowNotFoundError
      ? new RefundNotFoundError(refundId, { cause: error })
      : error;
  }
}

/** A failure of the transport in words; every other error as it is. */
export function explain(error: unknown): unknown {
  const options = { cause: error };
  if (error instanceof ValueError) return new PayloadUnreadableError(options);
  if (error instanceof NamespaceNotFoundError) {
    const message = `There is no namespace ${error.namespace} on this server; nothing was changed. Set TEMPORAL_NAMESPACE.`;
    return new TemporalServerError('refused', message, undefined, options);
  }
  const status = grpcStatusOf(error);
  if (!status) return error;
  const { code, details } = status;
  switch (code) {
    case GRPC.cancelled:
    case GRPC.deadlineExceeded:
    case GRPC.unavailable:
      return new TemporalServerError('unanswered', UNANSWERED, code, options);
    case GRPC.permissionDenied:
    case GRPC.unauthenticated:
      return new TemporalServerError('refused', CREDENTIALS, code, options);
    case GRPC.invalidArgument:
      if (/search attribute/i.test(details))
        return new TemporalServerError('refused', ATTRIBUTES, code, options);
  }
  return new TemporalServerError(
    'refused',
    `The Temporal server refused the call: ${details}`,
    code,
    options,
  );
}

const UNANSWERED =
  'The Temporal server did not answer in time; whether the call arrived is unknown. Refunds in flight go on by ' +
  'themselves. Look with "refund show" before you send it again.';
const CREDENTIALS =
  'The Temporal server refused the credentials; nothing was changed. Check TEMPORAL_API_KEY and TEMPORAL_TLS_*.';
const ATTRIBUTES =
  'The namespace lacks the search attributes of refunds; nothing was started. A worker registers them when it starts: ' +
  'start one, then try again.';

function grpcStatusOf(error: unknown): { code: number; details: string } | undefined {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && error.cause !== undefined ? grpcStatusOf(error.cause) : undefined;
}
