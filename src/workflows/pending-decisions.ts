import { allHandlersFinished, condition, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import { refusalOfDecision } from '../domain/decision';
import type { DecideMessage, DecisionContext, DecisionMessage } from '../domain/decision';
import type { DecisionCheck, DecisionCheckInput, RefundActivities } from '../domain/activity-types';
import { record } from './record';
import { shownTime, startTimer } from './replay-safe';
import { textOf } from './run';
import type { PlannedRun, Run, SignedDecision } from './run';

const { verifyDecision } = proxyLocalActivities<RefundActivities>({
  summary: 'Check a signed decision',
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumAttempts: 3 },
});

/** What a decision is checked against now. */
export function decisionContext({ request, state, decisions, refundPlan }: Run): DecisionContext {
  const isAsked = refundPlan?.approval !== undefined && !refundPlan.refusals?.length;
  return {
    refundId: textOf(request, 'refundId'),
    requestedBy: textOf(request, 'requestedBy'),
    approval: state.approval,
    open: decisions.isOpen,
    needed: refundPlan ? (isAsked ? 'yes' : 'no') : 'unknown',
    signed: refundPlan?.policy.signed ?? false,
  };
}

/** Records a decision that counts. */
export function count(run: Run, verb: DecideMessage['decision'], { by, note }: DecisionMessage): void {
  record(run, {
    type: 'decided',
    decision: verb === 'approve' ? 'approved' : 'rejected',
    signed: run.refundPlan?.policy.signed ?? false,
    by,
    note: typeof note === 'string' ? note : null,
    at: shownTime(),
  });
}

/** Queues a signed decision for its check; resolves to the reason why it does not count, or undefined when it does. */
export function queueForCheck(
  run: Run,
  verb: DecideMessage['decision'],
  message: DecisionMessage,
): Promise<string | undefined> {
  const { decisions } = run;
  decisions.statements += 1;
  return new Promise((reply) => decisions.pending.push({ verb, message, reply }));
}

/** What ended the waiting for a person. */
export type DecisionWait = 'decided' | 'cancelled' | 'expired';

/**
 * Checks signed decisions one by one, until one is accepted, a cancel comes or the time is up. The activity looks at what comes
 * next, and only its result is acted on: a replay may know of more at the same moment (docs/adr/004), and must still do
 * what was done.
 */
export async function awaitSignedDecision(
  run: PlannedRun,
  milliseconds: number,
  summary: string,
): Promise<DecisionWait> {
  const timer = startTimer(milliseconds, summary);
  const { pending } = run.decisions;
  for (;;) {
    await condition(() => pending.length > 0 || run.cancelRequested || timer.fired);
    const check = await checkNextDecision(run, pending[0], timer.fired ? 'expired' : 'cancelled');
    const isOver = check.kind === 'cancelled' || check.kind === 'expired';
    const next = isOver ? undefined : pending.shift();
    if (next && check.kind === 'accepted') count(run, next.verb, next.message);
    next?.reply(check.kind === 'refused' ? check.reason : undefined);
    if (check.kind === 'refused') continue;
    timer.cancel();
    return isOver ? check.kind : 'decided';
  }
}

/** From here on a decision is late. The senders of open updates get their reply before the run continues. */
export async function closeDecisions(run: Run): Promise<void> {
  const { decisions } = run;
  decisions.isOpen = false;
  for (const { message, reply } of decisions.pending.splice(0)) {
    reply(refusalOfDecision(message, decisionContext(run)));
  }
  await condition(allHandlersFinished);
}

async function checkNextDecision(
  { request }: Run,
  next: SignedDecision | undefined,
  otherwise: 'cancelled' | 'expired',
): Promise<DecisionCheck> {
  const { firstExecutionRunId: firstRunId } = workflowInfo();
  const input: DecisionCheckInput = next
    ? {
        request,
        firstRunId,
        decision: next.verb,
        by: next.message.by,
        statement: next.message.statement ?? '',
      }
    : { otherwise };
  return verifyDecision(input).catch(() => ({
    kind: 'refused',
    reason: 'it could not be checked just now; send it again',
  }));
}
