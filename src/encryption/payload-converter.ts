import { DefaultPayloadConverter, ValueError } from '@temporalio/common';
import type { ConverterHint, Payload } from '@temporalio/common';
import type { SerializationContext } from '@temporalio/common/lib/converter/serialization-context';
import { FAILURES } from '../domain/contract';

/** What a worker or a client was given cannot be decoded: the key is missing, or it is broken. Nothing was done with it. */
export class PayloadNotDecodable extends ValueError {
  override readonly name = FAILURES.notDecodable;
}

const ENCRYPTED = /^Unknown encoding: binary\/encrypted /;

/**
 * Says by one name that a payload cannot be decoded, for any reason: the failure of an activity bears it, so
 * that the saga knows that nothing was sent. What a parser says is not told, because it quotes what it read.
 */
class NamingPayloadConverter extends DefaultPayloadConverter {
  override fromPayload<Value>(
    payload: Payload,
    context?: SerializationContext,
    hint?: ConverterHint<Value>,
  ): Value {
    try {
      return super.fromPayload<Value>(payload, context, hint);
    } catch (error) {
      const isOurs = error instanceof Error && ENCRYPTED.test(error.message);
      throw new PayloadNotDecodable(isOurs ? error.message : BROKEN);
    }
  }
}

const BROKEN = 'a payload has an encoding that is not known here, or is broken';

/** The payload converter of clients and workers; workflow code has one of its own. */
export const payloadConverter = new NamingPayloadConverter();
