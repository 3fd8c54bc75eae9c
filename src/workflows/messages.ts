import { ApplicationFailure, defaultPayloadConverter, rawValueTypeInfo } from '@temporalio/common';
import type { RawValue } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Briefing } from '../domain/briefing';
import { DECISION_CONSEQUENCES } from '../domain/consequences';
import { FAILURES, MESSAGES } from '../domain/contract';
import { refusalOfDecide, refusalOfDecision } from '../domain/decision';
import type { DecideMessage, DecisionMessage } from '../domain/decision';
import { acceptedDecision, acceptedResolution, EXAMPLES } from '../domain/examples';
import type { LegName } from '../domain/plan';
import { refusalOfResolution } from '../domain/resolution';
import type { ResolveLegMessage } from '../domain/resolution';
import type { RefundState } from '../domain/state';
import { shownTime } from './clock';
import { briefingOf, choicesFor } from './briefing';
import { ignore } from './publish';
import { textOf } from './run';
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
/** Query: what a person needs beside that to decide or to settle. */
export const getBriefingQuery = defineQuery<Briefing>(MESSAGES.getBriefing);

/** Listens to people. Handlers only record what was said; the saga acts on it. */
export function listen(run: Run): void {
  setHandler(approveSignal, (argument) => decideBySignal(run, 'approve', argument), {
    description: `Approve: ${DECISION_CONSEQUENCES.approve}. Not by whoever requested it, and not answered: better send the update decide. Example: ${EXAMPLES.signal}`,
  });
  setHandler(rejectSignal, (argument) => decideBySignal(run, 'reject', argument), {
    description: `Reject: ${DECISION_CONSEQUENCES.reject}. Not answered: better send the update decide. Example: ${EXAMPLES.signal}`,
  });
  setHandler(decideUpdate, (message) => decide(run, message.decision, message), {
    validator: (message) => refuseDecision(run, message),
    description: `Approve or reject this refund, and be answered; not by whoever requested it. Example: ${EXAMPLES.decide}`,
  });
  setHandler(resolveLegUpdate, (message) => resolve(run, message), {
    validator: (message) => refuseResolution(run, message),
    description: `Settle a parked leg, after you looked at its provider; the current details name the outcomes it accepts and what each does. Example: ${EXAMPLES.resolveLeg}`,
  });
  setHandler(getRefundQuery, () => run.state, {
    description: 'Where this refund stands, as its result will be. Takes no argument.',
  });
  setHandler(getBriefingQuery, () => briefingOf(run), {
    description:
      'What a person needs beside getRefund: amounts, what to look for, what each parked leg accepts. Takes no argument.',
  });
}

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

function refuseDecision(run: Run, message: unknown): void {
  const context = decisionContext(run);
  refuse(FAILURES.decisionRefused, refusalOfDecide(message, context), () => acceptedDecision(context));
}

function refuseResolution(run: Run, message: unknown): void {
  const requestedBy = textOf(run.request, 'requestedBy');
  const acceptedFor = (leg: LegName) => choicesFor(run, leg).map(({ outcome }) => outcome);
  const meant = { leg: textOf(message, 'leg'), outcome: textOf(message, 'outcome') };
  const refusal = refusalOfResolution(message, run.state, requestedBy, acceptedFor);
  refuse(FAILURES.resolutionRefused, refusal, () => acceptedResolution(acceptedFor, meant));
}

function refuse(type: string, refusal: string | undefined, accepted: () => string): void {
  if (refusal === undefined) return;
  const message = `Refused, nothing was changed: ${refusal}. ${accepted()}`;
  const failure = ApplicationFailure.nonRetryable(message, type);
  // The Temporal UI prints it below the message, where it only hides what to do.
  failure.stack = '';
  throw failure;
}

/** An argument that cannot be decoded is as good as none. */
function readRaw(argument: unknown): unknown {
  try {
    return defaultPayloadConverter.fromPayload((argument as RawValue).payload);
  } catch {
    return undefined;
  }
}
