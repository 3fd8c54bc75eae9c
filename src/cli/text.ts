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

function escaped(json: string): string {
  const text = asSaid(json);
  const escape = (character: string) =>
    Array.from({ length: character.length }, (_, index) => unicodeEscape(character.charCodeAt(index))).join(
      '',
    );
  return text.replace(/[^\P{C}\n]/gu, escape);
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Looks like a space, and is one again once a text is printed. */
const KEPT = '\u2008';

/** What a person or a provider said, which may look like a command of ours: what we tell people to copy is changed, and this is not. */
export function foreign(text: string): string {
  return text.replace(/\b(refund|temporal) (?=\S)/g, `$1${KEPT}`);
}

/** A text as it is printed: what was marked as foreign reads as it was said. */
export function asSaid(text: string): string {
  return text.replaceAll(KEPT, ' ');
}
