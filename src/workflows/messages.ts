import { ApplicationFailure, defaultPayloadConverter, rawValueTypeInfo } from '@temporalio/common';
import type { RawValue } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { FAILURES, MESSAGES } from '../domain/contract';
import { refusalOfDecide, refusalOfDecision } from '../domain/decision';
import type { DecideMessage, DecisionMessage } from '../domain/decision';
import { refusalOfResolution } from '../domain/resolution';
import type { ResolveLegMessage } from '../domain/resolution';
import type { RefundState } from '../domain/state';
import { shownTime } from './clock';
import { acceptedFor, ignore, textOf } from './run';
import type { Run } from './run';
import { applyResolution } from './resolve';

const raw = { typeInfo: { inputTypes: [rawValueTypeInfo] } };

/** Signal: a person approves. Taken raw, because an undecodable argument must not freeze the run. */
export const approveSignal = defineSignal<[RawValue]>(MESSAGES.approve, raw);
/** Signal: a person rejects. */
export const rejectSignal = defineSignal<[RawValue]>(MESSAGES.reject, raw);
/** Update: the same decision, answered with the state or refused. */
export const decideUpdate = defineUpdate<RefundState, [DecideMessage]>(MESSAGES.decide);
/** Update: an operator settles a parked leg. */
export const resolveLegUpdate = defineUpdate<RefundState, [ResolveLegMessage]>(MESSAGES.resolveLeg);
/** Query: where the refund stands, at any time. */
export const getRefundQuery = defineQuery<RefundState>(MESSAGES.getRefund);

/** Listens to people. Handlers only record what was said; the saga acts on it. */
export function listen(run: Run): void {
  const example = '{"by":"ana","note":"seen the ticket"}';
  setHandler(approveSignal, (argument) => decideBySignal(run, 'approve', argument), {
    description: `Approve this refund; not by whoever requested it. Example: ${example}`,
  });
  setHandler(rejectSignal, (argument) => decideBySignal(run, 'reject', argument), {
    description: `Reject this refund; nothing is sent. Example: ${example}`,
  });
  setHandler(decideUpdate, (message) => decide(run, message.decision, message), {
    validator: (message) =>
      refuse(FAILURES.decisionRefused, refusalOfDecide(message, decisionContext(run)), DECIDE),
    description: `Approve or reject, and be answered. Example: ${DECIDE}`,
  });
  setHandler(resolveLegUpdate, (message) => resolve(run, message), {
    validator: (message) => refuse(FAILURES.resolutionRefused, refusalOfResolve(run, message), RESOLVE),
    description: `Settle a parked leg; the current details name the outcomes it accepts. Example: ${RESOLVE}`,
  });
  setHandler(getRefundQuery, () => run.state, { description: 'Where this refund stands.' });
}

const DECIDE = '{"decision":"approve","by":"ana","note":"seen the ticket"}';
const RESOLVE =
  '{"leg":"cash","outcome":"retry","by":"ana","evidence":"no such refund in the provider\'s panel"}';

function decideBySignal(run: Run, decision: DecideMessage['decision'], argument: unknown): void {
  const message = readRaw(argument);
  const refusal = refusalOfDecision(message, decisionContext(run));
  if (refusal === undefined) decide(run, decision, message as DecisionMessage);
  else ignore(run, `${decision} at ${shownTime()}: ${refusal}`);
}

function decide(run: Run, decision: DecideMessage['decision'], { by, note }: DecisionMessage): RefundState {
  run.state.approval = {
    required: true,
    decision: decision === 'approve' ? 'approved' : 'rejected',
    by,
    ...(note !== undefined && { note }),
    at: shownTime(),
  };
  if (run.state.waitingOn === 'approval') run.state.waitingOn = null;
  return run.state;
}

function resolve(run: Run, message: ResolveLegMessage): RefundState {
  applyResolution(run, message, shownTime());
  return run.state;
}

function decisionContext({ request, state, decisionOpen }: Run) {
  return { requestedBy: textOf(request, 'requestedBy'), approval: state.approval, open: decisionOpen };
}

function refusalOfResolve(run: Run, message: unknown): string | undefined {
  const requestedBy = textOf(run.request, 'requestedBy');
  return refusalOfResolution(message, run.state, requestedBy, (leg) => acceptedFor(run, leg));
}

function refuse(type: string, refusal: string | undefined, example: string): void {
  if (refusal === undefined) return;
  throw ApplicationFailure.nonRetryable(
    `Refused, nothing was changed: ${refusal}. Example: ${example}`,
    type,
  );
}

/** An argument that cannot be decoded is as good as none. */
function readRaw(argument: unknown): unknown {
  try {
    return defaultPayloadConverter.fromPayload((argument as RawValue).payload);
  } catch {
    return undefined;
  }
}
