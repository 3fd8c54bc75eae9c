const CONTROL = /\p{C}/u;
const BLANK_EDGE = /^\s|\s$/u;

/** The length of a text in code points, as the contract counts. */
export function codePoints(text: string): number {
  return Array.from(text).length;
}

/** Whether a text is printable (no control characters, no blank at either end) and has 1 … `longest` code points. */
export function isPrintable(text: unknown, longest: number): text is string {
  if (typeof text !== 'string' || text.length === 0 || text.length > longest * 2) return false;
  return codePoints(text) <= longest && !CONTROL.test(text) && !BLANK_EDGE.test(text);
}

/** Whether two people's names mean the same person: compared trimmed and case-folded. */
export function isSamePerson(one: string, other: string): boolean {
  const folded = (name: string) => name.normalize('NFKC').trim().toLowerCase();
  return folded(one) === folded(other);
}
