import { defaultPayloadConverter } from '@temporalio/common';
import type { RawValue } from '@temporalio/common';
import { CancellationScope, patched } from '@temporalio/workflow';
import { FAILURES } from '../domain/contract';
import { refusalOfDecision } from '../domain/decision';
import type { DecideMessage, DecisionContext, DecisionMessage } from '../domain/decision';
import { acceptedDecision } from '../domain/examples';
import type { RefundState } from '../domain/state';
import { checkDecision } from './calls';
import { shownTime } from './clock';
import { ignore } from './publish';
import { refuse } from './refusals';
import { textOf } from './run';
import type { Run } from './run';

/** The most signals whose statement is checked; updates are counted by the server. */
const MOST_CHECKED_SIGNALS = 100;

type Verb = DecideMessage['decision'];

/** A decision that nobody answers: it counts, or is listed with the reason why not. */
export function decideBySignal(run: Run, verb: Verb, argument: unknown): void {
  if (!run.plan) {
    run.early.push(() => decideBySignal(run, verb, argument));
    return;
  }
  const at = shownTime();
  const list = (refusal: string) => ignore(run, `${verb} at ${at}: ${refusal}`);
  const message = readRaw(argument);
  const refusal = refusalOfDecision(message, decisionContext(run)) ?? refusalOfFlood(run);
  if (refusal !== undefined) list(refusal);
  else if (!run.plan.signedDecisions) record(run, verb, message as DecisionMessage);
  else {
    run.checkedSignals += 1;
    void recordOnceChecked(run, verb, message as DecisionMessage).then(
      (reason) => reason === undefined || list(reason),
    );
  }
}

/** The same as an update that the validator let through: answered with the state, or refused. */
export function decideByUpdate(run: Run, message: DecideMessage): RefundState | Promise<RefundState> {
  // Only the plan says whether it must be signed. Earlier code did not wait for it.
  if (!run.plan && patched('decide-waits-for-plan')) return decideOncePlanned(run, message);
  return decide(run, message);
}

function decide(run: Run, message: DecideMessage): RefundState | Promise<RefundState> {
  if (run.plan?.signedDecisions) return decideOnceChecked(run, message);
  record(run, message.decision, message);
  return run.state;
}

/** What a decision is checked against now. */
export function decisionContext({ request, state, decisionOpen, plan }: Run): DecisionContext {
  return {
    requestedBy: textOf(request, 'requestedBy'),
    approval: state.approval,
    open: decisionOpen,
    signed: plan?.signedDecisions ?? false,
  };
}

/** Refuses a decision that came as an update, if there is a reason to. */
export function refuseDecision(run: Run, refusal: string | undefined): void {
  refuse(FAILURES.decisionRefused, refusal, () => acceptedDecision(decisionContext(run)));
}

function refusalOfFlood({ plan, checkedSignals }: Run): string | undefined {
  return plan?.signedDecisions && checkedSignals >= MOST_CHECKED_SIGNALS ? TOO_MANY : undefined;
}

const TOO_MANY = 'no more are checked by signal; send the update decide';

async function decideOncePlanned(run: Run, message: DecideMessage): Promise<RefundState> {
  return CancellationScope.nonCancellable(async () => {
    // Woken by the plan itself, and not by a condition: what is answered then comes at the same place in every replay.
    await new Promise<void>((resolve) => run.early.push(resolve));
    const invalid = run.plan ? undefined : 'the request of this refund is invalid';
    refuseDecision(run, invalid ?? refusalOfDecision(message, decisionContext(run)));
    return decide(run, message);
  });
}

async function decideOnceChecked(run: Run, message: DecideMessage): Promise<RefundState> {
  refuseDecision(run, await recordOnceChecked(run, message.decision, message));
  return run.state;
}

/** Records a signed decision if its statement holds; answers why not otherwise. Never rejects. */
async function recordOnceChecked(
  run: Run,
  verb: Verb,
  message: DecisionMessage,
): Promise<string | undefined> {
  // A cancel is a wish and must not cut this off.
  const verdict = await CancellationScope.nonCancellable(() => checkDecision(run, verb, message));
  // Meanwhile another may have decided, or the time may be up.
  const refusal =
    verdict.kind === 'refused' ? verdict.reason : refusalOfDecision(message, decisionContext(run));
  if (refusal === undefined) record(run, verb, message);
  return refusal;
}

function record(run: Run, verb: Verb, { by, note }: DecisionMessage): void {
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

/** An argument that cannot be decoded is as good as none. */
function readRaw(argument: unknown): unknown {
  try {
    return defaultPayloadConverter.fromPayload((argument as RawValue).payload);
  } catch {
    return undefined;
  }
}
