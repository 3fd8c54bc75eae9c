import { seedDemo } from './demo';
import { startSimulators } from './index';

const LATENCY_MS: [number, number] = [20, 80];

/** Runs the simulators alone, with demo data and /control, until Ctrl-C. */
async function main(): Promise<void> {
  const { SIMULATORS_HOST: host = '127.0.0.1', SIMULATORS_PORT = '0' } = process.env;
  const port = Number(SIMULATORS_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error('SIMULATORS_PORT should be a port number, or 0 for a free one');
  }
  const simulators = await startSimulators({ host, port, latencyMs: LATENCY_MS, control: true });
  seedDemo(simulators);
  print(
    `# Five simulated providers at ${simulators.url}; their books are at ${simulators.url}/control/books.`,
  );
  print('# A worker uses them with:');
  for (const [name, value] of Object.entries(simulators.environment())) print(`export ${name}=${value}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulators.close());
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
