import { NOTICE_WORKFLOW_TYPE, UNDELIVERED } from '../../domain/notice';
import { oldestOf } from '../oldest';
import { rowOf } from '../overview';
import { isId } from '../shell';
import type { Access } from '../temporal-calls';
import { eachRun, OPEN } from '../visibility';

/** A notice that its receiver has not taken for three days; it is still posted. */
export interface OverdueNotice {
  /** The refund that it tells of. */
  refundId: string;
  /** The workflow that posts it. */
  workflowId: string;
  runId: string;
  /** When it was first posted, ISO 8601. */
  startedAt: string;
}

/** The oldest of the overdue notices, and how many there are. */
export interface OverdueNotices {
  oldest: OverdueNotice[];
  total: number;
}

const QUERY = `WorkflowType = '${NOTICE_WORKFLOW_TYPE}' AND ${OPEN} AND RefundStatus = '${UNDELIVERED}'`;

/** A receiver that is gone is one trouble, however many notices wait for it. */
const MOST_TOLD = 100;

/** Finds the notices that could not be delivered for three days; needs no worker. */
export function overdueNotices(access: Access): Promise<OverdueNotices> {
  return oldestOf(overdue(access), MOST_TOLD);
}

async function* overdue(access: Access): AsyncGenerator<OverdueNotice> {
  for await (const run of eachRun(access, QUERY)) {
    const { workflowId, runId, startedAt } = rowOf(run);
    yield { refundId: refundIdOf(workflowId), workflowId, runId, startedAt };
  }
}

/** Anybody may have started a workflow under any id. */
function refundIdOf(workflowId: string): string {
  const [, refundId = ''] = workflowId.split(':');
  return isId(refundId) ? refundId : '';
}
