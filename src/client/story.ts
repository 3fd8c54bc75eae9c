import type { Briefing } from '../domain/briefing';
import { MESSAGES } from '../domain/contract';
import type { Access } from './access';
import { askWorker } from './ask-worker';

/** The query that every workflow answers by itself; its answer holds the current details. */
const METADATA_QUERY = '__temporal_workflow_metadata';

/** What a person needs to know of a refund beside its state; also after the end. */
export async function readBriefing(access: Access, refundId: string): Promise<Briefing> {
  return askWorker(access, refundId, (handle) => handle.query<Briefing>(MESSAGES.getBriefing));
}

/** The current details of a refund, as the Temporal UI shows them: Markdown. */
export async function readStory(access: Access, refundId: string): Promise<string> {
  const metadata = await askWorker(access, refundId, (handle) =>
    handle.query<{ currentDetails?: string }>(METADATA_QUERY),
  );
  return metadata.currentDetails ?? '';
}
