import { spawn } from 'node:child_process';

/** How a command is run. */
export interface CommandOptions {
  input: string;
  environment: Record<string, string>;
  timeoutMs: number;
}

/** Building and starting take minutes on a busy machine; whatever takes longer hangs. */
const DEFAULTS: CommandOptions = { input: '', environment: {}, timeoutMs: 1_200_000 };

/** How a command ended. */
export interface Ended {
  code: number | null;
  output: string;
  problem: string;
}

/** Runs `docker` to its end, and never throws. */
export function tryDocker(
  parameters: readonly string[],
  options: Partial<CommandOptions> = {},
): Promise<Ended> {
  const { input, environment, timeoutMs } = { ...DEFAULTS, ...options };
  return new Promise((resolve) => {
    const child = spawn('docker', parameters, {
      env: { ...process.env, DOCKER_BUILDKIT: '1', ...environment },
      timeout: timeoutMs,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [output, problem] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (problem += text));
    child.once('error', (error) => resolve({ code: null, output, problem: `${problem}${error.message}` }));
    child.once('close', (code) => resolve({ code, output, problem }));
    // A command that ends without reading says so by its exit code.
    child.stdin.on('error', () => undefined).end(input);
  });
}

/**
 * Runs `docker` to its end.
 * @returns what it wrote
 * @throws Error with the end of what it complained of
 */
export async function docker(
  parameters: readonly string[],
  options: Partial<CommandOptions> = {},
): Promise<string> {
  const { code, output, problem } = await tryDocker(parameters, options);
  if (code === 0) return output;
  const end = `${output}\n${problem}`.trim().split('\n').slice(-12).join('\n');
  throw new Error(`docker ${parameters.join(' ').slice(0, 200)} ended with ${code}:\n${end}`);
}

/** What an engine says of itself, or why there is none. */
export async function findEngine(): Promise<{ versions: string } | { missing: string }> {
  const engine = await tryDocker(['version', '--format', 'Engine {{.Server.Version}}'], {
    timeoutMs: 20_000,
  });
  if (engine.code !== 0) return { missing: lastLine(engine.problem) };
  const compose = await tryDocker(['compose', 'version', '--short'], { timeoutMs: 20_000 });
  if (compose.code !== 0) return { missing: `docker compose: ${lastLine(compose.problem)}` };
  return { versions: `${engine.output.trim()}, Compose ${compose.output.trim()}` };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
