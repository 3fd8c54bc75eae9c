import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import { call } from '../temporal-calls';
import type { Access } from '../temporal-calls';
import { movementsInDoubt, movementsAsked } from './in-doubt';
import type { InDoubtMovement, Stand } from './in-doubt';
import { readHistory, whyUnread } from './history';
import type { Description, RunKey } from './history';
import { hasSent } from './movement-events';
import type { Decode, HistoryEvent } from './movement-events';
import { rowOf } from '../overview';

/** What the history of a run tells; `unread`: why it could not be read. */
export interface Facts {
  /** Of how many events, and who went on with the run then. */
  length: string;
  stand: Stand;
  hasSent: boolean;
  doubts: InDoubtMovement[];
  unread?: string;
}

/** That a run is stuck is told also of one that cannot be read. */
export async function factsOf(
  access: Access,
  run: RunKey,
  described: Description,
  { stand, known }: { stand: Stand; known: Facts | undefined },
): Promise<Facts> {
  const length = String(described.workflowExecutionInfo?.historyLength ?? '');
  if (known?.length === length && known.stand === stand && known.unread === undefined) return known;
  let events: readonly HistoryEvent[] | undefined;
  try {
    events = await readHistory(access, run, described);
    const doubts = await call(access, () => movementsInDoubt(events ?? [], decoderOf(access, run), stand));
    return { length, stand, hasSent: hasSent(events), doubts: doubts.toSorted(byAge) };
  } catch (error) {
    const sent = events ? hasSent(events) : true;
    return { length, stand, hasSent: sent, doubts: [], unread: whyUnread(error) };
  }
}

/** The movements of which this run has asked; none where it cannot be read. */
export async function askedIn(access: Access, described: Description): Promise<ReadonlySet<string>> {
  const { workflowId, runId } = rowOf(described.workflowExecutionInfo ?? {});
  const run = { workflowId, runId };
  try {
    const events = await readHistory(access, run, described);
    return await call(access, () => movementsAsked(events, decoderOf(access, run)));
  } catch {
    // Better reported twice than not at all.
    return new Set();
  }
}

/** Decodes payloads of a run. */
export function decoderOf({ client }: Access, { workflowId }: RunKey): Decode {
  const { namespace, loadedDataConverter } = client.workflow.options;
  const context = { type: 'workflow', namespace, workflowId } as const;
  return (payloads) => decodeFromPayloadsAtIndex(loadedDataConverter, 0, payloads, context);
}

/** Sorts what is oldest first. */
export function byAge(one: { since: string }, other: { since: string }): number {
  return one.since.localeCompare(other.since);
}
