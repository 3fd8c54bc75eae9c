import { ApplicationFailure, metricMeter } from '@temporalio/activity';
import { METRICS } from '../domain/metrics';
import { NOTICE_TYPES } from '../domain/notice';
import type { Notice, NoticeActivities } from '../domain/notice';
import type { PostNotice, PostResult } from '../notices/post';

/** What a `webhook-id` of ours is made of; anybody may have started a workflow under another one. */
const OUR_WEBHOOK_ID = /^notice:[A-Za-z0-9:_-]{1,160}$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const WORD = /^[A-Za-z]{1,40}$/;
const REASON = /^[A-Za-z]{1,40}(?::[A-Za-z]{1,40})?$/;

/** "Send no more", says the receiver: it is asked again, but no sooner than at the longest interval. */
const GONE = 410;

/** The activity that posts notices through this function. */
export function createNoticeActivities(post: PostNotice): NoticeActivities {
  return {
    deliverNotice: async (input) => {
      const { id, notice } = input;
      if (!isWebhookId(id) || !isNotice(notice))
        throw ApplicationFailure.nonRetryable(
          'This is no notice of a refund; nothing was posted.',
          'NoNotice',
        );
      const result = await post(id, bodyOf(notice));
      count(notice, result);
      if (result.kind === 'taken') return;
      throw ApplicationFailure.create({
        type: 'NoticeNotTaken',
        message: messageOf(result),
        ...(result.kind === 'refused' && result.status === GONE && { nextRetryDelay: '1h' }),
      });
    },
  };
}

function isWebhookId(id: unknown): boolean {
  return matches(OUR_WEBHOOK_ID, id);
}

/** Ids and words of ours, and nothing else. */
function isNotice(notice: Partial<Notice>): notice is Notice {
  const { type, timestamp, data } = notice;
  const { refundId, orderId, status, reason } = (data ?? {}) as Partial<Record<string, unknown>>;
  return (
    (NOTICE_TYPES as readonly unknown[]).includes(type) &&
    !Number.isNaN(Date.parse(timestamp ?? '')) &&
    matches(ID, refundId) &&
    matches(ID, orderId) &&
    matches(WORD, status) &&
    (reason === null || matches(REASON, reason))
  );
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** The same text on every attempt. */
function bodyOf({ type, timestamp, data: { refundId, orderId, status, reason } }: Notice): string {
  return JSON.stringify({ type, timestamp, data: { refundId, orderId, status, reason } });
}

function messageOf(result: Exclude<PostResult, { kind: 'taken' }>): string {
  if (result.kind === 'unanswered')
    return `The receiver did not take the notice: ${result.why}. It is posted again.`;
  const { status } = result;
  const why = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  return `The receiver answered ${status}${why}; the notice is posted again.`;
}

function count({ type }: Notice, { kind }: PostResult): void {
  const { name, help } = METRICS.noticeAttempts;
  metricMeter.createCounter(name, undefined, help).add(1, { type, result: kind });
}
