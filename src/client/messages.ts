import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError, WorkflowUpdateStage } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { MESSAGES } from '../domain/contract';
import { faultOfDecision } from '../domain/decision';
import type { DecideMessage, DecisionMessage } from '../domain/decision';
import { examplesFor } from '../domain/examples';
import { LONGEST_CHECK_MS } from '../domain/provider-check';
import type { ResolveLegMessage } from '../domain/resolution';
import type { RefundState } from '../domain/state';
import { describeRun } from './temporal-calls';
import type { Access } from './temporal-calls';
import { askWorker, tell } from './ask-worker';
import { whatOfMessage } from './no-answer';
import { sendUpdate, typeOfRefusal, whyRefused } from './send-update';
import { TemporalServerError } from './server-errors';
import { faultOfSize } from './word-size';
import { DecisionRefusedError, RefundEndedError, ResolutionRefusedError } from './errors';

/** A manual decision on a refund. */
export type Decision = DecideMessage & { refundId: string };

/** An operator's word on a parked leg of a refund. */
export type Resolution = ResolveLegMessage & { refundId: string };

/** A decision or a resolution as it is sent: it names its refund, so that another refuses it. */
type Sent<Message> = Message & { refundId: string };

/** Decides; the reply is the state. The same decision of the same person is one, however often this process sends it. */
export async function decide(
  access: Access,
  { refundId, decision, ...message }: Decision,
): Promise<RefundState> {
  const sent = { decision, ...decisionMessage(message), refundId };
  return update(access, MESSAGES.decide, sent, decisionId(sent));
}

/** Resolves a parked leg; the reply is the state. */
export async function resolve(access: Access, { refundId, ...resolution }: Resolution): Promise<RefundState> {
  const { leg, outcome, by, evidence, providerReference, despiteProvider, seen, statement } = resolution;
  const message: Sent<ResolveLegMessage> = {
    ...{ leg, outcome, by, evidence, refundId },
    ...(providerReference !== undefined && { providerReference }),
    ...(despiteProvider !== undefined && { despiteProvider }),
    ...(seen !== undefined && { seen }),
    ...(statement !== undefined && { statement }),
  };
  // No stable id: the same words may be said again, when the same leg parks once more.
  return update(access, MESSAGES.resolveLeg, message, randomUUID());
}

/** Sends a decision that gets no reply; the refund's state shows whether it counted. */
export async function signalDecision(
  access: Access,
  decision: 'approve' | 'reject',
  refundId: string,
  message: DecisionMessage,
): Promise<void> {
  const plain = decisionMessage(message);
  const tooLarge = faultOfSize(plain);
  if (tooLarge !== undefined) throw new DecisionRefusedError(`Refused: ${tooLarge}`);
  const fault = faultOfDecision(plain);
  if (fault !== undefined) {
    const example = examplesFor(refundId).signal;
    throw new DecisionRefusedError(`Refused, nothing was changed: ${fault}. Accepted: ${example}`);
  }
  await tell(access, refundId, (handle) => handle.signal(MESSAGES[decision], { ...plain, refundId }));
}

/** Asks to start no further leg. */
export async function cancel(access: Access, refundId: string): Promise<void> {
  // The server accepts the cancel of a run that is over, and does nothing.
  if ((await describeRun(access, refundId)).closeTime) throw new RefundEndedError(refundId);
  await tell(access, refundId, (handle) => handle.cancel());
}

function decisionMessage({ by, note, statement }: DecisionMessage): DecisionMessage {
  return { by, ...(note !== undefined && { note }), ...(statement !== undefined && { statement }) };
}

/** Of this process alone: an update id is not encrypted, and nobody should find a person by trying names on it. */
const SALT = randomBytes(32);

/** A statement is part of it: the refusal of one must not become the reply to the next. */
function decisionId({ refundId, decision, by, statement = '' }: Sent<DecideMessage>): string {
  const content = JSON.stringify([refundId, decision, by.toLowerCase(), statement]);
  return `decide-${createHmac('sha256', SALT).update(content).digest('base64url')}`;
}

async function update(
  access: Access,
  name: string,
  message: Sent<DecideMessage | ResolveLegMessage>,
  updateId: string,
): Promise<RefundState> {
  const { refundId } = message;
  const tooLarge = faultOfSize(message);
  if (tooLarge !== undefined) throw new (refusedAs(name))(`Refused: ${tooLarge}`);
  const send = async () => {
    const start = (handle: WorkflowHandle) =>
      handle.startUpdate<RefundState, [typeof message]>(name, {
        args: [message],
        updateId,
        waitForStage: WorkflowUpdateStage.ACCEPTED,
      });
    const started = await askWorker(access, refundId, start, 'message');
    const patient = { ...access, timeoutMs: access.timeoutMs + longestCheck(name) };
    return askWorker(patient, refundId, () => started.result(), 'accepted').catch((error: unknown) => {
      throw unlessCounted(refundId, error);
    });
  };
  return sendUpdate(send).catch((error: unknown) => {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new (refusedAs(name))(whyRefused(error), { cause: error.cause });
  });
}

/** A word about a leg that was taken in may first be held against what its provider shows. Milliseconds. */
function longestCheck(name: string): number {
  return name === MESSAGES.resolveLeg ? LONGEST_CHECK_MS : 0;
}

/** What was accepted may have counted, whatever failed afterwards: only the refund itself says that it did not. */
function unlessCounted(refundId: string, error: unknown): unknown {
  const isCutOff = typeOfRefusal(error) === CUT_OFF;
  const isRefused = error instanceof TemporalServerError && error.reason === 'refused';
  if (!isCutOff && !isRefused && !(error instanceof RefundEndedError)) return error;
  const message = `No reply came from the refund. ${whatOfMessage(refundId, 'accepted')}`;
  return new TemporalServerError('unanswered', message, undefined, { cause: error });
}

/** How the server ends an update of a run that ends before it. */
const CUT_OFF = 'AcceptedUpdateCompletedWorkflow';

function refusedAs(name: string): typeof DecisionRefusedError | typeof ResolutionRefusedError {
  return name === MESSAGES.decide ? DecisionRefusedError : ResolutionRefusedError;
}
