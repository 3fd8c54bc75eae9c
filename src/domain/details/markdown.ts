import { withoutControls } from './foreign-text';

/**
 * A table as the Temporal UI shows it: the UI sets its columns without a gap, so that each cell brings its own, and
 * breaks short cells (an amount) before it makes room for long ones.
 */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(titles), row(titles.map(() => ':---')), ...rows.map(row)].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((text) => (text === ':---' ? text : `${unbroken(text)}${GAP}`)).join(' | ')} |`;
}

const GAP = '\u00a0\u00a0\u00a0';
/** Cells of at most so many characters stay on one line. */
const SHORT = 16;

function unbroken(text: string): string {
  return text.length > SHORT ? text : text.replaceAll(' ', '\u00a0');
}

/** Text to be copied as it is. */
export function codeBlock(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

/** Points, one a line. */
export function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** What Markdown would read as markup. */
const MARKUP = /[\\*_[\]~<>&$#@{}^]/;
/** What a renderer may make a link of by itself: a scheme, `www.`, a host, `//`. Times and numbers are left alone. */
const LINK = /(?:^|[^0-9]):.|\.[A-Za-z\u0080-\uffff]|[wW]{3}\.|\/\//;
/** What makes a list, a heading or a rule of the line it begins. */
const LINE_START = /^(?:[-+=]+|[0-9]+[.)])$/;

/** A word within its brackets and before the punctuation that ends it, which belong to the sentence around it. */
const IN_SENTENCE = /^(\(*)(.*?)([),.:!?]*)$/;

/**
 * Text from elsewhere, shown as the text it is in a table or a sentence. A word that could become markup or a link is
 * shown as code, which no renderer looks into: a backslash or an entity would not do, because links are also looked for
 * in text that was unescaped before.
 */
export function asText(text: string): string {
  const words = withoutControls(text).split(' ');
  return words
    .map((word, index) => {
      if (index === 0 && LINE_START.test(word)) return `\`${word}\``;
      if (!isRisky(word)) return word;
      const [, before = '', core = '', after = ''] = IN_SENTENCE.exec(word) ?? [];
      return isRisky(core) && isClosed(core) ? `${before}\`${core}\`${after}` : `\`${word}\``;
    })
    .join(' ');
}

/** Whether no bracket of it is closed outside. */
function isClosed(core: string): boolean {
  return core.split('(').length === core.split(')').length;
}

function isRisky(word: string): boolean {
  return MARKUP.test(word) || LINK.test(word);
}

/** The same as one piece of code: something to compare or to copy. */
export function asCode(text: string): string {
  const shown = withoutControls(text).replace(/^ +| +$/g, '');
  return shown === '' ? '' : `\`${shown}\``;
}

/** A time as people read it, to the second: `2026-11-21 03:00:00 UTC`. */
export function time(at: string): string {
  const [, day, clock] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/.exec(at) ?? [];
  return day === undefined || clock === undefined ? asText(at) : `${day} ${clock} UTC`;
}

const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
] as const;

/** A duration as people say it, rounded up to a whole number of its largest unit below two of them: `24 hours`. */
export function duration(milliseconds: number): string {
  const [size, unit] = UNITS.find(([length]) => milliseconds >= 2 * length) ?? ([1_000, 'second'] as const);
  const count = Math.ceil(milliseconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** A list in a sentence: `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** A sentence begins with a capital letter, also one that begins with a provider. */
export function capital(sentence: string): string {
  const first = sentence.charCodeAt(0);
  const isSmall = first >= 0x61 && first <= 0x7a;
  return isSmall ? String.fromCharCode(first - 0x20) + sentence.slice(1) : sentence;
}
