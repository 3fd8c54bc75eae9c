import { workflowIdOf } from '../domain/contract';
import { rowOf } from './overview';
import type { RefundRow } from './overview';
import { isId } from './shell';
import type { Access } from './temporal-calls';
import { describeRun } from './temporal-calls';
import { newestRuns } from './visibility';

/** Nobody starts one refund more often, or resets it. */
const MOST = 100;

/**
 * The runs under the id of a refund that came before its newest one, the newest first: before a reset, or of another start.
 * Starts that were refused as invalid are left out, because they sent nothing.
 */
export async function olderRuns(access: Access, refundId: string): Promise<RefundRow[]> {
  if (!isId(refundId)) return [];
  const { runId } = await describeRun(access, refundId);
  const runs = await newestRuns(access, `WorkflowId = '${workflowIdOf(refundId)}'`, MOST);
  return runs.map(rowOf).filter((row) => row.runId !== runId && row.status !== 'invalid');
}
