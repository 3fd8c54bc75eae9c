import { UsageError } from './exit-codes';
import { readInput } from './input';
import type { TextSource } from './input';

/** A text of an option, or the file that holds it. */
export interface SaidText {
  text: string | undefined;
  file: string | undefined;
}

/** What is said of the option that takes a file. */
export function inFile(option: string): string {
  return `a file that holds it (- reads standard input): unlike ${option}, no list of processes shows it`;
}

/**
 * What somebody said by an option, or in a file: the list of processes shows every option to everybody on the machine.
 * @throws UsageError where both were given
 */
export async function saidText(
  option: string,
  { text, file }: SaidText,
  stdin: TextSource,
): Promise<string | undefined> {
  if (file === undefined) return text;
  if (text !== undefined)
    throw new UsageError(`Give either ${option} or ${option}-file, and not both; nothing was sent.`);
  return (await readInput(file, stdin)).trim();
}
