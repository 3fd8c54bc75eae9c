/** What `refund` asks at a terminal, as its last line. */
export const QUESTIONS = {
  by: /^Your id, such as your login:$/,
  outcome: /^Number or word:$/,
  evidence: /^What you saw at the provider:$/,
  reference: /^The provider's reference of it:$/,
  confirm: /\? \[y\/N\]$/,
} as const;

/** The question that a screen ends with; undefined where it ends with none. */
export function questionOf(screen: string): keyof typeof QUESTIONS | undefined {
  const last = screen.split('\n').at(-1) ?? '';
  const names = Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[];
  return names.find((name) => QUESTIONS[name].test(last));
}

/** What the last command printed: everything after the last prompt that was answered. */
export function lastOutput(text: string): string {
  const lines = text.replace(/\n\$$/, '').split('\n');
  const prompt = lines.findLastIndex((line) => line.startsWith('$ '));
  return lines.slice(prompt + 1).join('\n');
}

/**
 * The command that a screen tells and that begins so, to the letter; undefined where it tells none. A command in a
 * sentence ends with it.
 */
export function commandOn(screen: string, begin: string): string | undefined {
  const lines = screen.split('\n');
  const at = lines.findIndex((line) => line.includes(begin));
  const line = lines[at];
  if (line === undefined) return undefined;
  const from = line.indexOf(begin);
  const isInSentence = !/^ +(?:Next: )?$/.test(line.slice(0, from));
  const first = line.slice(from).replace(/ {3}\(.*$/, '');
  if (isInSentence) return first.replace(/[.,;:)](?: .*)?$/, '');
  const rest = lines.slice(at + 1);
  const more = first.endsWith('\\') ? rest.slice(0, rest.findIndex((next) => !next.endsWith('\\')) + 1) : [];
  return [first, ...more].join('\n');
}

/** What stands in a command for what only the operator knows. */
const BLANKS: readonly (readonly [RegExp, 'by' | 'evidence'])[] = [
  [/\bNAME\b/g, 'by'],
  [/WHAT YOU SAW/g, 'evidence'],
];

/** A command with its blanks filled in. */
export function filledIn(command: string, known: Partial<Record<'by' | 'evidence', string>>): string {
  return BLANKS.reduce((text, [blank, name]) => text.replace(blank, known[name] ?? '$&'), command);
}

/** Lines that the terminal had to break, because nobody had broken them before; what is typed is not ours. */
export function brokenLines({ lines, text }: { lines: readonly string[]; text: string }): string[] {
  const looks = new Set(lines);
  return text.split('\n').filter((line) => !looks.has(line) && !/^[$>] |: \S|\[y\/N\]/.test(line));
}
