import { BLANKS, LONE_SURROGATES, UNPRINTABLE } from './text';
import type { Range, TextRules } from './text';

/**
 * The rules of `faultOfText` but its length, as a regular expression that every language reads alike: characters stand
 * for themselves, because each language escapes them in another way. Lone surrogates have no such form.
 */
export function patternOfText({ blankEdges }: TextRules): string {
  const printable = `[^${classOf(UNPRINTABLE)}]`;
  const visible = `[^${classOf([...UNPRINTABLE, ...BLANKS])}]`;
  return blankEdges === 'refused'
    ? `^${visible}(?:${printable}*${visible})?$`
    : `^${printable}*${visible}${printable}*$`;
}

function classOf(ranges: readonly Range[]): string {
  return ranges
    .filter((range) => range !== LONE_SURROGATES)
    .map(written)
    .join('');
}

function written([first, last]: Range): string {
  const [from, to] = [String.fromCodePoint(first), String.fromCodePoint(last)];
  return first === last ? from : `${from}-${to}`;
}
