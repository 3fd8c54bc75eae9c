import { spawn } from 'node:child_process';

/** How a process ended. */
export interface Ended {
  ok: boolean;
  output: string;
  /** What it wrote to its error output, or why it could not be run to its end. */
  problem: string;
}

/** How a command is run. */
export interface CommandOptions {
  folder: string;
  environment: Record<string, string | undefined>;
  timeoutMs: number;
}

/** Runs a command to its end without a shell, and never throws. */
export function run(
  [command = '', ...parameters]: readonly string[],
  options: CommandOptions,
): Promise<Ended> {
  const { folder, environment, timeoutMs } = options;
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const child = spawn(command, parameters, {
      ...{ cwd: folder, env: environment, signal, killSignal: 'SIGKILL', windowsHide: true },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [output, problem] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (problem += text));
    child.once('error', (error) => {
      const why = signal.aborted ? `not done within ${timeoutMs / 1_000} s` : error.message;
      resolve({ ok: false, output, problem: `${problem}${why}` });
    });
    child.once('close', (code) => resolve({ ok: code === 0, output, problem }));
  });
}
