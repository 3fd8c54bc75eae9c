import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { WORKFLOW_TYPE } from '../domain/contract';
import type { RefundStatus } from '../domain/state';
import { call, describeRun, GRPC, handleOf } from './access';
import type { Access } from './access';
import { doubtsOf } from './doubts';
import type { Decode, Doubt } from './doubts';
import { RefundNotFoundError, TemporalServerError } from './errors';
import { HANGING, REPORTED_PROBLEMS } from './hanging';
import { rowOf } from './overview';
import type { RefundRow } from './overview';
import { countRuns, findRuns } from './visibility';
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

/** What a look at all refunds of the namespace found; it asks the server alone and needs no worker. */
export interface Survey {
  parked: number;
  awaitingApproval: number;
  /** When the oldest refund was started that waits for a person to decide, ISO 8601. */
  oldestApproval?: string | undefined;
  stuck: StuckRefund[];
  /** Runs that were not looked into this time, because there are too many. */
  unread: number;
}

/** Looks at all refunds of the namespace; a survey that is kept remembers what it has read. */
export type Surveyor = () => Promise<Survey>;

const REFUNDS = `WorkflowType = '${WORKFLOW_TYPE}'`;
const RUNNING = `${REFUNDS} AND ExecutionStatus = 'Running'`;
/** Where a leg may be in doubt: its provider or an operator is waited for. */
const MAY_BE_IN_DOUBT = `${RUNNING} AND RefundWaitingOn IS NOT NULL AND RefundWaitingOn != 'approval'`;
const CUT_OFF =
  `${REFUNDS} AND ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled') AND ` +
  `RefundStatus IN ('planning', 'awaitingApproval', 'refunding', 'compensating')`;

const MOST_RUNS = 10_000;
/** How many runs one survey looks into, each with one or two calls; the next survey looks into others first. */
const MOST_READ = 200;
const AT_ONCE = 8;

/** Makes a surveyor over a client. */
export function createSurveyor(access: Access): Surveyor {
  const read = new Map<string, { turn: number; found: StuckRefund | undefined }>();
  let turn = 0;
  return async () => {
    turn += 1;
    const [parked, asked, frozen, inDoubt, cutOff] = await Promise.all([
      countRuns(access, `${RUNNING} AND RefundWaitingOn = 'operator'`),
      findRuns(access, `${RUNNING} AND RefundWaitingOn = 'approval'`, MOST_RUNS),
      findRuns(access, `${REFUNDS} AND ${HANGING}`, MOST_RUNS),
      findRuns(access, MAY_BE_IN_DOUBT, MOST_RUNS),
      findRuns(access, CUT_OFF, MOST_RUNS),
    ]);
    const frozenIds = new Set(frozen.map(runIdOf));
    const looks = [
      ...frozen.map((run) => ({ run, look: lookAtFrozen })),
      ...cutOff.map((run) => ({ run, look: lookAtCutOff })),
      ...inDoubt.filter((run) => !frozenIds.has(runIdOf(run))).map((run) => ({ run, look: lookAtWaiting })),
    ];
    const known = new Set(looks.map(({ run }) => runIdOf(run)));
    for (const runId of read.keys()) if (!known.has(runId)) read.delete(runId);
    const lastRead = ({ run }: (typeof looks)[number]) => read.get(runIdOf(run))?.turn ?? 0;
    const due = looks.toSorted((one, other) => lastRead(one) - lastRead(other)).slice(0, MOST_READ);
    await eachOf(due, async ({ run, look }) => {
      read.set(runIdOf(run), { turn, found: await look(access, run).catch(unlessGone) });
    });
    return {
      parked,
      awaitingApproval: asked.length,
      oldestApproval: asked.map((run) => rowOf(run).startedAt).toSorted()[0],
      stuck: [...read.values()].flatMap(({ found }) => found ?? []).toSorted(byAge),
      unread: looks.length - read.size,
    };
  };
}

async function lookAtFrozen(access: Access, run: ListedRun): Promise<StuckRefund> {
  const row = rowOf(run);
  const { raw, typedSearchAttributes } = await describeRun(access, row.refundId);
  const doubts = await readDoubts(access, run, false);
  const since = optionalTsToDate(raw.pendingWorkflowTask?.originalScheduledTime)?.toISOString();
  const why = (typedSearchAttributes.get(REPORTED_PROBLEMS) ?? []).join(', ');
  return { ...stuck('frozen', run, row, doubts), since: since ?? row.startedAt, why };
}

/** A run that was reset leaves its old self behind as terminated: only the newest one counts. */
async function lookAtCutOff(access: Access, run: ListedRun): Promise<StuckRefund | undefined> {
  const row = rowOf(run);
  const { runId } = await describeRun(access, row.refundId);
  if (runId !== runIdOf(run)) return undefined;
  const doubts = await readDoubts(access, run, true);
  return { ...stuck('cutOff', run, row, doubts), since: row.closedAt ?? row.startedAt, why: row.run };
}

async function lookAtWaiting(access: Access, run: ListedRun): Promise<StuckRefund | undefined> {
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

/** A run that was deleted meanwhile is stuck no more. */
function unlessGone(error: unknown): undefined {
  const isGone =
    error instanceof RefundNotFoundError ||
    (error instanceof TemporalServerError && error.code === GRPC.notFound);
  if (!isGone) throw error;
}

function runIdOf({ execution }: ListedRun): string {
  return execution?.runId ?? '';
}

function byAge(one: { since: string }, other: { since: string }): number {
  return one.since.localeCompare(other.since);
}

async function eachOf<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const work = async () => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
