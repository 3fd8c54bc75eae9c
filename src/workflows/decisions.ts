import { defaultPayloadConverter } from '@temporalio/common';
import type { RawValue } from '@temporalio/common';
import { CancellationScope, patched } from '@temporalio/workflow';
import { FAILURES } from '../domain/contract';
import { refusalOfDecision } from '../domain/decision';
import type { DecideMessage, DecisionMessage } from '../domain/decision';
import { acceptedDecision } from '../domain/examples';
import type { RefundState } from '../domain/state';
import { shownTime } from './clock';
import { decisionContext, queueForCheck, record } from './hearing';
import { ignore } from './publish';
import { refuse } from './refusals';
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
    void queueForCheck(run, verb, message as DecisionMessage).then(
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
  refuseDecision(run, await queueForCheck(run, message.decision, message));
  return run.state;
}

/** An argument that cannot be decoded is as good as none. */
function readRaw(argument: unknown): unknown {
  try {
    return defaultPayloadConverter.fromPayload((argument as RawValue).payload);
  } catch {
    return undefined;
  }
}
