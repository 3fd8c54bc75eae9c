import { shownTime, shownTimeIn } from './clock';
import { hearNoMore, hearSigned } from './hearing';
import type { HearingEnd } from './hearing';
import { recordApprovalWait } from './metrics';
import { ignore, publish } from './publish';
import type { PlannedRun } from './run';
import { cameInTime, pause } from './waiting';

/** How long a decision that came together with the deadline is still taken in, in milliseconds. */
const GRACE_MS = 1_000;

/** What came of the question to a person. */
export type Verdict = 'goOn' | 'rejected' | 'expired';

/** Asks nobody: the plan needs no approval. */
export function skipApproval(run: PlannedRun): Verdict {
  if (run.state.approval) ignore(run, 'A decision came although none was needed.');
  delete run.state.approval;
  close(run);
  return 'goOn';
}

/** Asks a person; a cancel ends the waiting and is dealt with where the first leg would begin. */
export async function awaitApproval(run: PlannedRun): Promise<Verdict> {
  const { state, plan } = run;
  state.approval ??= { required: true, ...(plan.signedDecisions && { signed: true }), decision: null };
  state.status = 'awaitingApproval';
  state.waitingOn = 'approval';
  run.decideBefore = shownTimeIn(plan.policy.approvalTimeoutMs);
  publish(run);
  const asked = shownTime();
  const hear = plan.signedDecisions ? hearSigned : hearUnsigned;
  const heard = await hear(run, plan.policy.approvalTimeoutMs, 'Wait for a decision: it expires then');
  if (heard === 'expired') state.approval.decision = 'expired';
  recordApprovalWait(asked, shownTime(), state.approval.decision);
  await hearNoMore(run);
  close(run);
  if (heard === 'expired') return 'expired';
  return heard === 'decided' && state.approval.decision === 'rejected' ? 'rejected' : 'goOn';
}

async function hearUnsigned(run: PlannedRun, milliseconds: number, summary: string): Promise<HearingEnd> {
  const isDecided = () => run.state.approval?.decision !== null;
  const isAnswered = () => isDecided() || run.cancelRequested;
  await pause(milliseconds, isAnswered, summary);
  const inTime = await cameInTime(isAnswered, GRACE_MS, 'Wait for a decision: the last look');
  if (run.cancelRequested) return 'cancelled';
  return inTime || isDecided() ? 'decided' : 'expired';
}

/** From here on a decision is late; the first leg follows. */
function close(run: PlannedRun): void {
  run.decisionOpen = false;
  run.state.status = 'refunding';
  run.state.waitingOn = null;
  publish(run);
}
