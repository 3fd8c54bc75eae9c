import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { REQUEST_HASH_MEMO, SEARCH_ATTRIBUTES, WORKFLOW_TYPE, workflowIdOf } from '../domain/contract';
import { PROVIDER_NAMES } from '../domain/plan';
import { validateRefundRequest } from '../domain/request';
import type { RefundRequest } from '../domain/request';
import { summaryOf } from '../domain/story';
import { requestHash } from '../request-hash';
import { call, describeRun } from './access';
import type { Access } from './access';
import { InvalidRefundRequestError, RefundConflictError, TemporalServerError } from './errors';
import { inputOf } from './input';
import { staticDetailsOf } from './static-details';

/** A refund that was started, now or before. */
export interface StartedRefund {
  refundId: string;
  workflowId: string;
  runId: string;
  /** True when the same refund was there before this call: running, or ended. */
  existing: boolean;
}

/**
 * Checks everything about a request that can be checked without knowing which providers the workers are configured for.
 * @throws InvalidRefundRequestError
 */
export function checkRequest(input: unknown): RefundRequest {
  const checked = validateRefundRequest(input, { providers: new Set(PROVIDER_NAMES), now: new Date() });
  if ('problems' in checked) throw new InvalidRefundRequestError(checked.problems);
  return checked.request;
}

/** Starts a refund, or attaches to the same one. */
export async function start(access: Access, input: RefundRequest): Promise<StartedRefund> {
  const request = checkRequest(input);
  const { refundId } = request;
  const workflowId = workflowIdOf(refundId);
  try {
    const started = await call(access, () => send(access, request)).catch(unlessAlreadyStarted);
    if (started !== undefined) return { refundId, workflowId, runId: started, existing: false };
    const run = await describeRun(access, refundId);
    if ((await hashOfRun(access, run)) !== requestHash(request)) throw new RefundConflictError(refundId);
    return { refundId, workflowId, runId: run.runId, existing: true };
  } catch (error) {
    throw isUnanswered(error) ? mayHaveStarted(refundId, error) : error;
  }
}

/** Starts the run and gives its id; fails when there is one already, so that nobody has to ask whose it is. */
async function send({ client, taskQueue }: Access, request: RefundRequest): Promise<string> {
  const { RefundStatus, RefundOrderId, RefundNeedsAttention } = SEARCH_ATTRIBUTES;
  const handle = await client.workflow.start(WORKFLOW_TYPE, {
    args: [request],
    taskQueue,
    workflowId: workflowIdOf(request.refundId),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
    // A refund whose worker is killed in the middle of a task waits so long before another takes over.
    workflowTaskTimeout: '5s',
    staticSummary: summaryOf(request),
    staticDetails: staticDetailsOf(request),
    memo: { [REQUEST_HASH_MEMO]: requestHash(request) },
    typedSearchAttributes: [
      // What an upsert would have to say of most refunds a moment later, at a price (docs/adr/016).
      { key: defineSearchAttributeKey('RefundStatus', RefundStatus), value: 'refunding' },
      { key: defineSearchAttributeKey('RefundOrderId', RefundOrderId), value: request.orderId },
      { key: defineSearchAttributeKey('RefundNeedsAttention', RefundNeedsAttention), value: false },
    ],
  });
  return handle.firstExecutionRunId;
}

function unlessAlreadyStarted(error: unknown): undefined {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}

/** The hash of what a run was started with; a run that was not started by this library has none in its memo. */
async function hashOfRun(access: Access, run: WorkflowExecutionDescription): Promise<string> {
  const inMemo = run.memo?.[REQUEST_HASH_MEMO];
  return typeof inMemo === 'string' ? inMemo : requestHash(await inputOf(access, run));
}

function isUnanswered(error: unknown): error is TemporalServerError {
  return error instanceof TemporalServerError && error.reason === 'unanswered';
}

function mayHaveStarted(refundId: string, cause: TemporalServerError): TemporalServerError {
  const message =
    `The Temporal server did not answer in time: refund ${refundId} may have been started. Start it again with the ` +
    'same id and content: that never refunds twice.';
  return new TemporalServerError('unanswered', message, cause.code, { cause });
}
