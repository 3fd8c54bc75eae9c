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

/** Text from elsewhere, made harmless inside a Markdown table or sentence. */
export function cell(text: string): string {
  return text.replace(/[|`<>\r\n]/g, ' ').replace(/[\\*_[\]~]/g, '\\$&');
}

/** A time as people read it, to the second: `2026-11-21 03:00:00 UTC`. */
export function time(at: string): string {
  const [, day, clock] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/.exec(at) ?? [];
  return day === undefined || clock === undefined ? cell(at) : `${day} ${clock} UTC`;
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
