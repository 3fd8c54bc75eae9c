import { createHash } from 'node:crypto';

/** SHA-256, in hexadecimal, of a value as JSON with sorted keys: the same for the same content in any order. */
export function requestHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** JSON without blanks and with sorted keys. What JSON has no place for is left out, as `JSON.stringify` does. */
export function canonicalJson(value: unknown): string {
  const sorted = JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? withSortedKeys(part) : part,
  ) as string | undefined;
  return sorted ?? 'null';
}

function withSortedKeys(record: object): object {
  const keys = Object.keys(record).sort();
  // Entries, not assignments: a key such as __proto__ stays a key.
  return Object.fromEntries(keys.map((key) => [key, (record as Record<string, unknown>)[key]]));
}
