/** One column: its title, and at how many characters its text is broken. */
export interface Column {
  title: string;
  width: number;
}

/** Rows as columns of wrapped text under their titles; a line feed in a cell breaks it too. */
export function wrappedTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const rule = columns.map(({ width }) => '─'.repeat(width)).join('  ');
  const blocks = rows.map((cells) => showRow(columns, cells));
  const titles = showRow(
    columns,
    columns.map(({ title }) => title),
  );
  return [titles, rule, blocks.join('\n\n'), rule].join('\n');
}

function showRow(columns: readonly Column[], cells: readonly string[]): string {
  const wrapped = columns.map(({ width }, index) => wrap(cells[index] ?? '', width));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return [...Array(height).keys()].map((line) => showLine(columns, wrapped, line)).join('\n');
}

function showLine(columns: readonly Column[], wrapped: readonly string[][], line: number): string {
  const texts = columns.map(({ width }, index) => (wrapped[index]?.[line] ?? '').padEnd(width));
  return texts.join('  ').trimEnd();
}

function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => (line.length <= width ? [line] : wrapLine(line, width)));
}

function wrapLine(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (longer.length > width && current !== '') {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}
