import { ORDER_WORKFLOW_TYPE, orderWorkflowIdOf } from '../../domain/contract';
import { rowOf } from '../overview';
import { quoted } from '../shell';
import type { Access } from '../temporal-calls';
import { together } from '../together';
import { newestRuns } from '../visibility';
import { describe } from './history';

/** The memory of an order whose run was terminated, failed or timed out: its next refund waits until it is restored. */
export interface CutOffOrder {
  orderId: string;
  workflowId: string;
  runId: string;
  /** When it was cut off, ISO 8601. */
  since: string;
  /** How, as Temporal says it. */
  why: string;
}

const CUT_OFF = ['Terminated', 'Failed', 'TimedOut'];
const QUERY = `WorkflowType = '${ORDER_WORKFLOW_TYPE}' AND (${CUT_OFF.map((status) => `ExecutionStatus = '${status}'`).join(' OR ')})`;

/** Whoever terminated many did it at once. */
const MOST_TOLD = 100;

/** Finds the orders that were cut off and have not been restored since; needs no worker. */
export async function cutOffOrders(access: Access): Promise<CutOffOrder[]> {
  const runs = await newestRuns(access, QUERY, MOST_TOLD);
  const ids = [...new Set(runs.map((run) => rowOf(run).workflowId))];
  return (await together(ids.map((workflowId) => cutOff(access, workflowId)))).flat();
}

/** How an order was cut off; undefined where it runs, has completed, or never was. */
export async function cutOffOrder(access: Access, orderId: string): Promise<CutOffOrder | undefined> {
  return (await cutOff(access, orderWorkflowIdOf(orderId)))[0];
}

async function cutOff(access: Access, workflowId: string): Promise<CutOffOrder[]> {
  const { workflowExecutionInfo } = await describe(access, { workflowId });
  const { runId, run, closedAt, startedAt } = rowOf(workflowExecutionInfo ?? {});
  if (!['TERMINATED', 'FAILED', 'TIMED_OUT'].includes(run)) return [];
  const orderId = workflowId.slice(orderWorkflowIdOf('').length);
  return [{ orderId, workflowId, runId, since: closedAt ?? startedAt, why: run }];
}

/** The command that restores an order. */
export function restoreCommand({ workflowId }: CutOffOrder): string {
  return `temporal workflow reset --workflow-id ${quoted(workflowId, 'WORKFLOW_ID')} --type LastWorkflowTask --reason "restore the order"`;
}
