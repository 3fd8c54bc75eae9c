import { withAges } from './ages';
import { command, table } from './layout';
import { foreign } from './text';

const TABLE_ROW = /^\|.*\|$/;
const FENCE = '```';

/**
 * Our own Markdown (the current details) as plain text for a terminal: tables aligned, ages beside times, what is to be
 * copied indented.
 */
export function renderMarkdown(markdown: string): string {
  const lines = markdown.split('\n');
  const rendered: string[] = [];
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (line === FENCE)
      rendered.push(...blockOf(takeWhile(lines, (next) => next !== FENCE)), ...close(lines));
    else if (TABLE_ROW.test(line)) {
      rendered.push(renderTable([line, ...takeWhile(lines, (next) => TABLE_ROW.test(next))]));
    } else rendered.push(withAges(inline(line)));
  }
  return rendered.join('\n');
}

function takeWhile(lines: string[], holds: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !holds(line));
  return lines.splice(0, end === -1 ? lines.length : end);
}

/** Drops the fence that closes a block. */
function close(lines: string[]): string[] {
  lines.shift();
  return [];
}

const INDENT = '    ';

/** What is to be copied: a command goes on after a backslash, where it is long. */
function blockOf(lines: readonly string[]): string[] {
  const unbroken = lines.join('\n').split(/(?<!\\)\n/);
  return unbroken.map((line) => (line.startsWith('refund ') ? command(line, INDENT) : INDENT + line));
}

function renderTable(rows: readonly string[]): string {
  const [titles = [], , ...cells] = rows.map((row) =>
    row
      .slice(1, -1)
      .split(' | ')
      .map((cell) => withAges(inline(cell).replaceAll('\u00a0', ' ').trim())),
  );
  return table(titles, cells);
}

/**
 * Emphasis and code marks are for the eye of a browser; an escaped character is that character, and what stands between
 * code marks is left as it is.
 */
function inline(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) =>
      index % 2 === 1
        ? part.slice(1, -1)
        : // Our own commands stand between code marks.
          foreign(
            part.replace(/\\([\\*_[\]~])|\*\*|\*|`/g, (_, escaped: string | undefined) => escaped ?? ''),
          ),
    )
    .join('');
}
