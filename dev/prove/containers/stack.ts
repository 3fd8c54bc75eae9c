import type { BookEntry } from '../../../simulators';
import { Books } from '../../../simulators/engine/books';
import { docker, tryDocker } from './engine';
import type { Ended } from './engine';

/** What of a container the engine tells. */
export interface Container {
  service: string;
  /** Seconds since it started; a restart begins anew. */
  startedAt: string;
  isReadOnly: boolean;
  memoryLimit: number;
  /** What was written beside mounts, as `docker diff` shows it. */
  written: string[];
}

/** The services of one compose project, and what is done with them. */
export interface Stack {
  compose(...parameters: string[]): Promise<string>;
  /** Runs a command in the worker's container, and never throws. */
  tryInWorker(command: readonly string[], input?: string): Promise<Ended>;
  /** Runs a command in the worker's container. */
  inWorker(command: readonly string[], input?: string): Promise<string>;
  /** What the simulators moved. */
  books(): Promise<Books>;
  /** Tells the simulators something by a door of /control. */
  control(door: string, bodies: readonly unknown[]): Promise<void>;
  containers(): Promise<Container[]>;
  /** Ends the first container of a service by SIGKILL. */
  killOne(service: string): Promise<void>;
  /** What each container takes at this moment, and may take. */
  memory(): Promise<string>;
}

/** A compose project of its own name, so that nobody's running one is touched. */
export function stackOf(
  project: string,
  files: readonly string[],
  environment: Record<string, string>,
): Stack {
  const prefix = ['compose', '--project-name', project, ...files.flatMap((file) => ['--file', file])];
  const inWorker = ['exec', '--no-TTY', 'worker'];
  const tryInWorker = (command: readonly string[], input = '') =>
    tryDocker([...prefix, ...inWorker, ...command], { input, environment });
  const inSimulators = (script: string, argument = '', input = '') =>
    docker([...prefix, 'exec', '--no-TTY', 'simulators', 'node', '-e', script, argument], {
      ...{ input, environment },
    });
  const idsOf = async (...services: string[]) =>
    (await stack.compose('ps', '--quiet', ...services)).trim().split('\n').filter(Boolean);
  const stack: Stack = {
    compose: (...parameters) => docker([...prefix, ...parameters], { environment }),
    tryInWorker,
    inWorker: (command, input = '') => docker([...prefix, ...inWorker, ...command], { input, environment }),
    books: async () => {
      const entries = JSON.parse(await inSimulators(READ_BOOKS)) as BookEntry[];
      const books = new Books();
      for (const entry of entries) books.add(entry);
      return books;
    },
    control: async (door, bodies) => {
      await inSimulators(POST_LINES, door, bodies.map((body) => JSON.stringify(body)).join('\n'));
    },
    containers: async () => Promise.all((await idsOf()).map(describe)),
    killOne: async (service) => {
      const [first = ''] = await idsOf(service);
      await docker(['kill', '--signal', 'SIGKILL', first]);
    },
    memory: async () => {
      const format = ['--no-stream', '--format', '{{.Name}} {{.MemUsage}}'];
      const lines = (await docker(['stats', ...format, ...(await idsOf())])).trim().split('\n');
      return lines
        .map((line) => line.replace(`${project}-`, '').trim())
        .sort()
        .join(', ');
    },
  };
  return stack;
}

const READ_BOOKS = `fetch('http://127.0.0.1:4010/control/books').then((answer) => answer.text()).then(console.log)`;

const POST_LINES = `
(async () => {
  for (const body of require('node:fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean)) {
    const answer = await fetch('http://127.0.0.1:4010/control/' + process.argv[1], { method: 'POST', body });
    if (!answer.ok) throw new Error(await answer.text());
  }
})();`;

interface Inspected {
  State: { StartedAt: string };
  HostConfig: { ReadonlyRootfs: boolean; Memory: number };
  Config: { Labels: Record<string, string> };
  Mounts: { Destination: string }[];
}

async function describe(id: string): Promise<Container> {
  const [inspected] = JSON.parse(await docker(['inspect', id])) as Inspected[];
  if (!inspected) throw new Error(`nothing is known of ${id}`);
  const mounts = [
    ...inspected.Mounts.map(({ Destination }) => Destination),
    '/usr/sbin/docker-init',
    '/sbin/docker-init',
  ];
  // "A" added, "C" changed, "D" deleted; where a mount was hung in is no write of the service.
  const changes = (await docker(['diff', id])).trim().split('\n').filter(Boolean);
  return {
    service: inspected.Config.Labels['com.docker.compose.service'] ?? id,
    startedAt: inspected.State.StartedAt,
    isReadOnly: inspected.HostConfig.ReadonlyRootfs,
    memoryLimit: inspected.HostConfig.Memory,
    written: changes
      .map((line) => line.slice(2))
      .filter((path) => !mounts.some((mount) => mount.startsWith(path))),
  };
}
