import { ApplicationFailure } from '@temporalio/common';
import { SEND_AGAIN } from '../domain/contract';

/** Refuses an update, saying why and what would be accepted; does nothing when there is no reason to. */
export function refuse(type: string, refusal: string | undefined, accepted: () => string): void {
  if (refusal !== undefined) throw failure(type, `${refusal}. ${accepted()}`, []);
}

/** Refuses an update that will be accepted in a moment, so that its sender can tell and send it again. */
export function refuseForNow(type: string, refusal: string): never {
  throw failure(type, `${refusal}.`, [SEND_AGAIN]);
}

function failure(type: string, reason: string, details: string[]): ApplicationFailure {
  const refused = ApplicationFailure.nonRetryable(
    `Refused, nothing was changed: ${reason}`,
    type,
    ...details,
  );
  // The Temporal UI prints it below the message, where it only hides what to do.
  refused.stack = '';
  return refused;
}
