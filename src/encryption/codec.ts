import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import type { SerializationContext } from '@temporalio/common/lib/converter/serialization-context';
import { temporal } from '@temporalio/proto';
import { isKeyId } from '../config/keys';
import type { EncryptionKey } from '../config/keys';
import { MARKS } from '../domain/unreadable';
import type { NeverReadable } from '../domain/unreadable';

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The failure converter that hands messages and stack traces to the codec, for data converters and the bundle. */
export const FAILURE_CONVERTER_PATH = require.resolve('./failure-converter');

const PAYLOAD_CONVERTER_PATH = require.resolve('./payload-converter');

/** How a codec treats what was not encrypted. */
export interface CodecOptions {
  /** `marked` for workflow code, which refuses a request in clear where that is required. */
  clear: 'read' | 'marked';
}

/** The data converter for these keys; without keys, payloads and failures are readable. */
export function dataConverterFor(keys: readonly EncryptionKey[], options?: CodecOptions): DataConverter {
  const payloadConverterPath = PAYLOAD_CONVERTER_PATH;
  if (keys.length === 0) return { payloadConverterPath };
  return {
    payloadConverterPath,
    payloadCodecs: [createEncryptionCodec(keys, options)],
    failureConverterPath: FAILURE_CONVERTER_PATH,
  };
}

/**
 * Encrypts every payload with the first key and decrypts with any (AES-256-GCM). What was encrypted for one workflow
 * in one namespace does not decrypt for another; what was encrypted for a namespace (by the codec server, which is not
 * told a workflow) does for each of its workflows. Payloads that are not encrypted pass through, so that keys can be
 * introduced while refunds are in flight.
 *
 * Decoding never throws: that would fail a run's whole task, and one bad signal, update or query would freeze the run.
 * What cannot be decrypted is handed on without its data, under an encoding that says why, and fails where it is read;
 * as `PayloadNotDecodable` where that is a client or an activity, whose worker has then sent nothing. Where no key can
 * ever help, its metadata says so; a key that this worker does not hold may still come.
 */
export function createEncryptionCodec(
  keys: readonly EncryptionKey[],
  { clear }: CodecOptions = { clear: 'read' },
): PayloadCodec {
  const [first] = keys;
  if (!first) throw new TypeError('encryption needs a key');
  return {
    encode: (payloads, context) =>
      Promise.resolve(payloads.map((payload) => encrypt(payload, first, ownerOf(context)))),
    decode: (payloads, context) =>
      Promise.resolve(
        payloads.map((payload) =>
          clear === 'marked' && context?.type === 'workflow' && !isEncrypted(payload)
            ? withMark(payload, MARKS.inClear, 'true')
            : decrypt(payload, keys, mayRead(context)),
        ),
      ),
  };
}

/** Also what is labelled as only a codec labels it, so that nobody can pass that off as something else. */
function isEncrypted(payload: Payload): boolean {
  const encoding = textOf(payload, 'encoding');
  return encoding === ENCODING || encoding.startsWith(`${ENCODING} `);
}

function withMark({ metadata, data }: Payload, name: string, text: string): Payload {
  return { metadata: { ...metadata, [name]: Buffer.from(text) }, data };
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
  if (!isEncrypted(payload)) return payload;
  if (textOf(payload, 'encoding') !== ENCODING)
    return unreadable('by nobody: only its label says so', 'ownLabel');
  const id = textOf(payload, 'key-id');
  const writtenFor = textOf(payload, 'owner');
  if (!isKeyId(id))
    return unreadable('with a key that PAYLOAD_KEYS does not hold and no such id can exist', 'noSuchKey');
  if (!mayBeRead(writtenFor))
    return unreadable('for another workflow: it was copied from there', 'otherOwner');
  const key = keys.find((candidate) => candidate.id === id);
  if (!key) return unreadable(`with a key that PAYLOAD_KEYS does not hold (id ${id}): ${ADD_KEY}`);
  return open(payload.data ?? new Uint8Array(), key, writtenFor);
}

const ADD_KEY = 'add it at the end of PAYLOAD_KEYS, for workers and clients alike, and start them again';

function open(data: Uint8Array, { id, secret }: EncryptionKey, owner: string): Payload {
  if (data.length < NONCE_BYTES + TAG_BYTES) return unreadable('and damaged: it is too short', 'tooShort');
  const clear = opened(data, secret, owner);
  // Whoever holds the right key under this id reads it, and so nothing is decided.
  if (!clear)
    return unreadable(`and damaged: it was altered, or PAYLOAD_KEYS holds another key under the id ${id}`);
  const payload = parsed(clear);
  if (!payload) return unreadable('and is no payload', 'noPayload');
  return isEncrypted(payload) ? unreadable('twice', 'twice') : payload;
}

function opened(data: Uint8Array, secret: Buffer, owner: string): Buffer | undefined {
  try {
    const decipher = createDecipheriv(CIPHER, secret, data.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(owner))
      .setAuthTag(data.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function parsed(clear: Buffer): Payload | undefined {
  try {
    return temporal.api.common.v1.Payload.decode(clear);
  } catch {
    return undefined;
  }
}

/** Read by a converter, it throws "Unknown encoding: binary/encrypted" and the reason. */
function unreadable(why: string, never?: NeverReadable): Payload {
  const payload = { metadata: { encoding: Buffer.from(`${ENCODING} ${why}`) }, data: new Uint8Array() };
  return never === undefined ? payload : withMark(payload, MARKS.never, never);
}

/** Why what was decrypted cannot be read after all; undefined when it can. */
export function whyUnreadable(payload: Payload): string | undefined {
  const encoding = textOf(payload, 'encoding');
  return encoding.startsWith(`${ENCODING} `) ? encoding.slice(ENCODING.length + 1) : undefined;
}

/** Whether a further key could make a payload readable that was not decrypted. */
export function isMissingKey(payload: Payload): boolean {
  return isEncrypted(payload) && textOf(payload, MARKS.never) === '';
}

function textOf(payload: Payload, name: string): string {
  return Buffer.from(payload.metadata?.[name] ?? []).toString();
}
