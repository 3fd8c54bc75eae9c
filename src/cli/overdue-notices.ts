import type { OverdueNotice } from '../client/operator';
import { idInCommand, quoted } from '../client/shell';
import { timeWithAge } from './ages';
import { showNext } from './next';
import { plain } from './text';

/** An overdue notice, with what it means and the commands to send next. */
export type NoticeFinding = OverdueNotice & {
  kind: 'notTold';
  since: string;
  meaning: string;
  next: string[];
};

/** Adds to an overdue notice what it means and what to do. */
export function noticeFinding(notice: OverdueNotice): NoticeFinding {
  const { refundId, workflowId, startedAt } = notice;
  const workflow = quoted(workflowId, 'WORKFLOW_ID');
  return {
    kind: 'notTold',
    ...notice,
    since: startedAt,
    meaning:
      'The refund and its money are not affected: only whoever is at NOTIFY_URL has not heard of it. It is posted again ' +
      'every hour until it is taken.',
    next: [
      `temporal workflow describe --workflow-id ${workflow}   (what the last attempt met; none: no worker has NOTIFY_URL)`,
      `refund show ${idInCommand(refundId)}   (what the receiver does not know)`,
      `temporal workflow terminate --workflow-id ${workflow}   (if nobody needs to be told any more)`,
    ],
  };
}

/** An overdue notice, in words. */
export function showNotice({ refundId, since, meaning, next }: NoticeFinding): string {
  const lines = [
    plain(`A notice of refund ${refundId} has not been taken by its receiver since ${timeWithAge(since)}.`),
    `  ${meaning}`,
    ...next.map(showNext),
  ];
  return lines.join('\n');
}
