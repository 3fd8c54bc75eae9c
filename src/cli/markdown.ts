import { table } from './text';

const TABLE_ROW = /^\|.*\|$/;
const FENCE = '```';

/** Our own Markdown (the current details) as plain text for a terminal: tables aligned, what is to be copied indented. */
export function renderMarkdown(markdown: string): string {
  const lines = markdown.split('\n');
  const rendered: string[] = [];
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (line === FENCE)
      rendered.push(...takeWhile(lines, (next) => next !== FENCE).map(indented), ...close(lines));
    else if (TABLE_ROW.test(line)) {
      rendered.push(renderTable([line, ...takeWhile(lines, (next) => TABLE_ROW.test(next))]));
    } else rendered.push(inline(line));
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

function indented(line: string): string {
  return `    ${line}`;
}

function renderTable(rows: readonly string[]): string {
  const [titles = [], , ...cells] = rows.map((row) =>
    row
      .slice(1, -1)
      .split(' | ')
      .map((cell) => inline(cell).replaceAll('\u00a0', ' ').trim()),
  );
  return table(titles, cells);
}

/** Emphasis and code marks are for the eye of a browser; an escaped character is that character. */
function inline(text: string): string {
  return text.replace(/\\([\\*_[\]~])|\*\*|\*|`/g, (_, escaped: string | undefined) => escaped ?? '');
}
