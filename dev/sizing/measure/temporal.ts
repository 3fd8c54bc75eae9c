import { execFile } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { startEngine, untilItWorks } from '../../bench/peers/engine';
import { ensureSearchAttributes } from '../../../src/runtime/search-attributes';
import { localConnection } from '../../temporal-server';
import { isPortFree } from '../../temporal-server/ports';
import { DATABASE_USER } from './postgres';
import type { Postgres } from './postgres';
import type { Programs } from './programs';

const run = promisify(execFile);

/** The databases of the server, and what the schema of each is called. */
export const DATABASES = { main: 'temporal', visibility: 'temporal_visibility' } as const;
const SCHEMAS = { main: 'postgresql/v12/temporal', visibility: 'postgresql/v12/visibility' } as const;

/** The namespace, as the compose file makes it. */
export const NAMESPACE = 'default';
const RETENTION = '30 days';

/** A Temporal server as it is deployed: all its services in one process, over PostgreSQL. */
export interface Server {
  address: string;
  pid: number;
  connection: Connection;
  stop(): Promise<void>;
}

/** How the server is set. */
export interface ServerOptions {
  folder: string;
  shards: number;
  /** How many lists a second it answers for a namespace; undefined: as the compose file's. */
  lists: number | undefined;
}

/** Makes both schemas, starts the server, and makes the namespace with its search attributes. */
export async function startTemporal(
  programs: Programs,
  postgres: Postgres,
  { folder, shards, lists }: ServerOptions,
): Promise<Server> {
  for (const name of ['main', 'visibility'] as const) await makeSchema(programs, postgres, name);
  const home = path.join(folder, 'temporal');
  await mkdir(home);
  const ports = await freePorts(9);
  const file = path.join(home, 'config.yaml');
  // JSON is YAML.
  const settings = await settingsIn(home, lists);
  await writeFile(file, JSON.stringify({ ...configurationOf(postgres.port, ports, shards), ...settings }));
  const log = await open(path.join(home, 'server.log'), 'w');
  const engine = startEngine(
    programs['temporal-server'],
    ['--config-file', file, '--allow-no-auth', 'start'],
    {
      cwd: home,
      stdio: ['ignore', log.fd, log.fd],
    },
  );
  await log.close();
  const address = `127.0.0.1:${ports[0] ?? 0}`;
  const connection = await untilItWorks(() => Connection.connect(localConnection(address)));
  await untilItWorks(() => makeNamespace(connection));
  await untilItWorks(() => ensureSearchAttributes(connection, NAMESPACE));
  if (engine.pid === undefined) throw new Error('the Temporal server did not start');
  return {
    address,
    pid: engine.pid,
    connection,
    async stop() {
      await connection.close();
      await engine.stop();
    },
  };
}

async function makeSchema(
  programs: Programs,
  { port }: Postgres,
  name: keyof typeof DATABASES,
): Promise<void> {
  const address = ['--endpoint', '127.0.0.1', '--port', String(port), '--user', DATABASE_USER];
  const tool = (...parameters: string[]) =>
    run(programs['temporal-sql-tool'], [
      ...address,
      ...['--plugin', 'postgres12', '--database', DATABASES[name]],
      ...parameters,
    ]);
  await tool('create-database');
  await tool('setup-schema', '--version', '0.0');
  await tool('update-schema', '--schema-name', SCHEMAS[name]);
}

async function makeNamespace({ workflowService }: Connection): Promise<void> {
  const workflowExecutionRetentionPeriod = msToTs(RETENTION);
  await workflowService.registerNamespace({ namespace: NAMESPACE, workflowExecutionRetentionPeriod });
}

/** The settings of the compose file's server, but perhaps for the limit of lists. */
async function settingsIn(home: string, lists: number | undefined) {
  const text = await readFile('deploy/temporal/dynamicconfig.yaml', 'utf8');
  const filepath = path.join(home, 'dynamicconfig.yaml');
  const limit = /(?<=namespaceRPS\.visibility:\s+- value: )\d+/;
  await writeFile(filepath, lists === undefined ? text : text.replace(limit, String(lists)));
  return { dynamicConfigClient: { filepath, pollInterval: '60s' } };
}

function configurationOf(databasePort: number, ports: readonly number[], shards: number) {
  const [frontend = 0, frontendRing = 0, matching = 0, matchingRing = 0, history = 0, historyRing = 0] =
    ports;
  const [worker = 0, workerRing = 0, http = 0] = ports.slice(6);
  const rpc = (grpcPort: number, membershipPort: number) => ({
    rpc: { grpcPort, membershipPort, bindOnLocalHost: true },
  });
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: shards,
      datastores: {
        main: storeOf(DATABASES.main, databasePort, 20),
        visibility: storeOf(DATABASES.visibility, databasePort, 10),
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: { rpc: { ...rpc(frontend, frontendRing).rpc, httpPort: http } },
      matching: rpc(matching, matchingRing),
      history: rpc(history, historyRing),
      worker: rpc(worker, workerRing),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${frontend}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
  };
}

function storeOf(databaseName: string, port: number, connections: number) {
  return {
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `127.0.0.1:${port}`,
      connectProtocol: 'tcp',
      user: DATABASE_USER,
      password: '',
      maxConns: connections,
      maxIdleConns: connections,
      maxConnLifetime: '1h',
    },
  };
}

/** PostgreSQL keeps the port of each service in a column of two bytes with a sign: none may lie above. */
const [LOWEST_PORT, PORTS] = [20_000, 12_000];

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried === PORTS) throw new Error('no free ports from 20000 to 31999');
    const port = LOWEST_PORT + ((process.pid * 16 + tried) % PORTS);
    if (await isPortFree(port)) ports.push(port);
  }
  return ports;
}
