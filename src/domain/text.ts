/*
 * Whether a text is accepted is decided by the numbers written here, never by the tables of the JavaScript engine:
 * those differ from one version of Node to the next, and a decision that one worker accepted and the next refuses
 * breaks the replay.
 */

/** Code points from the first to the last, both included. */
export type Range = readonly [first: number, last: number];

/** Halves of a character: no text of Unicode holds one. */
export const LONE_SURROGATES: Range = [0xd800, 0xdfff];

/** C0 with its tabs and line ends, DEL and C1, line and paragraph separators, bidirectional controls. */
export const UNPRINTABLE: readonly Range[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x061c, 0x061c],
  [0x200e, 0x200f],
  [0x2028, 0x2029],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
  LONE_SURROGATES,
];

/** What Unicode calls white space, as far as it is printable, and the zero-width space and no-break space. */
export const BLANKS: readonly Range[] = [
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200b],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** What else is accepted in a text. */
export interface TextRules {
  /** Blanks at either end; a text of nothing but blanks is never accepted. */
  blankEdges: 'refused' | 'allowed';
}

/**
 * What is wrong with a text of at most `longest` code points, in words that follow a field's name and repeat nothing of
 * the text; undefined when nothing is.
 */
export function faultOfText(
  value: unknown,
  longest: number,
  { blankEdges }: TextRules = { blankEdges: 'refused' },
): string | undefined {
  const wanted = `must be 1 to ${longest} printable characters`;
  // No code point takes more than two units: what is far too long is not taken apart.
  if (typeof value !== 'string' || value.length === 0 || value.length > longest * 2) return wanted;
  const points = Array.from(value, (character) => character.codePointAt(0) ?? 0);
  if (points.length > longest) return wanted;
  const wrong = points.findIndex((point) => isIn(UNPRINTABLE, point));
  if (wrong >= 0) return `must not hold ${numberOf(points[wrong])} (at position ${wrong + 1})`;
  if (points.every((point) => isIn(BLANKS, point))) return `${wanted}, not only blanks`;
  if (blankEdges === 'refused' && [points[0], points.at(-1)].some((point) => isIn(BLANKS, point)))
    return `${wanted} without a blank at either end`;
  return undefined;
}

/** Whether a text is printable, without a blank at either end, and has 1 … `longest` code points. */
export function isPrintable(text: unknown, longest: number): text is string {
  return faultOfText(text, longest) === undefined;
}

/** What the id of a person is made of. */
export const PERSON = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** What a person's id must be, in words that follow a field's name. */
export const PERSON_RULE = `must be an id that matches ${PERSON.source}`;

/** Whether a value is the id of a person: a login, an e-mail address or a staff number, never a name. */
export function isPersonId(value: unknown): value is string {
  return typeof value === 'string' && PERSON.test(value);
}

/** Whether two ids are of the same person: compared without regard to the case of A to Z. */
export function isSamePerson(one: string, other: string): boolean {
  return foldedId(one) === foldedId(other);
}

/** An id as ids are compared; no letter but A to Z is changed. */
export function foldedId(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x20));
}

function isIn(ranges: readonly Range[], point = 0): boolean {
  return ranges.some(([first, last]) => first <= point && point <= last);
}

function numberOf(point = 0): string {
  const digits = point.toString(16).padStart(4, '0');
  return `U+${digits.replace(/[a-f]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0x20))}`;
}
