import { execFile } from 'node:child_process';

/** How a command ended: what it wrote, or why it did not succeed. */
export type CommandResult = { ok: true; output: string } | { ok: false; problem: string };

/** Runs a command to its end without a shell, and never throws. */
export function runCommand(
  command: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const settings = { env: environment, timeout: timeoutMs, windowsHide: true };
    execFile(command, parameters, settings, (error, output, errorOutput) => {
      if (!error) resolve({ ok: true, output });
      else if (error.code === 'ENOENT') resolve({ ok: false, problem: 'not found' });
      else if (error.killed) resolve({ ok: false, problem: `no answer within ${timeoutMs / 1000} s` });
      else resolve({ ok: false, problem: lastLine(errorOutput) ?? lastLine(output) ?? error.message });
    });
  });
}

function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1)
    ?.slice(0, 300);
}
