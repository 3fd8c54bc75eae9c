/** The names that order services, operators and tests lean on (design: public contract 3). */
export const WORKFLOW_TYPE = 'refundOrder';

/** The workflow that knows what the refunds of one order hold and have moved. */
export const ORDER_WORKFLOW_TYPE = 'orderLock';

/** Names of the messages of an order's workflow; `reserve` and `endRefund` are the saga's own. */
export const ORDER_MESSAGES = {
  reserve: 'reserve',
  endRefund: 'endRefund',
  releaseHold: 'releaseHold',
  getOrder: 'getOrder',
} as const;

/** The workflow whose running is the stop of a provider, and the update that ends it. */
export const STOP_WORKFLOW_TYPE = 'stopProvider';
export const STOP_MESSAGES = { resume: 'resume' } as const;

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
  RefundReason: 'KEYWORD',
} as const;

/** Types of the failures that callers can meet. */
export const FAILURES = {
  invalidRequest: 'InvalidRefundRequest',
  decisionRefused: 'DecisionRefused',
  resolutionRefused: 'ResolutionRefused',
  reservationRefused: 'ReservationRefused',
  releaseRefused: 'ReleaseRefused',
  resumeRefused: 'ResumeRefused',
  /** Of an activity whose worker could not read its input: it has sent nothing. */
  notDecodable: 'PayloadNotDecodable',
} as const;

/**
 * The one detail of a refusal that will not come again: the workflow task that parked the leg, or asked the question, is
 * not in the history yet. Whoever sent the update sends it again, at once and unchanged.
 */
export const SEND_AGAIN = 'sendAgain';

/** What such a refusal says. */
export const JUST_NOW = {
  parked: 'the leg was just parked, send it again',
  asked: 'the question was just asked, send it again',
  checking: 'another word about this leg is being checked, send it again',
  interrupted: 'a cancel or a reset just came, send it again',
} as const;

/** The workflow id of a refund; a run under any other id fails as invalid. */
export function workflowIdOf(refundId: string): string {
  return `refund:${refundId}`;
}

/** The workflow id of an order. */
export function orderWorkflowIdOf(orderId: string): string {
  return `order:${orderId}`;
}

/** The queue of the workers that serve orders: a plan that waits for its order must not hold what the order needs. */
export function ordersQueueOf(taskQueue: string): string {
  return `${taskQueue}-orders`;
}
