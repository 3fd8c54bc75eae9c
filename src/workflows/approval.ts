import type { ApprovalPlan } from '../domain/plan';
import { closeDecisions, awaitSignedDecision } from './pending-decisions';
import type { DecisionWait } from './pending-decisions';
import { recordApprovalWait } from './metrics';
import { record } from './record';
import { markMoment } from './recorded';
import type { PlannedRun } from './run';
import { cameInTime, pause, shownTime, shownTimeIn } from './replay-safe';

/** How long a decision that came together with the deadline is still taken in, in milliseconds. */
const GRACE_MS = 1_000;

/** What came of the question to a person. */
export type ApprovalOutcome = 'goOn' | 'rejected' | 'expired';

/** Asks nobody: the plan needs no approval. */
export function skipApproval(run: PlannedRun): ApprovalOutcome {
  close(run);
  return 'goOn';
}

/** Asks a person; a cancel ends the waiting and is dealt with where the first leg would begin. */
export async function awaitApproval(run: PlannedRun, { timeoutMs }: ApprovalPlan): Promise<ApprovalOutcome> {
  markMoment(run, 'asked');
  run.shown.decideBefore = shownTimeIn(timeoutMs);
  const { signed = false } = run.refundPlan.policy;
  record(run, { type: 'asked', signed });
  const asked = shownTime();
  const wait = signed ? awaitSignedDecision : awaitUnsignedDecision;
  const outcome = await wait(
    run,
    timeoutMs,
    'Waiting for a person to approve or reject, until the question expires',
  );
  if (outcome === 'expired') record(run, { type: 'expired' });
  const decision = run.state.approval?.decision ?? null;
  recordApprovalWait(asked, shownTime(), decision);
  await closeDecisions(run);
  close(run);
  if (outcome === 'expired') return 'expired';
  // A no that came together with a cancel is a no all the same.
  return decision === 'rejected' ? 'rejected' : 'goOn';
}

async function awaitUnsignedDecision(
  run: PlannedRun,
  milliseconds: number,
  summary: string,
): Promise<DecisionWait> {
  const isDecided = () => run.state.approval?.decision !== null;
  const isAnswered = () => isDecided() || run.cancelRequested;
  await pause(milliseconds, isAnswered, summary);
  // A query may have taken in the timer ahead of its task; no update is accepted in between.
  markMoment(run, 'asked');
  const inTime = await cameInTime(isAnswered, GRACE_MS, 'Wait for a decision that came at the last moment');
  if (run.cancelRequested) return 'cancelled';
  return inTime || isDecided() ? 'decided' : 'expired';
}

/** From here on a decision is late; the first leg follows. */
function close(run: PlannedRun): void {
  run.decisions.isOpen = false;
  record(run, { type: 'wentForward' });
}
