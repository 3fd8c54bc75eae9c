import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import type { RefundStatus } from '../domain/state';
import { call, describeRun, handleOf } from './access';
import type { Access } from './access';
import { doubtsOf } from './doubts';
import type { Decode, Doubt } from './doubts';
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
  /** The movements in doubt, the oldest first. */
  doubts: Doubt[];
}

/** Looks into a run whose workflow task fails or times out over and over. */
export async function lookAtFrozen(access: Access, run: ListedRun): Promise<StuckRefund> {
  const row = rowOf(run);
  const { raw, typedSearchAttributes } = await describeRun(access, row.refundId);
  const doubts = await readDoubts(access, run, false);
  const since = optionalTsToDate(raw.pendingWorkflowTask?.originalScheduledTime)?.toISOString();
  const why = (typedSearchAttributes.get(REPORTED_PROBLEMS) ?? []).join(', ');
  return { ...stuck('frozen', run, row, doubts), since: since ?? row.startedAt, why };
}

/** Looks into a run that was cut off. One that was reset leaves its old self behind: only the newest counts. */
export async function lookAtCutOff(access: Access, run: ListedRun): Promise<StuckRefund | undefined> {
  const row = rowOf(run);
  const { runId } = await describeRun(access, row.refundId);
  if (runId !== runIdOf(run)) return undefined;
  const doubts = await readDoubts(access, run, true);
  return { ...stuck('cutOff', run, row, doubts), since: row.closedAt ?? row.startedAt, why: row.run };
}

/** Looks into a run that waits for a provider or an operator: is anything in doubt? */
export async function lookAtWaiting(access: Access, run: ListedRun): Promise<StuckRefund | undefined> {
  const doubts = await readDoubts(access, run, false);
  const [oldest] = doubts;
  return oldest && { ...stuck('ambiguous', run, rowOf(run), doubts), since: oldest.since };
}

function stuck(kind: StuckRefund['kind'], run: ListedRun, row: RefundRow, doubts: Doubt[]) {
  const { refundId, workflowId, status, waitingOn } = row;
  return { kind, refundId, workflowId, runId: runIdOf(run), status, waitingOn, doubts };
}

async function readDoubts(access: Access, run: ListedRun, isOver: boolean): Promise<Doubt[]> {
  const { refundId, workflowId } = rowOf(run);
  const { namespace, loadedDataConverter } = access.client.workflow.options;
  const context = { type: 'workflow', namespace, workflowId } as const;
  const decode: Decode = (payloads) => decodeFromPayloadsAtIndex(loadedDataConverter, 0, payloads, context);
  const doubts = await call(access, async () => {
    const { events } = await handleOf(access, refundId, runIdOf(run)).fetchHistory();
    return doubtsOf(events ?? [], decode, isOver);
  });
  return doubts.toSorted(byAge);
}

/** The id of a listed run. */
export function runIdOf({ execution }: ListedRun): string {
  return execution?.runId ?? '';
}

/** Sorts what is oldest first. */
export function byAge(one: { since: string }, other: { since: string }): number {
  return one.since.localeCompare(other.since);
}
