import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { SEND_AGAIN } from '../domain/contract';

/** Sends an update, and sends it again where it was refused only for now, or no worker took it in: neither counted. */
export async function sendUpdate<Result>(send: () => Promise<Result>): Promise<Result> {
  for (let tries = 1, waitMs = FIRST_WAIT_MS; ; tries += 1, waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await send();
    } catch (error) {
      if (tries === MOST_TRIES || !(cameTooEarly(error) || wasLetFall(error))) throw error;
    }
    await pause(waitMs);
  }
}

/** How often a message is sent that comes too early, and the waits in between: six seconds in all. */
const MOST_TRIES = 10;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1_000;

/** Why an update was refused: the refund's own text, unless no worker took it in. */
export function whyRefused(error: WorkflowUpdateFailedError): string {
  return wasLetFall(error) ? LET_FALL : (error.cause?.message ?? error.message);
}

const LET_FALL =
  'Refused, nothing was changed: no worker took the message in, however often it was sent. ' +
  'See who serves it with "refund check", and send it again.';

/** The failure's type in an update that failed; undefined for every other error. */
export function typeOfRefusal(error: unknown): string | null | undefined {
  return failureOf(error)?.type;
}

function cameTooEarly(error: unknown): boolean {
  return failureOf(error)?.details?.[0] === SEND_AGAIN;
}

/**
 * The server says so when a workflow task was completed without the update that it brought: the SDK's core lets one fall
 * where two tasks of a run meet, and a program that knows no updates lets all fall.
 */
function wasLetFall(error: unknown): boolean {
  return typeOfRefusal(error) === 'UnprocessedUpdate';
}

function failureOf(error: unknown): ApplicationFailure | undefined {
  const { cause } = error instanceof WorkflowUpdateFailedError ? error : {};
  return cause instanceof ApplicationFailure ? cause : undefined;
}
