import { rawValueTypeInfo } from '@temporalio/common';
import type { RawValue } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Briefing } from '../domain/briefing';
import { DECISION_CONSEQUENCES } from '../domain/consequences';
import { FAILURES, MESSAGES } from '../domain/contract';
import { refusalOfDecide } from '../domain/decision';
import type { DecideMessage } from '../domain/decision';
import { acceptedResolution, EXAMPLES } from '../domain/examples';
import type { LegName } from '../domain/plan';
import { refusalOfResolution } from '../domain/resolution';
import type { ResolveLegMessage } from '../domain/resolution';
import type { RefundState } from '../domain/state';
import { shownTime } from './clock';
import { briefingOf, choicesFor } from './briefing';
import { decideBySignal, decideByUpdate, refuseDecision } from './decisions';
import { decisionContext } from './hearing';
import { refuse } from './refusals';
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
  setHandler(decideUpdate, (message) => decideByUpdate(run, message), {
    validator: (message) => refuseDecision(run, refusalOfDecide(message, decisionContext(run))),
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

function resolve(run: Run, message: ResolveLegMessage): RefundState {
  applyResolution(run, message, shownTime());
  return run.state;
}

function refuseResolution(run: Run, message: unknown): void {
  const requestedBy = textOf(run.request, 'requestedBy');
  const acceptedFor = (leg: LegName) => choicesFor(run, leg).map(({ outcome }) => outcome);
  const meant = { leg: textOf(message, 'leg'), outcome: textOf(message, 'outcome') };
  const refusal = refusalOfResolution(message, run.state, requestedBy, acceptedFor);
  refuse(FAILURES.resolutionRefused, refusal, () => acceptedResolution(acceptedFor, meant));
}
