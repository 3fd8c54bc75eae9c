import { createHash, randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { MESSAGES } from '../domain/contract';
import { EXAMPLES } from '../domain/examples';
import { refusalOfDecision } from '../domain/decision';
import type { DecideMessage, DecisionMessage } from '../domain/decision';
import type { ResolveLegMessage } from '../domain/resolution';
import type { RefundState } from '../domain/state';
import { describeRun } from './access';
import type { Access } from './access';
import { askWorker, tell } from './ask-worker';
import { DecisionRefusedError, RefundEndedError, ResolutionRefusedError } from './errors';

/** A manual decision on a refund. */
export type Decision = DecideMessage & { refundId: string };

/** An operator's word on a parked leg of a refund. */
export type Resolution = ResolveLegMessage & { refundId: string };

/** Decides, and is answered. The same decision of the same person is one, however often it is sent. */
export async function decide(
  access: Access,
  { refundId, decision, ...message }: Decision,
): Promise<RefundState> {
  const sent: DecideMessage = { decision, ...decisionMessage(message) };
  return update(access, refundId, MESSAGES.decide, sent, decisionId(refundId, sent));
}

/** Settles a parked leg, and is answered. */
export async function resolve(access: Access, { refundId, ...resolution }: Resolution): Promise<RefundState> {
  const { leg, outcome, by, evidence, providerReference } = resolution;
  const message: ResolveLegMessage = {
    ...{ leg, outcome, by, evidence },
    ...(providerReference !== undefined && { providerReference }),
  };
  // No stable id: the same words may be said again, when the same leg parks once more.
  return update(access, refundId, MESSAGES.resolveLeg, message, randomUUID());
}

/** Sends a decision that nobody answers; what counts or not is seen in the refund's state. */
export async function signalDecision(
  access: Access,
  decision: 'approve' | 'reject',
  refundId: string,
  message: DecisionMessage,
): Promise<void> {
  const plain = decisionMessage(message);
  const context = { requestedBy: '', approval: undefined, open: true };
  const refusal = refusalOfDecision(plain, context);
  if (refusal !== undefined)
    throw new DecisionRefusedError(`Refused, nothing was changed: ${refusal}. Accepted: ${EXAMPLES.signal}`);
  await tell(access, refundId, (handle) => handle.signal(MESSAGES[decision], plain));
}

/** Asks to start no further leg. */
export async function cancel(access: Access, refundId: string): Promise<void> {
  // The server accepts the cancel of a run that is over, and nothing comes of it.
  if ((await describeRun(access, refundId)).closeTime) throw new RefundEndedError(refundId);
  await tell(access, refundId, (handle) => handle.cancel());
}

function decisionMessage({ by, note, statement }: DecisionMessage): DecisionMessage {
  return { by, ...(note !== undefined && { note }), ...(statement !== undefined && { statement }) };
}

/** A statement is part of it: one that was refused must not answer for the next. */
function decisionId(refundId: string, { decision, by, statement }: DecideMessage): string {
  const person = by.normalize('NFKC').trim().toLowerCase();
  const content = JSON.stringify([
    refundId,
    decision,
    person,
    ...(statement === undefined ? [] : [statement]),
  ]);
  return `decide-${createHash('sha256').update(content).digest('hex')}`;
}

async function update(
  access: Access,
  refundId: string,
  name: string,
  message: DecideMessage | ResolveLegMessage,
  updateId: string,
): Promise<RefundState> {
  try {
    return await askWorker(access, refundId, (handle) =>
      handle.executeUpdate<RefundState, [typeof message]>(name, { args: [message], updateId }),
    );
  } catch (error) {
    throw error instanceof WorkflowUpdateFailedError ? refusalOf(name, error) : error;
  }
}

/** An update that fails changed nothing; why is the refund's own text. */
function refusalOf(name: string, { message, cause }: WorkflowUpdateFailedError): Error {
  const Refused = name === MESSAGES.decide ? DecisionRefusedError : ResolutionRefusedError;
  return new Refused(cause?.message ?? message, { cause });
}
