import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import type { SerializationContext } from '@temporalio/common/lib/converter/serialization-context';
import { temporal } from '@temporalio/proto';
import type { EncryptionKey } from './config/keys';

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The data converter for these keys; undefined without keys, and then payloads are readable. */
export function dataConverterFor(keys: readonly EncryptionKey[]): DataConverter | undefined {
  return keys.length > 0 ? { payloadCodecs: [createEncryptionCodec(keys)] } : undefined;
}

/**
 * Encrypts every payload with the first key and decrypts with any (AES-256-GCM). What was encrypted for one workflow
 * in one namespace does not decrypt for another. Payloads that are not encrypted pass through, so that keys can be
 * introduced while refunds are in flight.
 *
 * Decoding never throws: that would fail a run's whole task, and one bad signal, update or query would freeze the run.
 * What cannot be decrypted is handed on without its data, under an encoding that says why, and fails where it is read.
 */
export function createEncryptionCodec(keys: readonly EncryptionKey[]): PayloadCodec {
  const [first] = keys;
  if (!first) throw new TypeError('encryption needs a key');
  return {
    encode: (payloads, context) =>
      Promise.resolve(payloads.map((payload) => encrypt(payload, first, ownerOf(context)))),
    decode: (payloads, context) =>
      Promise.resolve(payloads.map((payload) => decrypt(payload, keys, ownerOf(context)))),
  };
}

function ownerOf(context: SerializationContext | undefined): string | undefined {
  return context?.workflowId === undefined ? undefined : `${context.namespace}/${context.workflowId}`;
}

function encrypt(payload: Payload, { id, secret }: EncryptionKey, owner = ''): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, secret, nonce).setAAD(Buffer.from(owner));
  const clear = temporal.api.common.v1.Payload.encode(payload).finish();
  const encrypted = Buffer.concat([cipher.update(clear), cipher.final()]);
  return {
    metadata: { encoding: Buffer.from(ENCODING), 'key-id': Buffer.from(id), owner: Buffer.from(owner) },
    data: Buffer.concat([nonce, encrypted, cipher.getAuthTag()]),
  };
}

function decrypt(payload: Payload, keys: readonly EncryptionKey[], owner: string | undefined): Payload {
  if (textOf(payload, 'encoding') !== ENCODING) return payload;
  const id = textOf(payload, 'key-id');
  const key = keys.find((candidate) => candidate.id === id);
  if (!key) return unreadable('with a key that PAYLOAD_KEYS does not hold');
  const writtenFor = textOf(payload, 'owner');
  if (owner !== undefined && writtenFor !== owner) return unreadable('for another workflow');
  return open(payload.data ?? new Uint8Array(), key, writtenFor) ?? unreadable('and damaged');
}

function open(data: Uint8Array, { secret }: EncryptionKey, owner: string): Payload | undefined {
  if (data.length < NONCE_BYTES + TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv(CIPHER, secret, data.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(owner))
      .setAuthTag(data.subarray(-TAG_BYTES));
    const clear = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return temporal.api.common.v1.Payload.decode(clear);
  } catch {
    return undefined;
  }
}

/** Read by a converter, it throws "Unknown encoding: binary/encrypted" and the reason. */
function unreadable(why: string): Payload {
  return { metadata: { encoding: Buffer.from(`${ENCODING} ${why}`) }, data: new Uint8Array() };
}

function textOf(payload: Payload, name: string): string {
  return Buffer.from(payload.metadata?.[name] ?? []).toString();
}
