import { getRandomStream, startChild, workflowInfo } from '@temporalio/workflow';
import { NOTICE_WORKFLOW_TYPE, noticeOf, noticeWorkflowId } from '../domain/notice';
import type { RefundEvent } from '../domain/transition';
import { countEventAfter } from './recorded';
import type { Run } from './run';

/*
 * A notice is posted by a workflow of its own, so that no receiver holds up or fails a refund. Its start is a command: it is
 * sent with the event that it tells of, where attributes are written too, and never for the sake of a flag (docs/adr/004).
 */

/** Has a notice posted, if this event is told to anybody and the plan says that notices are. */
export function tell(run: Run, event: RefundEvent): void {
  const { notices } = run;
  const notice = notices.areOn ? noticeOf(run.state, event) : undefined;
  if (!notice) return;
  notices.begun += 1;
  // Chance that a replay repeats, and that a reset draws anew: a run that goes on tells its own waits. A stream of its own:
  // whoever traces draws from the common one, and a run must replay alike whether it is traced or not.
  const wait = `${notices.begun}-${getRandomStream('notices').uuid4().slice(0, 8)}`;
  const count = () => countEventAfter(run, workflowInfo().historyLength);
  const start = startChild(NOTICE_WORKFLOW_TYPE, {
    args: [notice],
    workflowId: noticeWorkflowId(notice, wait),
    // The end that is being told, or was, needs no second notice; one that failed or was stopped is told again.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    parentClosePolicy: 'ABANDON',
    cancellationType: 'ABANDON',
  });
  notices.starts.push(
    start.then((posting) => {
      count();
      void posting.result().then(count, count);
    }, count),
  );
}

/** Resolves once the server has begun every notice: one of a run that closes before would be lost. */
export async function noticesBegun({ notices }: Run): Promise<void> {
  await Promise.all(notices.starts);
}
