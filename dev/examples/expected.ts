import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Language } from './languages';

/** What an example prints: the same in every language, but that one with keys of its own also checks them. */
export function expectedLines(root: string, { encryption }: Pick<Language, 'encryption'>): string[] {
  const contract = (name: string) =>
    JSON.parse(readFileSync(path.join(root, 'contract', name), 'utf8')) as unknown;
  const hashes = contract('request-hash.json') as unknown[];
  const { vectors, unreadable } = contract('encryption.json') as Record<string, unknown[]>;
  return [
    `request hash: ${hashes.length} vectors agree`,
    ...(encryption === 'keys'
      ? // One is only labelled, and no codec touches it.
        [`encryption: ${vectors?.length ?? 0} vectors are read, ${(unreadable?.length ?? 0) - 1} are refused`]
      : []),
    '1 small: started',
    '1 small, again: already started, and it is mine',
    "1 small, for 99.00: already started, and it is another's",
    '1 small: refunded, sale refunded, cash refunded',
    '2 large: started',
    '2 large, approved by its requester: Refused, nothing was changed: the requester of a refund cannot decide on it',
    '2 large, approved by ana: approved by ana',
    '2 large: refunded, sale refunded, cash refunded',
    '3 wrong: started',
    '3 wrong: invalid. The refund request is invalid; nothing was sent. currency: must be an ISO 4217 currency',
    '4 terminated: started',
    '4 terminated: cut off (terminated). What moved stays moved: tell the operators',
    '5 server away: it may have been started. Start it again, unchanged',
  ];
}

/** The first line that is another; undefined when there is none. */
export function differenceOf(output: string, expected: readonly string[]): string | undefined {
  const lines = output.trimEnd().split('\n');
  const wrong = expected.findIndex((line, index) => !lines[index]?.startsWith(line));
  if (wrong >= 0) return `line ${wrong + 1} should be: ${expected[wrong] ?? ''}`;
  return lines.length === expected.length ? undefined : 'it printed more than that';
}
