import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import type { EncryptionKey } from '../config/keys';
import { decryptInNamespace, encryptForNamespace, whyUnreadable } from '../encryption/codec';

/** The keys of a codec server; it makes no sense without one. */
export type CodecKeys = readonly [EncryptionKey, ...EncryptionKey[]];

/** What the server does with payloads; the names are those of Temporal's remote codec protocol. */
export type Operation = 'encode' | 'decode';

const base64 = z.base64();
const message = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() }))
    .optional(),
});

/**
 * Encodes or decodes the payloads of one request.
 * @returns the body of the answer; undefined when the request's body is not what the protocol says
 */
export function transform(
  operation: Operation,
  body: string,
  keys: CodecKeys,
  namespace: string,
): string | undefined {
  const payloads = parse(body);
  if (!payloads) return undefined;
  const changed = payloads.map((payload) =>
    operation === 'encode'
      ? encryptForNamespace(payload, keys, namespace)
      : readable(decryptInNamespace(payload, keys, namespace)),
  );
  return JSON.stringify({ payloads: changed.map(toWire) });
}

function parse(body: string): Payload[] | undefined {
  const json = parseJson(body);
  const { success, data } = message.safeParse(json);
  if (!success) return undefined;
  return (data.payloads ?? []).map((payload) => ({
    metadata: mapValues(payload.metadata ?? {}, (text) => Buffer.from(text, 'base64')),
    data: Buffer.from(payload.data ?? '', 'base64'),
  }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A person reads the answer: what cannot be decrypted says so in its place, and does not spoil what stands beside it. */
function readable(payload: Payload): Payload {
  const why = whyUnreadable(payload);
  if (why === undefined) return payload;
  const text = JSON.stringify(`Unreadable: encrypted ${why}.`);
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) };
}

function toWire({ metadata, data }: Payload) {
  const encoded = mapValues(metadata ?? {}, (bytes) => Buffer.from(bytes).toString('base64'));
  return { metadata: encoded, data: Buffer.from(data ?? []).toString('base64') };
}

function mapValues<From, To>(record: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
