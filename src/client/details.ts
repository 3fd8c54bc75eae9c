import type { WorkflowHandle } from '@temporalio/client';
import type { Briefing } from '../domain/briefing';
import { MESSAGES } from '../domain/contract';
import { call, handleOf } from './temporal-calls';
import type { Access } from './temporal-calls';
import { askWorker } from './ask-worker';

/** The query that every workflow answers by itself; its answer holds the current details. */
const METADATA_QUERY = '__temporal_workflow_metadata';

/** What a person needs to know about a refund in addition to its state; also after the end. */
export async function readBriefing(access: Access, refundId: string): Promise<Briefing> {
  return askWorker(access, refundId, (handle) => handle.query<Briefing>(MESSAGES.getBriefing));
}

/** The current details of a refund, or of one of its older runs, as the Temporal UI shows them: Markdown. */
export async function readDetails(access: Access, refundId: string, runId?: string): Promise<string> {
  const ask = (handle: WorkflowHandle) => handle.query<{ currentDetails?: string }>(METADATA_QUERY);
  const { currentDetails = '' } =
    runId === undefined
      ? await askWorker(access, refundId, ask)
      : await call(access, () => ask(handleOf(access, refundId, runId)));
  return currentDetails;
}
