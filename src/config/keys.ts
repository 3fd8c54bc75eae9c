import type { EnvironmentReader } from './reader';

/** A payload encryption key: AES-256, named by an id that is stored beside what it encrypted. */
export interface EncryptionKey {
  id: string;
  secret: Buffer;
}

/** Whether a text can be the id of a key; it comes from the payload, which anyone may have written. */
export function isKeyId(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text);
}

/** Reads `id:base64key,…`; undefined when an id repeats or a key has not 32 bytes. */
export function parseKeys(text: string): EncryptionKey[] | undefined {
  const keys: EncryptionKey[] = [];
  for (const part of text.split(',')) {
    const [, id = '', encoded = ''] = /^([A-Za-z0-9_-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(part.trim()) ?? [];
    const secret = Buffer.from(encoded, 'base64');
    if (secret.length !== 32 || keys.some((key) => key.id === id)) return undefined;
    keys.push({ id, secret });
  }
  return keys;
}

/** Reads `PAYLOAD_KEYS`, which workers and clients need alike. */
export function readPayloadKeys(reader: EnvironmentReader): EncryptionKey[] {
  const shouldBe = 'keys of 32 bytes as id:base64, separated by commas, each id once';
  return reader.read('PAYLOAD_KEYS', parseKeys, shouldBe) ?? [];
}
