import stringWidth from 'string-width';
import { asSaid, plain } from './text';

/** The columns of the terminal; 80 where there is none. */
export function screenWidth(): number {
  return Math.max(process.stdout.columns || 80, NARROWEST);
}

/** Below so many columns nothing can be read; a terminal that says less is not believed. */
const NARROWEST = 20;

/** Whether the terminal shows it on one line. */
export function fits(line: string, width = screenWidth()): boolean {
  return stringWidth(line) <= width;
}

/** Between two columns, and after the title of a stacked value. */
const GAP = '  ';

/** Rows under their titles: as columns where the terminal is wide enough, else each row as a block of its own. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  width = screenWidth(),
): string {
  const cells = rows.map((row) => titles.map((_, column) => plain(row[column] ?? '')));
  const widths = titles.map((title, column) =>
    Math.max(...[title, ...cells.map((row) => row[column] ?? '')].map((text) => stringWidth(text))),
  );
  const needed = widths.reduce((sum, each) => sum + each) + GAP.length * (titles.length - 1);
  if (needed > width) return stacked(titles, cells, width);
  return [titles, ...cells]
    .map((row) =>
      row
        .map((text, column) => padded(text, widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

function stacked(titles: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const longest = Math.max(...titles.map((title) => stringWidth(title)));
  const entry = (title: string, text: string) => {
    const mark = padded(title, longest) + GAP;
    const fitsBeside = wordsOf(text, width).every((word) => fits(mark + word, width));
    return fitsBeside ? hanging(mark, text, width) : `${title}\n${hanging(GAP, text, width)}`;
  };
  return rows
    .map((row) =>
      titles.flatMap((title, column) => (row[column] ? [entry(title, row[column])] : [])).join('\n'),
    )
    .join('\n\n');
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - stringWidth(text));
}

/** What begins a line and stays at its left when the line is broken. */
const MARK = /^ *(?:- |\d+ {2})?/;

/** Text on lines that the terminal need not break; a longer word keeps a line of its own. */
export function fitted(text: string, width = screenWidth()): string {
  return asSaid(text)
    .split('\n')
    .map((line) => {
      if (fits(line, width)) return line;
      const [mark = ''] = MARK.exec(line) ?? [];
      return hanging(mark, line.slice(mark.length), width);
    })
    .join('\n');
}

/** Text after a mark, such as a bullet; what does not fit on its line goes on below its beginning. */
export function hanging(mark: string, text: string, width = screenWidth()): string {
  const space = ' '.repeat(stringWidth(mark));
  return filled(wordsOf(text, width - space.length), width - space.length)
    .map((line, index) => (index === 0 ? mark : space) + line)
    .join('\n');
}

/** A command to copy: where it is too long for a line it goes on after a backslash, as a shell reads it. */
export function command(text: string, mark = '', width = screenWidth()): string {
  const line = text.replace(/ *\\\n */g, ' ');
  if (fits(mark + line, width)) return mark + line;
  const words = line.match(SHELL_WORD) ?? [];
  // Quotes that do not close are left alone: nobody could say where such a word ends.
  if (withoutBlanks(words.join('')) !== withoutBlanks(line)) return mark + line;
  const space = ' '.repeat(stringWidth(mark));
  const room = width - space.length - 2 * GAP.length;
  return filled(withValues(words, room), room)
    .map((part, index) => (index === 0 ? mark : space + GAP) + part)
    .join(' \\\n');
}

function withoutBlanks(text: string): string {
  return text.replaceAll(' ', '');
}

/** An option stays with its value, where a line can hold both. */
function withValues(words: readonly string[], width: number): string[] {
  return words.reduce<string[]>((joined, word) => {
    const before = joined.at(-1) ?? '';
    const both = `${before} ${word}`;
    const belong = /^--[a-z-]+$/.test(before) && !word.startsWith('-') && fits(both, width);
    return belong ? [...joined.slice(0, -1), both] : [...joined, word];
  }, []);
}

const SHELL_WORD = /(?:\\.|"[^"]*"|'[^']*'|[^\s"'\\])+/g;

/** What stays on one line within a sentence: our own commands, which are to be copied, times, and what ends a question. */
const UNBROKEN = [
  /\brefund (?:--[a-z-]+ (?:[^\s-]\S* )?)*(?:(?:attention|inbox|list|provider list|stuck|versions)\b|(?:approve|cancel|heal|order|provider (?:resume|stop)|reject|resolve|show|status|wait|watch) [\w.-]+)/g,
  /\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC(?: \((?:in )?\d+ [smhd]\))?/g,
  /\bREFUND_TASK_QUEUE=\S+ npm start/g,
  /\S+ \[y\/N\]/g,
];

/** The words of a text. What stays together is one, where a line can hold it. */
function wordsOf(text: string, width: number): string[] {
  const together = (words: string) => words.replaceAll(' ', '\u00a0');
  return UNBROKEN.reduce((line, pattern) => line.replace(pattern, together), text)
    .split(/ +/)
    .filter((word) => word !== '')
    .map((word) => word.replaceAll('\u00a0', ' '))
    .flatMap((word) => (fits(word, width) ? [word] : word.split(' ')));
}

function filled(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = lines.length === 0 ? word : `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && fits(longer, width)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
