import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline/promises';
import { UsageError } from './exit-codes';
import { fitted } from './layout';

/** Where somebody can be asked: never a pipe. */
export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}

/** Somebody at a terminal. */
export interface Person {
  tell: (text: string) => void;
  /** Asks until there is an answer that fits. */
  ask: (question: string, read?: (answer: string) => string | undefined) => Promise<string>;
  confirm: (question: string) => Promise<void>;
}

/** The person who was asked said no, or went away. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  constructor() {
    super('Stopped; nothing was sent.');
  }
}

/**
 * Talks with the person at the terminal, and releases it afterwards.
 * @throws StoppedError when they say no, or press Ctrl-C or Ctrl-D; UsageError where nobody can be heard any more
 */
export async function talk<Result>(
  { input, output }: Terminal,
  talking: (person: Person) => Promise<Result>,
): Promise<Result> {
  if (hasEnded(input)) throw new UsageError(ENDED);
  const lines = createInterface({ input, output });
  const gone = new AbortController();
  lines.on('close', () => gone.abort());
  const question = async (text: string) => {
    try {
      return (await lines.question(`${fitted(text.trimEnd())} `, { signal: gone.signal })).trim();
    } catch {
      throw new StoppedError();
    }
  };
  try {
    return await talking({
      tell: (text) => void output.write(`${fitted(text)}\n`),
      ask: async (text, read = (answer) => answer) => {
        for (;;) {
          const answer = read(await question(text));
          if (answer) return answer;
        }
      },
      confirm: async (text) => {
        if (!/^y(es)?$/i.test(await question(`${text} [y/N] `))) throw new StoppedError();
      },
    });
  } finally {
    lines.close();
  }
}

/** A text was read from it to its end (`--evidence-file -`), and it says no more: a question would wait for ever. */
function hasEnded(input: NodeJS.ReadableStream): boolean {
  const { readableEnded = false, destroyed = false } = input as Partial<Readable>;
  return readableEnded || destroyed;
}

const ENDED =
  'Nothing was sent: standard input was read to its end (-), so that you cannot be asked any more. Name a file instead ' +
  'of -, or give every option with --yes.';
