import type { ProviderStop } from '../../domain/provider-stop';
import { FINAL_STATUSES } from '../../domain/state';
import { findStops } from '../provider-stops';
import { isGone } from '../temporal-calls';
import type { Access } from '../temporal-calls';
import { whyUnread } from './history';
import { cutOffOrders } from './cut-off-orders';
import type { CutOffOrder } from './cut-off-orders';
import { overdueNotices } from './notices';
import type { OverdueNotices } from './notices';
import { byStart, oldestOf } from '../oldest';
import { rowOf } from '../overview';
import type { RefundRow } from '../overview';
import { byAge } from './facts';
import { CALL_NOT_TAKEN_AFTER_MS } from './stalled';
import { lookAtCutOff, lookAtOpen } from './stuck';
import type { Look, StuckRefund } from './stuck';
import { beginTally, unservedOf } from './unserved';
import type { Tally, UnservedRefunds } from './unserved';
import { countRuns, eachRun, OPEN, REFUNDS, REPORTED_PROBLEMS } from '../visibility';
import { together } from '../together';

/** A run that nobody could look into. */
export interface UnreadRun {
  refundId: string;
  workflowId: string;
  runId: string;
  startedAt: string;
  why: string;
}

/** What a look at all refunds of the namespace found; it asks the server alone and needs no worker. */
export interface Survey {
  parked: number;
  awaitingApproval: number;
  /** When the oldest refund was started that waits for a person to decide, ISO 8601. */
  oldestApproval?: string | undefined;
  /** The oldest first. */
  stuck: StuckRefund[];
  /** How many runs were not looked into: those of `unreadRuns`, and those whose turn has not come yet. */
  unread: number;
  unreadRuns: UnreadRun[];
  /** Notices that their receiver has not taken for three days. */
  overdueNotices: OverdueNotices;
  /** Orders whose memory was cut off and not restored since. */
  cutOffOrders: CutOffOrder[];
  /** Running refunds whose next task nobody would take, by the workers that would. */
  unserved: UnservedRefunds[];
  /** Providers that somebody has stopped, with how many refunds of this task queue wait for each. */
  stopped: (ProviderStop & { waiting: number })[];
}

/** Looks at all refunds of the namespace; a survey that is kept remembers what it has read. */
export type Surveyor = () => Promise<Survey>;

/** Everything that runs but what waits for an approval and is well. */
const RUNNING =
  `${REFUNDS} AND ${OPEN} AND (RefundWaitingOn IS NULL OR RefundWaitingOn != 'approval' OR ` +
  `ExecutionStatus != 'Running' OR ${REPORTED_PROBLEMS.name} IS NOT NULL)`;
/** Every end but that of a refund that knows of all its legs, or was refused at its start. */
const CUT_OFF =
  `${REFUNDS} AND CloseTime IS NOT NULL AND ExecutionStatus != 'Completed' AND (RefundStatus IS NULL OR ` +
  `RefundStatus NOT IN (${[...FINAL_STATUSES, 'invalid'].map((status) => `'${status}'`).join(', ')}))`;

/** The most runs that one survey holds in memory; the newest beyond it count as unread. */
const MOST_RUNS = 50_000;
const AT_ONCE = 8;

interface Candidate {
  row: RefundRow;
  look: typeof lookAtOpen;
}

interface Read extends Look {
  turn: number;
  row: RefundRow;
}

/**
 * Makes a surveyor over a client.
 * @param mostRead how many runs one survey looks into, each with one or two calls; the next survey looks into others first
 */
export function createSurveyor(access: Access, mostRead = MOST_RUNS): Surveyor {
  const read = new Map<string, Read>();
  let turn = 0;
  return async () => {
    turn += 1;
    // Together the two lists name every refund that runs.
    const { count, groups, waiting } = beginTally();
    const [parked, asked, running, cutOff, notices, stops, orders] = await together([
      countRuns(access, `${REFUNDS} AND ${OPEN} AND RefundWaitingOn = 'operator'`),
      oldestOf(rows(access, `${REFUNDS} AND ${OPEN} AND RefundWaitingOn = 'approval'`, { count }), 1),
      oldestOf(rows(access, RUNNING, { count, isWanted: isWorthALook }), MOST_RUNS),
      oldestOf(rows(access, CUT_OFF), MOST_RUNS),
      overdueNotices(access),
      findStops(access),
      cutOffOrders(access),
    ]);
    const candidates: Candidate[] = [
      ...running.oldest.map((row) => ({ row, look: lookAtOpen })),
      ...cutOff.oldest.map((row) => ({ row, look: lookAtCutOff })),
    ];
    const known = new Set(candidates.map(({ row }) => row.runId));
    for (const runId of read.keys()) if (!known.has(runId)) read.delete(runId);
    const lastRead = ({ row }: Candidate) => read.get(row.runId)?.turn ?? 0;
    const due = candidates
      .toSorted((one, other) => lastRead(one) - lastRead(other) || byStart(one.row, other.row))
      .slice(0, mostRead);
    const looking = eachOf(due, async ({ row, look }) => {
      const found = await look(access, row, read.get(row.runId)?.facts).catch(unlessGone);
      read.set(row.runId, { ...found, turn, row });
    });
    const [unserved] = await together([unservedOf(access, groups()), looking]);
    const unreadRuns = [...read.values()].flatMap(({ unread, row }) =>
      unread === undefined ? [] : [unreadRun(row, unread)],
    );
    return {
      parked,
      awaitingApproval: asked.total,
      oldestApproval: asked.oldest[0]?.startedAt,
      stuck: [...read.values()].flatMap(({ stuck }) => stuck ?? []).toSorted(byAge),
      unread: running.total + cutOff.total - read.size + unreadRuns.length,
      unreadRuns: unreadRuns.toSorted(byStart),
      overdueNotices: notices,
      cutOffOrders: orders,
      unserved,
      stopped: stops.map((stop) => ({ ...stop, waiting: waiting(access.taskQueue, stop.provider) })),
    };
  };
}

/** A refund that waits for nobody is given some time: most come to their end in seconds. */
function isWorthALook(row: RefundRow): boolean {
  const isYoung = Date.now() - Date.parse(row.startedAt) < CALL_NOT_TAKEN_AFTER_MS;
  return row.waitingOn !== null || row.run !== 'RUNNING' || row.hangs || !isYoung;
}

async function* rows(
  access: Access,
  query: string,
  { count, isWanted }: { count?: Tally['count']; isWanted?: (row: RefundRow) => boolean } = {},
): AsyncGenerator<RefundRow> {
  for await (const run of eachRun(access, query)) {
    count?.(run);
    const row = rowOf(run);
    if (isWanted?.(row) ?? true) yield row;
  }
}

function unreadRun({ refundId, workflowId, runId, startedAt }: RefundRow, why: string): UnreadRun {
  return { refundId, workflowId, runId, startedAt, why };
}

/** One run that cannot be read must not hide the others; one that was deleted meanwhile is stuck no more. */
function unlessGone(error: unknown): Look {
  return isGone(error) ? {} : { unread: whyUnread(error) };
}

async function eachOf<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const work = async () => {
    for (const item of left) await act(item);
  };
  await together(Array.from({ length: AT_ONCE }, work));
}
