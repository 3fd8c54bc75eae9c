import type { WorkflowExecutionDescription } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import type { RefundRequest } from '../domain/request';
import { call, describeRun } from './temporal-calls';
import type { Access } from './temporal-calls';

/** What a person decides on: which refund, with which content. */
export interface Question {
  request: RefundRequest;
  /** The refund's first run, which a reset keeps. */
  firstRunId: string;
  /** The newest one. */
  runId: string;
}

/** Reads from the server, without a worker, what a refund was started with. */
export async function readQuestion(access: Access, refundId: string): Promise<Question> {
  const run = await describeRun(access, refundId);
  const firstRunId = run.raw.workflowExecutionInfo?.firstRunId ?? run.runId;
  return { request: (await readInput(access, run)) as RefundRequest, firstRunId, runId: run.runId };
}

/**
 * What a run was started with, as it lies in its history.
 * @throws PayloadUnreadableError
 */
export async function readInput(
  access: Access,
  { workflowId, runId }: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>,
): Promise<unknown> {
  const { workflow } = access.client;
  const { namespace, loadedDataConverter } = workflow.options;
  return call(access, async () => {
    const execution = { workflowId, runId };
    const { history } = await workflow.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution,
      maximumPageSize: 1,
    });
    const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
    const context = { type: 'workflow', namespace, workflowId } as const;
    return decodeFromPayloadsAtIndex<unknown>(loadedDataConverter, 0, payloads, context);
  });
}
