import { defaultPayloadConverter, DefaultPayloadConverter } from '@temporalio/common';
import type { ConverterHint, Payload } from '@temporalio/common';
import type { SerializationContext } from '@temporalio/common/lib/converter/serialization-context';
import { decode, encode } from '@temporalio/common/lib/encoding';
import { isNeverReadable, MARKS, NEVER_READABLE } from '../domain/unreadable';

/** Stands in place of what somebody sent and this worker cannot decode. */
export class Undecodable {
  /**
   * @param problem why, in words that follow "it" and repeat nothing of it
   * @param locked what the SDK says of it, where it is encrypted
   * @param forGood whether no worker will ever read it, whatever keys it is given
   */
  constructor(
    readonly problem: string,
    readonly locked: unknown,
    readonly forGood: boolean,
  ) {}
}

/** Refuses what is encrypted and cannot be read, as the SDK would. */
export function throwIfLocked(sent: unknown): void {
  if (sent instanceof Undecodable && sent.locked !== undefined) throw sent.locked as Error;
}

const IN_CLEAR = Symbol('sent in clear');

/** Whether a JSON object came in clear to a worker that requires encryption. */
export function wasSentInClear(sent: unknown): boolean {
  return typeof sent === 'object' && sent !== null && IN_CLEAR in sent;
}

const ENCRYPTED = 'binary/encrypted';

/**
 * Decodes what people send to a run: its start arguments, its memo, signals and updates. The SDK fails the workflow task
 * over what it cannot decode, again and again, so that anyone could freeze a run; here it becomes `Undecodable`. What
 * activities answer is ours, and is decoded as ever.
 */
class SentPayloadConverter extends DefaultPayloadConverter {
  override fromPayload<T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>): T {
    const encoding = metadataOf(payload, 'encoding');
    if (context?.type === 'workflow' && encoding?.startsWith(ENCRYPTED)) return locked(payload) as T;
    if (context?.type !== 'workflow' || encoding === 'binary/null')
      return super.fromPayload<T>(payload, context, hint);
    const sent = decodeSent(encoding, payload.data);
    if (metadataOf(payload, MARKS.inClear) !== undefined) markAsClear(sent);
    return sent as T;
  }
}

function locked(payload: Payload): unknown {
  const never = metadataOf(payload, MARKS.never);
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch (error) {
    return isNeverReadable(never)
      ? new Undecodable(NEVER_READABLE[never], error, true)
      : new Undecodable('cannot be decrypted', error, false);
  }
}

/** On the value itself, where neither JSON nor whoever reads its fields meets it. */
function markAsClear(sent: unknown): void {
  if (typeof sent === 'object' && sent !== null) Object.defineProperty(sent, IN_CLEAR, { value: true });
}

function decodeSent(encoding: string | undefined, data: Payload['data']): unknown {
  const undecodable = (problem: string) => new Undecodable(problem, undefined, true);
  if (encoding !== 'json/plain') return undecodable('has an encoding other than json/plain');
  if (!data || !isUtf8(data)) return undecodable('is not UTF-8');
  try {
    return JSON.parse(decode(data));
  } catch {
    return undecodable('is not JSON');
  }
}

function metadataOf({ metadata }: Payload, name: string): string | undefined {
  const value = metadata?.[name];
  return value ? decode(value) : undefined;
}

/** The SDK reads bytes that are not UTF-8 as U+FFFD, so that two different requests would look the same. */
function isUtf8(data: Uint8Array): boolean {
  const again = encode(decode(data));
  return again.length === data.length && again.every((byte, index) => byte === data[index]);
}

/** The payload converter of workflow code. */
export const payloadConverter = new SentPayloadConverter();
