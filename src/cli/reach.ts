import { command, fits, hanging } from './layout';
import { asSaid } from './text';

/** Our commands that reach a server. */
export const REACHING: readonly string[] = [
  ...['approve', 'attention', 'cancel', 'check', 'heal', 'inbox', 'list', 'order', 'provider', 'reject'],
  ...['replay', 'resolve', 'show', 'start', 'status', 'stuck', 'versions', 'wait', 'watch'],
];

/** These, and those of Temporal's own CLI that we tell people to copy. */
const OURS = new RegExp(`\\brefund (?=(?:${REACHING.join('|')})\\b)`, 'g');
const TEMPORALS = /\btemporal (?:workflow|activity|task-queue|worker deployment) [a-z-]+/g;

/** A line that is a command, perhaps with a note after it. */
const COMMAND = /^( *(?:Next: )?)((?:refund|temporal) [^]*?)(?: {3}(\(.*\)))?$/;

/**
 * A text whose commands reach the server that somebody named on the command line: what stands in the environment holds for
 * the next command too, and this does not.
 * @param options the connection as it was said; empty where nothing was
 */
export function reaching(text: string, options: string): string {
  if (options === '') return asSaid(text);
  // A command that goes on after a backslash is one line.
  const told = text
    .split(/(?<!\\)\n/)
    .map((line) => {
      // Lines for programs stay as they are.
      if (line.startsWith('{')) return line;
      const [, mark = '', said, note] = COMMAND.exec(line) ?? [];
      if (said === undefined) return withOptions(line, options);
      const told = command(withOptions(said, options), mark);
      if (note === undefined) return told;
      const both = `${told}   ${note}`;
      return fits(both) ? both : `${told}\n${hanging(' '.repeat(mark.length), note)}`;
    })
    .join('\n');
  return asSaid(told);
}

/** The same in what programs are told to do next. */
export function reachingNext(value: unknown, options: string): unknown {
  if (options === '' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => reachingNext(one, options));
  const { next } = value as { next?: unknown };
  if (!Array.isArray(next)) return value;
  return { ...value, next: next.map((line) => withOptions(String(line), options)) };
}

function withOptions(line: string, options: string): string {
  return line
    .replace(OURS, (start) => `${start}${options} `)
    .replace(TEMPORALS, (start) => `${start} ${options}`);
}
