import {
  isGrpcServiceError,
  NamespaceNotFoundError,
  ServiceError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { ValueError } from '@temporalio/common';
import { workflowIdOf } from '../domain/contract';
import { RefundNotFoundError } from './errors';
import { PayloadUnreadableError, TemporalServerError } from './server-errors';

/** How the functions of this library reach refunds. */
export interface Access {
  client: Client;
  taskQueue: string;
  /** How long one call may take, in milliseconds. */
  timeoutMs: number;
}

/**
 * What a call can have done when no answer came: a question nothing, a message perhaps what it asks for. Of one that the
 * server has accepted only the reply is missing.
 */
export type CallKind = 'question' | 'message' | 'accepted';

/** The gRPC statuses that mean something here. */
export const GRPC = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/**
 * Calls the server with a deadline.
 * @throws TemporalServerError when it does not answer or refuses; PayloadUnreadableError when its answer cannot be decoded
 */
export async function call<Result>(
  access: Access,
  ask: () => Promise<Result>,
  kind: CallKind = 'question',
): Promise<Result> {
  try {
    return await access.client.withDeadline(Date.now() + access.timeoutMs, ask);
  } catch (error) {
    throw explain(error, kind);
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

/** Whether the server did not answer: it is not there, or nobody gets through to it. */
export function isUnanswered(error: unknown): error is TemporalServerError {
  return error instanceof TemporalServerError && error.reason === 'unanswered';
}

/** Whether the server knows no such run, or none any more. */
export function isGone(error: unknown): boolean {
  return error instanceof TemporalServerError && error.grpcCode === GRPC.notFound;
}

/** A failure of the transport in words; every other error as it is. */
export function explain(error: unknown, kind: CallKind = 'question'): unknown {
  const options = { cause: error };
  if (error instanceof ValueError) return new PayloadUnreadableError(options, kind !== 'question');
  if (error instanceof NamespaceNotFoundError) {
    const message = `There is no namespace ${error.namespace} on this server; nothing was changed. Set TEMPORAL_NAMESPACE.`;
    return new TemporalServerError('refused', message, undefined, options);
  }
  const status = grpcStatusOf(error);
  // Without a status it never came as far as a server: the connection is closed, for one.
  if (!status && error instanceof ServiceError)
    return new TemporalServerError('unanswered', UNANSWERED[kind], undefined, options);
  if (!status) return error;
  const { code, details } = status;
  switch (code) {
    case GRPC.cancelled:
    case GRPC.deadlineExceeded:
    case GRPC.unavailable:
      return new TemporalServerError('unanswered', UNANSWERED[kind], code, options);
    // After these, too, nobody knows what became of a message.
    case GRPC.unknown:
    case GRPC.resourceExhausted:
    case GRPC.aborted:
    case GRPC.internal:
    case GRPC.dataLoss:
      return new TemporalServerError('unanswered', `${UNANSWERED[kind]} (${details})`, code, options);
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

const UNANSWERED: Record<CallKind, string> = {
  question:
    'The Temporal server did not answer in time. It was only asked, and nothing was changed: ask again. ' +
    'A refund that was started is kept there, and goes on when the server can.',
  message:
    'The Temporal server did not answer in time; it is not known whether the message arrived. ' +
    'Look with "refund show" before you send it again.',
  accepted:
    'The message was accepted, and no reply came in time; whether it counted is not known yet. ' +
    'Look with "refund show" before you send it again.',
};
const CREDENTIALS =
  'The Temporal server does not know these credentials, or they may not do this; nothing was changed. ' +
  'Check TEMPORAL_API_KEY and TEMPORAL_TLS_*, and what they may do in the namespace.';
const ATTRIBUTES =
  'The namespace lacks the search attributes of refunds; nothing was started. A worker registers them when it starts: ' +
  'start one, then try again.';

/** The gRPC status in an error or its causes; undefined when the server or the way to it is not to blame. */
export function grpcStatusOf(error: unknown): { code: number; details: string } | undefined {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && error.cause !== undefined ? grpcStatusOf(error.cause) : undefined;
}
