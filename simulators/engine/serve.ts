import { seedDemo } from '../demo';
import { startSimulators, type Simulators } from '..';

const LATENCY_MS: [number, number] = [20, 80];

/**
 * Starts the simulators alone, with demo data and /control, and prints how a worker uses them.
 * @param environment SIMULATORS_HOST (127.0.0.1) and SIMULATORS_PORT (0: a free one)
 */
export async function serve(
  environment: Record<string, string | undefined>,
  print: (line: string) => void,
): Promise<Simulators> {
  const { SIMULATORS_HOST: host = '127.0.0.1', SIMULATORS_PORT = '0' } = environment;
  if (!/^\d{1,5}$/.test(SIMULATORS_PORT) || Number(SIMULATORS_PORT) > 65_535) {
    throw new Error('SIMULATORS_PORT should be a port number, or 0 for a free one');
  }
  const simulators = await startSimulators({
    host,
    port: Number(SIMULATORS_PORT),
    latencyMs: LATENCY_MS,
    control: true,
  });
  seedDemo(simulators);
  print(`# Five simulated providers at ${simulators.url}; what they moved: ${simulators.url}/control/books`);
  print('# A worker uses them with:');
  for (const [name, value] of Object.entries(simulators.environment())) print(`export ${name}=${value}`);
  return simulators;
}
