import { ORDER_WORKFLOW_TYPE, orderWorkflowIdOf } from '../../domain/contract';
import { rowOf } from '../overview';
import { isId, quoted } from '../shell';
import { isGone } from '../temporal-calls';
import type { Access } from '../temporal-calls';
import { together } from '../together';
import { newestRuns } from '../visibility';
import type { ListedRun } from '../visibility';
import { describe } from './history';
import type { RunKey } from './history';

/** The memory of an order whose run was terminated, failed or timed out: its next refund waits until it is restored. */
export interface CutOffOrder {
  orderId: string;
  workflowId: string;
  runId: string;
  /** When it was cut off, ISO 8601. */
  since: string;
  /** How, as Temporal says it. */
  why: string;
  /** Whether somebody has begun the order anew since, without what it knew; nothing of ours does. */
  isBegunAnew: boolean;
}

const CUT_OFF = ['Terminated', 'Failed', 'TimedOut'];
const CUT_OFF_STATUSES: readonly string[] = ['TERMINATED', 'FAILED', 'TIMED_OUT'];
const QUERY = `WorkflowType = '${ORDER_WORKFLOW_TYPE}' AND (${CUT_OFF.map((status) => `ExecutionStatus = '${status}'`).join(' OR ')})`;

/** Whoever terminated many did it at once. */
const MOST_TOLD = 100;

/** Finds the orders that were cut off and have not been restored since; needs no worker. */
export async function cutOffOrders(access: Access): Promise<CutOffOrder[]> {
  const rows = (await newestRuns(access, QUERY, MOST_TOLD)).map(rowOf);
  const newest = rows.filter((row, at) => rows.findIndex((other) => isSameOrder(other, row)) === at);
  const orders = newest.map(({ workflowId, runId }) =>
    cutOff(access, { workflowId, runId }).catch(unlessGone),
  );
  return (await together(orders)).flat();
}

function isSameOrder(one: RunKey, other: RunKey): boolean {
  return one.workflowId === other.workflowId;
}

/** How an order was cut off; undefined where it runs with all that it knew, has completed, or never was. */
export async function cutOffOrder(access: Access, orderId: string): Promise<CutOffOrder | undefined> {
  if (!isId(orderId)) return undefined;
  const workflowId = orderWorkflowIdOf(orderId);
  const [run] = await newestRuns(access, `${QUERY} AND WorkflowId = '${workflowId}'`, 1);
  // The list lags; an order that was cut off a moment ago is the newest run itself.
  const listed = { workflowId, runId: run ? rowOf(run).runId : '' };
  return (await cutOff(access, listed).catch(unlessGone))[0];
}

/** One that was deleted is listed for a moment more, and hides no other. */
function unlessGone(error: unknown): [] {
  if (isGone(error)) return [];
  throw error;
}

async function cutOff(access: Access, { workflowId, runId: listed }: RunKey): Promise<CutOffOrder[]> {
  const { workflowExecutionInfo: newest } = await describe(access, { workflowId });
  const { runId, run } = rowOf(newest ?? {});
  if (CUT_OFF_STATUSES.includes(run)) return [found(newest ?? {}, false)];
  if (listed === '' || listed === runId) return [];
  const { workflowExecutionInfo: older, workflowExtendedInfo: more } = await describe(access, {
    workflowId,
    runId: listed,
  });
  const isRestored = newest?.firstRunId === older?.firstRunId || (more?.resetRunId ?? '') !== '';
  return isRestored ? [] : [found(older ?? {}, true)];
}

function found(info: ListedRun, isBegunAnew: boolean): CutOffOrder {
  const { workflowId, runId, run, closedAt, startedAt } = rowOf(info);
  const orderId = workflowId.slice(orderWorkflowIdOf('').length);
  return { orderId, workflowId, runId, since: closedAt ?? startedAt, why: run, isBegunAnew };
}

/** The command that restores an order. */
export function restoreCommand({ workflowId }: CutOffOrder): string {
  return `temporal workflow reset --workflow-id ${quoted(workflowId, 'WORKFLOW_ID')} --type LastWorkflowTask --reason "restore the order"`;
}
