import { command, fits, hanging } from './layout';
import { plain } from './text';

/** A command to send next, with what is said of it on lines of their own where one line cannot hold both. */
export function showNext(next: string): string {
  const line = NEXT + plain(next);
  if (fits(line)) return line;
  const [, text = '', note] = /^(.*?)(?: {3}(\(.*\)))?$/.exec(plain(next)) ?? [];
  const told = IS_COMMAND.test(text) ? command(text, NEXT) : hanging(NEXT, text);
  return note === undefined ? told : `${told}\n${hanging(' '.repeat(NEXT.length), note)}`;
}

const NEXT = '  Next: ';
const IS_COMMAND = /^(?:refund|temporal) /;
