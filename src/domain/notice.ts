import { attentionReason } from './state';
import type { RefundState, RefundStatus } from './state';
import type { RefundEvent } from './transition';

/** What a receiver is told: that a refund ended, or that it began to wait for a person, or still does. */
export const NOTICE_TYPES = [
  'refund.ended',
  'refund.parked',
  'refund.awaitingApproval',
  'refund.reminder',
] as const;
/** One of them. */
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Which refund a notice is about, and where it stood then. Ids and words of ours: nothing personal. */
export interface NoticeData {
  refundId: string;
  orderId: string;
  status: RefundStatus;
  /** `approval`, or `<provider>:<code>` of the parked leg; null at the end. */
  reason: string | null;
}

/** The body of a notice. */
export interface Notice {
  type: NoticeType;
  /** When it happened, ISO 8601. */
  timestamp: string;
  data: NoticeData;
}

/** What the workflow that posts a notice is started with. */
export type NoticeContent = Omit<Notice, 'timestamp'>;

/** What the activity that posts it is given; `id` is the same on every attempt. */
export interface NoticeInput {
  id: string;
  notice: Partial<Notice>;
}

/** The activity of the workers that know where notices go. */
export interface NoticeActivities {
  deliverNotice: (input: NoticeInput) => Promise<void>;
}

/** The workflow type that posts one notice. */
export const NOTICE_WORKFLOW_TYPE = 'notifyRefund';

/** `RefundStatus` of a notice that could not be delivered for three days. */
export const UNDELIVERED = 'undelivered';

/** The queue that only workers poll which know where notices go. */
export function noticeQueue(taskQueue: string): string {
  return `${taskQueue}-notices`;
}

/** What is to be told of an event, with the state that it led to; undefined for all that nobody waits for. */
export function noticeOf(state: RefundState, event: RefundEvent): NoticeContent | undefined {
  switch (event.type) {
    case 'asked':
      return contentOf(state, 'refund.awaitingApproval');
    case 'parked':
      return contentOf(state, 'refund.parked');
    case 'ended':
    case 'foundInvalid':
      return contentOf(state, 'refund.ended');
    default:
      return undefined;
  }
}

/**
 * The id of the workflow that posts a notice. How a refund ended is one fact, also in a run that was reset, so that it is
 * told once; each wait for a person is a fact of its own, in that run and in no other.
 * @param wait what tells this wait from all others of the refund
 */
export function noticeWorkflowId({ type, data }: NoticeContent, wait: string): string {
  return `notice:${data.refundId}:${type === 'refund.ended' ? `ended:${data.status}` : wait}`;
}

/** What is to be told of a refund that still waits for a person; undefined where it is not known for what, or of which order. */
export function reminderOf(refund: { [Name in keyof NoticeData]: NoticeData[Name] | null }):
  NoticeContent | undefined {
  const { refundId, orderId, status, reason } = refund;
  if (refundId === null || orderId === null || status === null || reason === null) return undefined;
  return { type: 'refund.reminder', data: { refundId, orderId, status, reason } };
}

/** What the ids of all workflows begin with that post a reminder of this refund. */
export function reminderPrefix(refundId: string): string {
  return `notice:${refundId}:reminder:`;
}

/**
 * The id of the workflow that posts a reminder: the same for whoever reminds of this wait, however often.
 * @param since when the wait began, ISO 8601: it tells it from all others of the refund
 * @param step 1 for the first reminder of it
 */
export function reminderWorkflowId(refundId: string, since: string, step: number): string {
  return `${reminderPrefix(refundId)}${Date.parse(since)}:${step}`;
}

/** The `webhook-id` of the notice that this workflow posts: what is signed is divided by full stops, and it may hold none. */
export function webhookId(workflowId: string): string {
  return workflowId.replaceAll('.', ':');
}

function contentOf(state: RefundState, type: NoticeType): NoticeContent {
  const { refundId, orderId, status } = state;
  return { type, data: { refundId, orderId, status, reason: attentionReason(state) } };
}
