import { allHandlersFinished, condition, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import { refusalOfDecision } from '../domain/decision';
import type { DecideMessage, DecisionContext, DecisionMessage } from '../domain/decision';
import type { Heard, HearingInput, RefundActivities } from '../domain/exchange';
import { shownTime } from './clock';
import { textOf } from './run';
import type { PlannedRun, Run, SignedDecision } from './run';
import { startTimer } from './waiting';

const { verifyDecision } = proxyLocalActivities<RefundActivities>({
  summary: 'Check a signed decision',
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumAttempts: 3 },
});

/** What a decision is checked against now. */
export function decisionContext({ request, state, decisionOpen, plan }: Run): DecisionContext {
  return {
    requestedBy: textOf(request, 'requestedBy'),
    approval: state.approval,
    open: decisionOpen,
    signed: plan?.signedDecisions ?? false,
  };
}

/** Records a decision that counts. */
export function record(run: Run, verb: DecideMessage['decision'], { by, note }: DecisionMessage): void {
  run.state.approval = {
    required: true,
    ...(run.plan?.signedDecisions && { signed: true }),
    decision: verb === 'approve' ? 'approved' : 'rejected',
    by,
    ...(note !== undefined && { note }),
    at: shownTime(),
  };
  if (run.state.waitingOn === 'approval') run.state.waitingOn = null;
}

/** Puts a signed decision in line for its check; answers why it does not count, or undefined when it does. */
export function queueForCheck(
  run: Run,
  verb: DecideMessage['decision'],
  message: DecisionMessage,
): Promise<string | undefined> {
  return new Promise((answer) => run.unheard.push({ verb, message, answer }));
}

/** What ended the waiting for a person. */
export type HearingEnd = 'decided' | 'cancelled' | 'expired';

/**
 * Hears signed decisions one by one, until one holds, a cancel comes or the time is up. The activity looks at what comes
 * next, and only its result is acted on: a replay may know of more at the same moment (docs/adr/004), and must still do
 * what was done.
 */
export async function hearSigned(
  run: PlannedRun,
  milliseconds: number,
  summary: string,
): Promise<HearingEnd> {
  const timer = startTimer(milliseconds, summary);
  for (;;) {
    await condition(() => run.unheard.length > 0 || run.cancelRequested || timer.fired);
    const heard = await hear(run, run.unheard[0], timer.fired ? 'expired' : 'cancelled');
    const isOver = heard.kind === 'cancelled' || heard.kind === 'expired';
    const next = isOver ? undefined : run.unheard.shift();
    if (next && heard.kind === 'accepted') record(run, next.verb, next.message);
    next?.answer(heard.kind === 'refused' ? heard.reason : undefined);
    if (heard.kind === 'refused') continue;
    timer.cancel();
    return isOver ? heard.kind : 'decided';
  }
}

/** From here on a decision is late. Whoever sent an update is answered before the run goes on. */
export async function hearNoMore(run: Run): Promise<void> {
  run.decisionOpen = false;
  for (const { message, answer } of run.unheard.splice(0)) {
    answer(refusalOfDecision(message, decisionContext(run)));
  }
  await condition(allHandlersFinished);
}

async function hear(
  { request }: Run,
  next: SignedDecision | undefined,
  otherwise: 'cancelled' | 'expired',
): Promise<Heard> {
  const { firstExecutionRunId: firstRunId } = workflowInfo();
  const input: HearingInput = next
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
