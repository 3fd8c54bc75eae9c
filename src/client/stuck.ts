import { defaultPayloadConverter } from '@temporalio/common';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import type { RefundStatus } from '../domain/state';
import { call, handleOf } from './access';
import type { Access } from './access';
import { doubtsOf, hasSent } from './doubts';
import type { Decode, Doubt, HistoryEvent } from './doubts';
import { PayloadUnreadableError } from './errors';
import { REPORTED_PROBLEMS } from './hanging';
import { rowOf } from './overview';
import type { RefundRow } from './overview';
import type { ListedRun } from './visibility';

/** A refund that does not come to its end by itself, or of which part is in doubt. */
export interface StuckRefund {
  /**
   * - `frozen`: its workflow task fails or times out over and over; nothing goes on
   * - `cutOff`: its run was terminated, failed or timed out; nobody goes on with it
   * - `ambiguous`: a leg is looked up, or waits for a person, and nobody knows whether money moved
   */
  kind: 'frozen' | 'cutOff' | 'ambiguous';
  refundId: string;
  workflowId: string;
  runId: string;
  status: RefundStatus | null;
  waitingOn: RefundRow['waitingOn'];
  /** Since when, ISO 8601. */
  since: string;
  /** What the server says of a frozen run, or how a run was cut off. */
  why?: string;
  /** Whether this run has begun to send anything, by its history; an earlier one may have, if it was reset. */
  hasSent: boolean;
  /** The movements in doubt, the oldest first. */
  doubts: Doubt[];
}

/** Looks into a run whose workflow task fails or times out over and over. */
export async function lookAtFrozen(access: Access, run: ListedRun): Promise<StuckRefund> {
  const row = rowOf(run);
  const { pendingWorkflowTask } = await describeNewest(access, row);
  const events = await eventsOf(access, run);
  const doubts = await readDoubts(access, run, events, false).catch(unlessUnreadable);
  const since = optionalTsToDate(pendingWorkflowTask?.originalScheduledTime)?.toISOString();
  const reported = run.searchAttributes?.indexedFields?.[REPORTED_PROBLEMS.name];
  const why = reported ? defaultPayloadConverter.fromPayload<string[]>(reported).join(', ') : '';
  return { ...stuck('frozen', run, row, events, doubts), since: since ?? row.startedAt, why };
}

/** Looks into a run that was cut off. One that was reset leaves its old self behind: only the newest counts. */
export async function lookAtCutOff(access: Access, run: ListedRun): Promise<StuckRefund | undefined> {
  const row = rowOf(run);
  const { workflowExecutionInfo: newest } = await describeNewest(access, row);
  if (newest?.execution?.runId !== runIdOf(run)) return undefined;
  const events = await eventsOf(access, run);
  const doubts = await readDoubts(access, run, events, true).catch(unlessUnreadable);
  return { ...stuck('cutOff', run, row, events, doubts), since: row.closedAt ?? row.startedAt, why: row.run };
}

/** Looks into a run that waits for a provider or an operator: is anything in doubt? */
export async function lookAtWaiting(access: Access, run: ListedRun): Promise<StuckRefund | undefined> {
  const events = await eventsOf(access, run);
  const doubts = await readDoubts(access, run, events, false);
  const [oldest] = doubts;
  return oldest && { ...stuck('ambiguous', run, rowOf(run), events, doubts), since: oldest.since };
}

function stuck(
  kind: StuckRefund['kind'],
  run: ListedRun,
  row: RefundRow,
  events: readonly HistoryEvent[],
  doubts: Doubt[],
) {
  const { refundId, workflowId, status, waitingOn } = row;
  const runId = runIdOf(run);
  return { kind, refundId, workflowId, runId, status, waitingOn, hasSent: hasSent(events), doubts };
}

async function eventsOf(access: Access, run: ListedRun): Promise<HistoryEvent[]> {
  const handle = handleOf(access, rowOf(run).refundId, runIdOf(run));
  const { events } = await call(access, () => handle.fetchHistory());
  return events ?? [];
}

async function readDoubts(
  access: Access,
  run: ListedRun,
  events: readonly HistoryEvent[],
  isOver: boolean,
): Promise<Doubt[]> {
  const { namespace, loadedDataConverter } = access.client.workflow.options;
  const context = { type: 'workflow', namespace, workflowId: rowOf(run).workflowId } as const;
  const decode: Decode = (payloads) => decodeFromPayloadsAtIndex(loadedDataConverter, 0, payloads, context);
  const doubts = await call(access, () => doubtsOf(events, decode, isOver));
  return doubts.toSorted(byAge);
}

/** Not through the SDK's own description, which decodes the memo: this needs no keys. */
async function describeNewest(access: Access, { workflowId }: RefundRow) {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  return call(access, () =>
    workflow.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
  );
}

/** That a run is stuck is told also of one that cannot be read. */
function unlessUnreadable(error: unknown): Doubt[] {
  if (error instanceof PayloadUnreadableError) return [];
  throw error;
}

/** The id of a listed run. */
export function runIdOf({ execution }: ListedRun): string {
  return execution?.runId ?? '';
}

/** Sorts what is oldest first. */
export function byAge(one: { since: string }, other: { since: string }): number {
  return one.since.localeCompare(other.since);
}
