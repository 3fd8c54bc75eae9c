import { createHash } from 'node:crypto';
import { DEEPEST, isDeeperThan } from '../domain/nesting';

/** The hash of a request by which every language tells it from another: lower-case hex SHA-256 of its canonical JSON. */
export function requestHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/**
 * JSON as RFC 8785 writes it, of the value as JSON would carry it, without the fields that are null. What can be no
 * request still has a text: one that nests too deeply the same for all, a lone surrogate its escape.
 */
export function canonicalJson(value: unknown): string {
  if (isDeeperThan(value, DEEPEST)) return 'too deep';
  const json = JSON.stringify(value) as string | undefined;
  return canonical(JSON.parse(json ?? 'null'));
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = Object.entries(value as Record<string, unknown>)
    .filter(([, part]) => part !== null)
    // Objects list keys such as "10" first, and by number; RFC 8785 orders all of them by UTF-16 units.
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`);
  return `{${fields.join(',')}}`;
}
