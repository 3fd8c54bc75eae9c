/** Text from elsewhere on one line, without anything that a terminal would obey. */
export function plain(text: string): string {
  return text.replace(/\p{C}/gu, ' ');
}

/** The same for text of several lines. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}

/** One JSON value for another program; what a terminal would obey is escaped. */
export function json(value: unknown): string {
  return escaped(JSON.stringify(value, null, 2));
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return escaped(JSON.stringify(value));
}

function escaped(text: string): string {
  const escape = (character: string) =>
    Array.from({ length: character.length }, (_, index) => unicodeEscape(character.charCodeAt(index))).join(
      '',
    );
  return text.replace(/[^\P{C}\n]/gu, escape);
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
