import { EXIT } from './exit-codes';
import { runCli } from './main';

/** Runs `refund` as this process, which then ends with its exit code. */
export function runProcess(version: string): void {
  const { stdin, stdout, stderr, env: environment } = process;
  // The reader of our output may stop early (`refund list | head -1`).
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  const terminal = stdin.isTTY && stderr.isTTY ? { terminal: { input: stdin, output: stderr } } : {};
  // A command that waits for what never comes ends with the process, and has not done what it was to do.
  process.exitCode = EXIT.failed;
  void runCli(process.argv.slice(2), { stdout, stderr, environment, version, ...terminal }).then(
    (code) => (process.exitCode = code),
  );
}
