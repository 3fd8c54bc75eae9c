import {
  defineQuery,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import type { Briefing } from '../domain/briefing';
import { MESSAGES } from '../domain/contract';
import { DECISION_CONSEQUENCES } from '../domain/decision';
import type { DecideMessage } from '../domain/decision';
import { examplesFor } from '../domain/examples';
import type { ResolveLegMessage } from '../domain/resolution';
import type { RefundState } from '../domain/state';
import { briefingOf } from './briefing';
import { decideByUpdate, takeSignal, validateDecide } from './decisions';
import { showDetails } from './publish';
import { countEventBetween, markMoment } from './recorded';
import { resolveLeg, validateResolution } from './resolutions';
import { textOf } from './run';
import type { Run } from './run';

/** Signal: a person approves. Its argument may be anything. */
export const approveSignal = defineSignal<[unknown]>(MESSAGES.approve);
/** Signal: a person rejects. */
export const rejectSignal = defineSignal<[unknown]>(MESSAGES.reject);
/** Update: the same decision; the reply is the state, or a refusal. */
export const decideUpdate = defineUpdate<RefundState, [DecideMessage]>(MESSAGES.decide);
/** Update: an operator resolves a parked leg. */
export const resolveLegUpdate = defineUpdate<RefundState, [ResolveLegMessage]>(MESSAGES.resolveLeg);
/** Query: where the refund stands, at any time. */
export const getRefundQuery = defineQuery<RefundState>(MESSAGES.getRefund);
/** Query: what a person needs in addition, to decide or to resolve a leg. */
export const getBriefingQuery = defineQuery<Briefing>(MESSAGES.getBriefing);

/** Listens to people. Handlers only record what was said; the saga acts on it. */
export function listen(run: Run): void {
  const example = examplesFor(textOf(run.request, 'refundId'));
  setHandler(approveSignal, (argument) => takeSignal(run, 'approve', argument), {
    description: `Approve: ${DECISION_CONSEQUENCES.approve}. Not allowed for the requester. A signal gets no reply: prefer the update decide. Example: ${example.signal}`,
  });
  setHandler(rejectSignal, (argument) => takeSignal(run, 'reject', argument), {
    description: `Reject: ${DECISION_CONSEQUENCES.reject}. A signal gets no reply: prefer the update decide. Example: ${example.signal}`,
  });
  // Nothing handles it, but it lengthens the history like any other event.
  setDefaultSignalHandler(() => countEventBetween(run));
  setHandler(decideUpdate, (message) => decideByUpdate(run, message), {
    validator: (message) => validateDecide(run, message),
    description: `Approve or reject this refund; the reply is its state. Not allowed for the requester. Example: ${example.decide}`,
  });
  setHandler(resolveLegUpdate, (message) => resolveLeg(run, message), {
    validator: (message) => validateResolution(run, message),
    description: `Resolve a parked leg, after looking at its provider; the current details list the outcomes it accepts and what each one does. Example: ${example.resolveLeg}`,
  });
  setHandler(getRefundQuery, () => run.state, {
    description: 'Where this refund stands, in the form of its result. Takes no argument.',
  });
  setHandler(getBriefingQuery, () => briefingOf(run), {
    description:
      'What a person needs in addition to getRefund: amounts, what to look for, what each parked leg accepts. Takes no argument.',
  });
}

/** Notes the wish to stop; what follows from it is decided between the legs. */
export function noteCancel(run: Run): void {
  run.cancelRequested = true;
  countEventBetween(run);
  markMoment(run, 'interrupted');
  showDetails(run);
}
