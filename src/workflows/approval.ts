import { allHandlersFinished, condition } from '@temporalio/workflow';
import { shownTime, shownTimeIn } from './clock';
import { recordApprovalWait } from './metrics';
import { ignore, publish } from './publish';
import type { PlannedRun } from './run';
import { cameInTime, pause } from './waiting';

/** How long a decision that came together with the deadline is still taken in, in milliseconds. */
const GRACE_MS = 1_000;
/** The same where it must be checked first: far longer than that takes. */
const SIGNED_GRACE_MS = 60_000;

/** What came of the question to a person. */
export type Verdict = 'goOn' | 'rejected' | 'expired';

/** Asks a person, when the plan says so; a cancel ends the waiting and is dealt with where the first leg would begin. */
export async function awaitApproval(run: PlannedRun): Promise<Verdict> {
  const { state, plan } = run;
  if (!plan.approvalRequired) {
    if (state.approval) ignore(run, 'A decision came although none was needed.');
    delete state.approval;
    close(run);
    return 'goOn';
  }
  state.approval ??= { required: true, ...(plan.signedDecisions && { signed: true }), decision: null };
  const answered = () => state.approval?.decision !== null || run.cancelRequested;
  state.status = 'awaitingApproval';
  state.waitingOn = 'approval';
  run.decideBefore = shownTimeIn(plan.policy.approvalTimeoutMs);
  publish(run);
  const asked = shownTime();
  await pause(plan.policy.approvalTimeoutMs, answered, 'Wait for a decision: it expires then');
  const grace = plan.signedDecisions ? SIGNED_GRACE_MS : GRACE_MS;
  if (!(await cameInTime(answered, grace, 'Wait for a decision: the last look')))
    state.approval.decision ??= 'expired';
  recordApprovalWait(asked, shownTime(), state.approval.decision);
  close(run);
  // Whoever sent an update that is still checked is answered before the run can end.
  if (plan.signedDecisions) await condition(allHandlersFinished);
  if (run.cancelRequested || state.approval.decision === 'approved') return 'goOn';
  return state.approval.decision === 'rejected' ? 'rejected' : 'expired';
}

/** From here on a decision is late; the first leg follows. */
function close(run: PlannedRun): void {
  run.decisionOpen = false;
  run.state.status = 'refunding';
  run.state.waitingOn = null;
  publish(run);
}
