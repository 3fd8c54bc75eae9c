import { ApplicationFailure } from '@temporalio/common';

/** Refuses an update, saying why and what would be accepted; does nothing when there is no reason to. */
export function refuse(type: string, refusal: string | undefined, accepted: () => string): void {
  if (refusal === undefined) return;
  const message = `Refused, nothing was changed: ${refusal}. ${accepted()}`;
  const failure = ApplicationFailure.nonRetryable(message, type);
  // The Temporal UI prints it below the message, where it only hides what to do.
  failure.stack = '';
  throw failure;
}
