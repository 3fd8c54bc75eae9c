import { execFile } from 'node:child_process';

/** How a command ended. */
export interface Ended {
  isOk: boolean;
  output: string;
  problem: string;
}

/** Nothing that is run here takes long but on a machine with much else to do. */
const TIMEOUT_MS = 300_000;

/** Runs a command to its end, without a shell, and never throws. */
export function tryRun(
  command: string,
  parameters: readonly string[],
  { input = '', environment = process.env }: { input?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const settings = { env: environment, timeout: TIMEOUT_MS, maxBuffer: 100_000_000 };
    const child = execFile(command, parameters, settings, (error, output, said) =>
      resolve({ isOk: !error, output, problem: error ? said.trim() || error.message : said.trim() }),
    );
    // A command that ends without reading says so by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
  });
}

/**
 * Runs a command to its end.
 * @returns what it wrote
 * @throws Error with what it complained of
 */
export async function run(...command: Parameters<typeof tryRun>): Promise<string> {
  const { isOk, output, problem } = await tryRun(...command);
  if (isOk) return output;
  throw new Error(`${command[0]} ${command[1].slice(0, 6).join(' ')}: ${problem || output}`);
}
