/** The names that order services, operators and tests lean on (design: public contract 3). */
export const WORKFLOW_TYPE = 'refundOrder';

/** The task queue of the workflow, unless `REFUND_TASK_QUEUE` names another. */
export const DEFAULT_TASK_QUEUE = 'refunds';

/** Names of the signals, the updates and the query. */
export const MESSAGES = {
  approve: 'approve',
  reject: 'reject',
  decide: 'decide',
  resolveLeg: 'resolveLeg',
  getRefund: 'getRefund',
  getBriefing: 'getBriefing',
} as const;

/** Search attributes and their types; no personal data is ever put in them. */
export const SEARCH_ATTRIBUTES = {
  RefundStatus: 'KEYWORD',
  RefundOrderId: 'KEYWORD',
  RefundWaitingOn: 'KEYWORD',
  RefundNeedsAttention: 'BOOL',
} as const;

/** Types of the failures that callers can meet. */
export const FAILURES = {
  invalidRequest: 'InvalidRefundRequest',
  decisionRefused: 'DecisionRefused',
  resolutionRefused: 'ResolutionRefused',
} as const;

/** The key of the memo entry that holds the hash of the request's content. */
export const REQUEST_HASH_MEMO = 'requestHash';

/** The workflow id of a refund; a run under any other id fails as invalid. */
export function workflowIdOf(refundId: string): string {
  return `refund:${refundId}`;
}
