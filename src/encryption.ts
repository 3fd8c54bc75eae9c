import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import type { SerializationContext } from '@temporalio/common/lib/converter/serialization-context';
import { temporal } from '@temporalio/proto';
import type { EncryptionKey } from './config/keys';

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The failure converter that hands messages and stack traces to the codec, for data converters and the bundle. */
export const FAILURE_CONVERTER_PATH = require.resolve('./failure-converter');

/** The data converter for these keys; undefined without keys, and then payloads and failures are readable. */
export function dataConverterFor(keys: readonly EncryptionKey[]): DataConverter | undefined {
  if (keys.length === 0) return undefined;
  return { payloadCodecs: [createEncryptionCodec(keys)], failureConverterPath: FAILURE_CONVERTER_PATH };
}

/**
 * Encrypts every payload with the first key and decrypts with any (AES-256-GCM). What was encrypted for one workflow
 * in one namespace does not decrypt for another; what was encrypted for a namespace (by the codec server, which is not
 * told a workflow) does for each of its workflows. Payloads that are not encrypted pass through, so that keys can be
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
      Promise.resolve(payloads.map((payload) => decrypt(payload, keys, mayRead(context)))),
  };
}

/** Encrypts what anyone in this namespace may be sent; for a sender who is not told the workflow. */
export function encryptForNamespace(
  payload: Payload,
  keys: readonly [EncryptionKey, ...EncryptionKey[]],
  namespace: string,
): Payload {
  return encrypt(payload, keys[0], anyOf(namespace));
}

/** Decrypts what was encrypted for this namespace or for any of its workflows; for a reader who is not told which. */
export function decryptInNamespace(
  payload: Payload,
  keys: readonly EncryptionKey[],
  namespace: string,
): Payload {
  return decrypt(payload, keys, (writtenFor) => writtenFor.startsWith(anyOf(namespace)));
}

function ownerOf(context: SerializationContext | undefined): string | undefined {
  return context?.workflowId === undefined ? undefined : anyOf(context.namespace) + context.workflowId;
}

/** No namespace has a slash in its name, so that none is the beginning of another. */
function anyOf(namespace: string): string {
  return `${namespace}/`;
}

function mayRead(context: SerializationContext | undefined): (writtenFor: string) => boolean {
  const owner = ownerOf(context);
  if (context === undefined || owner === undefined) return () => true;
  return (writtenFor) => writtenFor === owner || writtenFor === anyOf(context.namespace);
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

function decrypt(
  payload: Payload,
  keys: readonly EncryptionKey[],
  mayBeRead: (writtenFor: string) => boolean,
): Payload {
  if (textOf(payload, 'encoding') !== ENCODING) return payload;
  const id = textOf(payload, 'key-id');
  const key = keys.find((candidate) => candidate.id === id);
  if (!key) return unreadable(`with a key that PAYLOAD_KEYS does not hold (${idShown(id)}): ${ADD_KEY}`);
  const writtenFor = textOf(payload, 'owner');
  if (!mayBeRead(writtenFor)) return unreadable('for another workflow: it was copied from there');
  return open(payload.data ?? new Uint8Array(), key, writtenFor) ?? unreadable(damaged(id));
}

const ADD_KEY = 'add it at the end of PAYLOAD_KEYS, for workers and clients alike, and start them again';

function damaged(id: string): string {
  return `and damaged: it was altered, or PAYLOAD_KEYS holds another key under the id ${id}`;
}

/** An id comes from the payload, which anyone may have written. */
function idShown(id: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(id) ? `id ${id}` : 'and no such id can exist';
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

/** Why what was decrypted cannot be read after all; undefined when it can. */
export function whyUnreadable(payload: Payload): string | undefined {
  const encoding = textOf(payload, 'encoding');
  return encoding.startsWith(`${ENCODING} `) ? encoding.slice(ENCODING.length + 1) : undefined;
}

function textOf(payload: Payload, name: string): string {
  return Buffer.from(payload.metadata?.[name] ?? []).toString();
}
