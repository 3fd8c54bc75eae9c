import { PassThrough, Writable } from 'node:stream';
import { runCli } from '../../src/cli/main';

/** What one run of the command line came to. */
export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** What a run of the command line is given beside its arguments. */
export interface Extra {
  stdin?: string;
  environment?: object;
  /** What somebody at a terminal answers, one a question, or after something else; then comes Ctrl-D. Absent: a pipe. */
  answers?: readonly Typed[];
  /** Standard error is a terminal. */
  screen?: true;
  /** The workflow bundle for reading histories; there is none by default. */
  readingBundle?: string;
  /** The workflow bundle of the workers. */
  workflowBundle?: string;
  /** Of the terminal. By default so many that a sentence stands on one line. */
  columns?: number;
}

type Typed = string | (() => Promise<string>);

/** Runs `refund` against the server of the test run; what a terminal shows is part of \`err\`. */
export async function runRefund(args: string[], extra: Extra = {}): Promise<Ran> {
  process.stdout.columns = extra.columns ?? WIDE;
  const written = { out: '', err: '' };
  const stderr = { write: (text: string) => (written.err += text), isTTY: extra.screen === true };
  const code = await runCli(args, {
    stdout: { write: (text: string) => (written.out += text) },
    stderr,
    version: '1.2.3',
    stdin: pieces(extra.stdin ?? ''),
    environment: { TEMPORAL_ADDRESS: process.env.TEMPORAL_TEST_ADDRESS, ...extra.environment },
    ...(extra.readingBundle !== undefined && { readingBundle: extra.readingBundle }),
    ...(extra.workflowBundle !== undefined && { workflowBundle: extra.workflowBundle }),
    ...(extra.answers && { terminal: terminalOf(extra.answers, stderr.write) }),
  });
  // Whatever goes wrong, nobody is shown a stack trace.
  expect(written.err).not.toMatch(/^\s+at /m);
  return { code, ...written };
}

const WIDE = 10_000;

/** What a run printed as JSON. */
export function parsed({ out }: Ran): unknown {
  return JSON.parse(out);
}

async function* pieces(text: string): AsyncGenerator<Buffer> {
  const whole = Buffer.from(text);
  // In the middle of a letter, as pipes do.
  yield await Promise.resolve(whole.subarray(0, 7));
  yield whole.subarray(7);
}

/** Somebody who answers as soon as a question stands there. */
function terminalOf(answers: readonly Typed[], show: (text: string) => unknown) {
  const left = [...answers];
  const input = new PassThrough();
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      const text = chunk.toString();
      show(text);
      if (/(: |\? \[y\/N\] )$/.test(text)) {
        const answer = left.shift();
        if (answer === undefined) input.end();
        else if (typeof answer === 'string') input.write(`${answer}\n`);
        else
          void answer().then(
            (typed) => input.write(`${typed}\n`),
            (error: unknown) => input.end(show(String(error))),
          );
      }
      done();
    },
  });
  return { input, output };
}
