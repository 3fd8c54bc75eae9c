/** Text from elsewhere on one line, without anything that a terminal would obey. */
export function plain(text: string): string {
  return text.replace(/\p{C}/gu, ' ');
}

/** The same for text of several lines. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}

/** Rows as aligned columns under their titles. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, ...rows].map((cells) => cells.map(plain));
  const widths = titles.map((_, column) => Math.max(...lines.map((cells) => lengthOf(cells[column] ?? ''))));
  return lines
    .map((cells) =>
      cells
        .map((text, column) => pad(text, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(width - lengthOf(text));
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** One JSON value for another program; what a terminal would obey is escaped. */
export function json(value: unknown): string {
  const escape = (character: string) =>
    Array.from({ length: character.length }, (_, index) => unicodeEscape(character.charCodeAt(index))).join(
      '',
    );
  return JSON.stringify(value, null, 2).replace(/[^\P{C}\n]/gu, escape);
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
