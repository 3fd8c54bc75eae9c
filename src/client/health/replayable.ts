import type { PayloadCodec } from '@temporalio/common';
import { ORDER_WORKFLOW_TYPE, STOP_WORKFLOW_TYPE, WORKFLOW_TYPE } from '../../domain/contract';
import { NOTICE_WORKFLOW_TYPE } from '../../domain/notice';
import { oldestOf } from '../oldest';
import { rowOf } from '../overview';
import type { Access } from '../temporal-calls';
import { pinnedVersion } from '../versions';
import { countRuns, eachRun, newestRuns, OPEN } from '../visibility';
import { describe, readHistory } from './history';
import type { RunKey } from './history';
import type { HistoryEvent } from './movement-events';

/** The workflows that code of ours must go on with after each release. */
const TYPES = [WORKFLOW_TYPE, ORDER_WORKFLOW_TYPE, NOTICE_WORKFLOW_TYPE, STOP_WORKFLOW_TYPE] as const;

/** A run whose history is to be replayed. */
export interface ReplayableRun extends RunKey {
  workflowType: (typeof TYPES)[number];
  state: 'running' | 'closed';
}

/** Which histories are to be replayed. */
export interface ReplayChoice {
  /** So many of each type of workflow, running and closed each: the oldest that run, the newest that are closed. */
  limit: number;
  /** Only those that closed later, ISO 8601. */
  closedAfter: string;
}

/** The runs chosen, and how many there are besides. */
export interface Replayable {
  runs: ReplayableRun[];
  leftOut: number;
  namespace: string;
  /** How their payloads are decoded. */
  codecs: readonly PayloadCodec[];
}

/**
 * What the server keeps of a run that is to be replayed.
 * - `pinned`: it never goes over to another release
 * - `notBegun`: no worker has completed a task of it
 */
export type ReplayableHistory =
  { kind: 'history'; events: readonly HistoryEvent[] } | { kind: 'pinned' } | { kind: 'notBegun' };

/** Finds the runs of a namespace whose histories the next release must replay. */
export async function findReplayable(access: Access, choice: ReplayChoice): Promise<Replayable> {
  const { namespace, loadedDataConverter } = access.client.workflow.options;
  const runs: ReplayableRun[] = [];
  let total = 0;
  for (const workflowType of TYPES) {
    const ofType = `WorkflowType = '${workflowType}'`;
    const open = await oldestOf(rows(access, `${ofType} AND ${OPEN}`), choice.limit);
    const closed = `${ofType} AND CloseTime > '${choice.closedAfter}'`;
    const newest = (await newestRuns(access, closed, choice.limit)).map(rowOf);
    runs.push(
      ...open.oldest.map((row) => ({ ...keyOf(row), workflowType, state: 'running' as const })),
      ...newest.map((row) => ({ ...keyOf(row), workflowType, state: 'closed' as const })),
    );
    total += open.total + Math.max(newest.length, await countRuns(access, closed));
  }
  const { payloadCodecs: codecs } = loadedDataConverter;
  return { runs, leftOut: total - runs.length, namespace, codecs };
}

/**
 * Reads what the server keeps of a run.
 * @throws UnreadError
 */
export async function readReplayable(access: Access, run: ReplayableRun): Promise<ReplayableHistory> {
  const described = await describe(access, run);
  const isPinned = pinnedVersion(described.workflowExecutionInfo?.versioningInfo) !== undefined;
  if (run.state === 'running' && isPinned) return { kind: 'pinned' };
  const events = await readHistory(access, run, described);
  const hasBegun = events.some((event) => event.workflowTaskCompletedEventAttributes);
  return hasBegun ? { kind: 'history', events } : { kind: 'notBegun' };
}

async function* rows(access: Access, query: string) {
  for await (const run of eachRun(access, query)) yield rowOf(run);
}

function keyOf({ workflowId, runId }: RunKey): RunKey {
  return { workflowId, runId };
}
