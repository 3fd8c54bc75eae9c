import { ActivityFailure, ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common';
import type { Duration } from '@temporalio/common';
import { isCancellation, proxyActivities, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '../domain/contract';
import { noticeQueue, UNDELIVERED, webhookId } from '../domain/notice';
import type { NoticeActivities, NoticeContent } from '../domain/notice';
import { throwIfLocked } from './payload-converter';

const STATUS = defineSearchAttributeKey('RefundStatus', SEARCH_ATTRIBUTES.RefundStatus);

/** How long a notice may be on its way before people are told of it. */
const OVERDUE_AFTER = '3 days';

/**
 * Posts one notice until its receiver has taken it, however long that takes. Where it goes and with what it is signed only
 * the workers know that poll the queue of notices.
 */
export async function notifyRefund(content: NoticeContent | null | undefined): Promise<void> {
  throwIfLocked(content);
  try {
    await deliver(content ?? {}, { scheduleToCloseTimeout: OVERDUE_AFTER });
  } catch (error) {
    if (!isOverdue(error)) throw error;
    upsertSearchAttributes([{ key: STATUS, value: UNDELIVERED }]);
    await deliver(content ?? {}, {});
  }
}

/** What somebody else started it with may be anything: the activity posts nothing but notices. */
function deliver(
  content: Partial<NoticeContent>,
  limit: { scheduleToCloseTimeout?: Duration },
): Promise<void> {
  const { taskQueue, workflowId, startTime } = workflowInfo();
  const { deliverNotice } = proxyActivities<NoticeActivities>({
    ...limit,
    summary: 'Post the notice',
    taskQueue: noticeQueue(taskQueue),
    startToCloseTimeout: '20s',
    cancellationType: 'TRY_CANCEL',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1h' },
  });
  const notice = { ...content, timestamp: startTime.toISOString() };
  return deliverNotice({ id: webhookId(workflowId), notice });
}

/** Neither stopped by somebody nor refused by our own activity. */
function isOverdue(error: unknown): boolean {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) return false;
  return !(error.cause instanceof ApplicationFailure && error.cause.nonRetryable === true);
}
