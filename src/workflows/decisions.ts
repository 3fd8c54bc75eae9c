import { CancellationScope } from '@temporalio/workflow';
import { FAILURES, JUST_NOW } from '../domain/contract';
import { OF_DECISIONS, refusalOfChecks, refusalOfDecide, refusalOfDecision } from '../domain/decision';
import type { DecideMessage, DecisionMessage } from '../domain/decision';
import { acceptedDecision } from '../domain/examples';
import type { RefundState } from '../domain/state';
import { count, decisionContext, queueForCheck } from './pending-decisions';
import { throwIfLocked } from './payload-converter';
import { ignore } from './publish';
import { countEventBetween, isRecorded } from './recorded';
import { refuse, refuseForNow } from './refusals';
import { shownTime } from './replay-safe';
import type { Run } from './run';

type Verb = DecideMessage['decision'];

/** Takes in a decision that gets no reply. */
export function takeSignal(run: Run, verb: Verb, argument: unknown): void {
  countEventBetween(run);
  decideBySignal(run, verb, argument);
}

/** It counts, or is listed with the reason why not; before the plan nobody can say which. */
function decideBySignal(run: Run, verb: Verb, argument: unknown): void {
  if (!run.refundPlan && run.decisions.isOpen) {
    run.decisions.early.push(() => decideBySignal(run, verb, argument));
    return;
  }
  const at = shownTime();
  const list = (refusal: string) => ignore(run, `${verb} at ${at}: ${refusal}`);
  const refusal = refusalNow(run, argument);
  if (refusal !== undefined) list(refusal);
  else if (!run.refundPlan?.policy.signed) count(run, verb, argument as DecisionMessage);
  else
    void queueForCheck(run, verb, argument as DecisionMessage).then(
      (reason) => reason === undefined || list(reason),
    );
}

/** Lets an update through whose decision may count, and refuses every other. */
export function validateDecide(run: Run, message: unknown): void {
  throwIfLocked(message);
  const context = decisionContext(run);
  refuseDecision(run, refusalOfDecide(message, context) ?? refusalOfCheck(run) ?? refusalOfHaste(run));
  if (run.marks.asked !== null && !isRecorded(run, 'asked'))
    refuseForNow(FAILURES.decisionRefused, JUST_NOW.asked);
  if (!isRecorded(run, 'interrupted')) refuseForNow(FAILURES.decisionRefused, JUST_NOW.interrupted);
}

/** The same for an update that the validator accepted: the reply is the state, or a refusal. */
export function decideByUpdate(run: Run, message: DecideMessage): RefundState | Promise<RefundState> {
  return run.refundPlan ? decide(run, message) : decideOncePlanned(run, message);
}

function decide(run: Run, message: DecideMessage): RefundState | Promise<RefundState> {
  if (run.refundPlan?.policy.signed) return decideOnceChecked(run, message);
  count(run, message.decision, message);
  return run.state;
}

async function decideOncePlanned(run: Run, message: DecideMessage): Promise<RefundState> {
  return CancellationScope.nonCancellable(async () => {
    // Woken by the plan itself, not by a condition, so that the reply comes at the same place in every replay.
    await new Promise<void>((resolve) => run.decisions.early.push(resolve));
    refuseDecision(run, refusalNow(run, message));
    return decide(run, message);
  });
}

async function decideOnceChecked(run: Run, message: DecideMessage): Promise<RefundState> {
  refuseDecision(run, await queueForCheck(run, message.decision, message));
  return run.state;
}

function refusalNow(run: Run, message: unknown): string | undefined {
  if (run.state.status === 'invalid') return 'the request of this refund is invalid';
  const isUnseen = run.refundPlan?.approval?.repeats !== undefined && run.state.approval === undefined;
  if (isUnseen) return UNSEEN;
  return refusalOfDecision(message, decisionContext(run)) ?? refusalOfCheck(run);
}

/** Also of a decision of before a reset, which was about a question that did not show it. */
const UNSEEN =
  'the question shows another refund of the order with the same amount, which this decision came before; decide again, now that it is shown';

function refusalOfCheck({ refundPlan, decisions: { pending, statements } }: Run): string | undefined {
  return (
    refundPlan?.policy.signed && refusalOfChecks({ waiting: pending.length, inAll: statements }, OF_DECISIONS)
  );
}

/** Between plan and question the saga works on events that a query may have taken in ahead of their task. */
function refusalOfHaste({ refundPlan, marks }: Run): string | undefined {
  return refundPlan && marks.asked === null ? NOT_ASKED_YET : undefined;
}

const NOT_ASKED_YET = 'a provider is still being asked; send it again once the refund awaits approval';

function refuseDecision(run: Run, refusal: string | undefined): void {
  refuse(FAILURES.decisionRefused, refusal, () => acceptedDecision(decisionContext(run)));
}
