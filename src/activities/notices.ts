import { Context } from '@temporalio/activity';
import type { PlanResult } from '../domain/activity-types';
import { workflowIdOf } from '../domain/contract';

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Says with the plan that others are told of this refund. Of a start that was refused they are told only under ids that
 * are ids: what stands in their place may be anything, or name a refund that is well.
 */
export function withNotices(result: PlanResult, request: unknown): PlanResult {
  const { refundId, orderId } = (request ?? {}) as Record<string, unknown>;
  const workflowId = Context.current().info.workflowExecution?.workflowId;
  const mayBeTold = isId(refundId) && isId(orderId) && workflowId === workflowIdOf(refundId);
  return mayBeTold ? { ...result, notices: true } : result;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}
