import { WORKFLOW_TYPE } from '../domain/contract';
import { GRPC } from './access';
import type { Access } from './access';
import { PayloadUnreadableError, TemporalServerError } from './errors';
import { HANGING } from './hanging';
import { rowOf } from './overview';
import { byAge, lookAtCutOff, lookAtFrozen, lookAtWaiting, runIdOf } from './stuck';
import type { StuckRefund } from './stuck';
import { countRuns, findRuns } from './visibility';

/** What a look at all refunds of the namespace found; it asks the server alone and needs no worker. */
export interface Survey {
  parked: number;
  awaitingApproval: number;
  /** When the oldest refund was started that waits for a person to decide, ISO 8601. */
  oldestApproval?: string | undefined;
  stuck: StuckRefund[];
  /** Runs that were not looked into: there are too many, or they are encrypted with other keys. */
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
  const read = new Map<string, { turn: number; found: StuckRefund | 'unreadable' | undefined }>();
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
      read.set(runIdOf(run), { turn, found: await look(access, run).catch(whyNot) });
    });
    const found = [...read.values()].map((one) => one.found);
    return {
      parked,
      awaitingApproval: asked.length,
      oldestApproval: asked.map((run) => rowOf(run).startedAt).toSorted()[0],
      stuck: found.flatMap((one) => (one === 'unreadable' ? [] : (one ?? []))).toSorted(byAge),
      unread: looks.length - read.size + found.filter((one) => one === 'unreadable').length,
    };
  };
}

/** One run that cannot be read must not hide the others; one that was deleted meanwhile is stuck no more. */
function whyNot(error: unknown): 'unreadable' | undefined {
  if (error instanceof PayloadUnreadableError) return 'unreadable';
  if (error instanceof TemporalServerError && error.code === GRPC.notFound) return undefined;
  throw error;
}

async function eachOf<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const work = async () => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
