import { ApplicationFailure, DefaultFailureConverter } from '@temporalio/common';
import type { PayloadConverter } from '@temporalio/common';
import type { ProtoFailure } from '@temporalio/common/lib/failure';
import type { SerializationContext } from '@temporalio/common/lib/converter/serialization-context';
import { FAILURES } from '../domain/contract';

const UNREADABLE = /^Unknown encoding: binary\/encrypted /;

const WRITTEN_FOR_PEOPLE: readonly string[] = Object.values(FAILURES);

/**
 * Hands message and stack trace of a failure to the codec, except what is written for people without a key: refusals of
 * the public contract, which repeat no value, and "cannot be decrypted" (docs/adr/012).
 */
class EncodingFailureConverter extends DefaultFailureConverter {
  constructor() {
    super({ encodeCommonAttributes: true });
  }

  override errorToFailure(
    error: unknown,
    payloads: PayloadConverter,
    context?: SerializationContext,
  ): ProtoFailure {
    return staysInClear(error)
      ? this.errorToFailureInner(error, payloads, context)
      : super.errorToFailure(error, payloads, context);
  }
}

function staysInClear(error: unknown): boolean {
  if (error instanceof ApplicationFailure && WRITTEN_FOR_PEOPLE.includes(error.type ?? '')) return true;
  return error instanceof Error && UNREADABLE.test(error.message);
}

/** The failure converter of clients, workers and workflow code where payloads are encrypted. */
export const failureConverter = new EncodingFailureConverter();
