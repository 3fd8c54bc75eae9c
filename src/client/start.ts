import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { SEARCH_ATTRIBUTES, WORKFLOW_TYPE, workflowIdOf } from '../domain/contract';
import { PROVIDER_NAMES } from '../domain/plan';
import { validateRefundRequest } from '../domain/request';
import type { RefundRequest } from '../domain/request';
import { summaryOf } from '../domain/details';
import { requestHash } from '../statements/request-hash';
import { call, describeRun, isUnanswered } from './temporal-calls';
import type { Access } from './temporal-calls';
import { RefundConflictError } from './errors';
import { TemporalServerError } from './server-errors';
import type { UsedBy } from './errors';
import { InvalidRefundRequestError } from './invalid-request';
import { rowOf } from './overview';
import type { RefundRow, RunStatus } from './overview';
import { readInput } from './started-with';
import { staticDetailsOf } from './static-details';

/** A refund that was started, now or before. */
export interface StartedRefund {
  refundId: string;
  workflowId: string;
  runId: string;
  /** True when the same refund was there before this call: running, or ended. */
  existing: boolean;
  /** How its run stands. Of those that are over only `COMPLETED` is the proper end of a refund; its result tells which. */
  run: RunStatus;
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
    const started = await call(access, () => send(access, request), 'message').catch(unlessAlreadyStarted);
    if (started !== undefined)
      return { refundId, workflowId, runId: started, existing: false, run: 'RUNNING' };
    const described = await describeRun(access, refundId);
    const row = rowOf(described.raw.workflowExecutionInfo ?? {});
    if (!(await isSameRefund(access, described, request)))
      throw new RefundConflictError(refundId, usedBy(row));
    return { refundId, workflowId, runId: row.runId, existing: true, run: row.run };
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
    typedSearchAttributes: [
      // What an upsert would have to say of most refunds a moment later, at a price (docs/adr/016).
      { key: defineSearchAttributeKey('RefundStatus', RefundStatus), value: 'refunding' },
      { key: defineSearchAttributeKey('RefundOrderId', RefundOrderId), value: request.orderId },
      { key: defineSearchAttributeKey('RefundNeedsAttention', RefundNeedsAttention), value: false },
    ],
  });
  return handle.firstExecutionRunId;
}

function usedBy({ status, run, closedAt }: RefundRow): UsedBy {
  if (closedAt === undefined || run === 'COMPLETED') return 'refund';
  return status === 'invalid' ? 'refusedStart' : 'cutOffRun';
}

function unlessAlreadyStarted(error: unknown): undefined {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}

/** Only the input in the history is what the workers saw; a memo or summary proves nothing. */
export async function isSameRefund(
  access: Access,
  run: WorkflowExecutionDescription,
  request: RefundRequest,
): Promise<boolean> {
  return run.type === WORKFLOW_TYPE && requestHash(await readInput(access, run)) === requestHash(request);
}

function mayHaveStarted(refundId: string, cause: TemporalServerError): TemporalServerError {
  const message =
    `The Temporal server did not answer in time: refund ${refundId} may have been started. Start it again with the ` +
    'same id and content: that never refunds twice.';
  return new TemporalServerError('unanswered', message, cause.grpcCode, { cause });
}
