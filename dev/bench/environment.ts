import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { aRefund } from '../demo/requests';
import { localConnection, startTemporalServer } from '../temporal-server';
import { createOperatorClient } from '../../src/client/operator';
import type { OperatorClient } from '../../src/client/operator';
import { ensureSearchAttributes } from '../../src/runtime/search-attributes';
import { APPROVAL_LIMITS } from './parking';
import type { Shape } from './plain/calls';
import { Child } from './processes/child';
import type { SeedRange } from './processes/providers';

/** The queue of the bare saga. */
export const BARE_TASK_QUEUE = 'bare';

/** The one Temporal server of a benchmark, and a client to it. */
export interface BenchServer {
  client: Client;
  refunds: OperatorClient;
  address: string;
  /** Process id of the server. */
  pid: number | undefined;
  close(): Promise<void>;
}

/** The providers at one delay, with refunds that are in their books. */
export interface Providers {
  child: Child;
  environment: Record<string, string>;
  /** Makes sure that so many more refunds are in the books. */
  ensure(count: number): Promise<void>;
  /** The next of them. */
  take(): Shape;
  /** Gives away so many of them at once, to a process that makes its own requests. */
  skip(count: number): { run: string; first: number };
}

/** Starts the local server of this project, tuned and on disk: what it answers survives a crash. */
export async function startServer(): Promise<BenchServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-bench-'));
  const dbFilename = path.join(folder, 'temporal.db');
  const server = await startTemporalServer({ dbFilename, useConfigured: false, logLevel: 'never' });
  const connection = await Connection.connect(localConnection(server.address));
  await ensureSearchAttributes(connection, server.namespace);
  const client = new Client({ connection, namespace: server.namespace });
  return {
    client,
    refunds: createOperatorClient({ client, timeoutMs: 60_000 }),
    address: server.address,
    pid: server.pid,
    async close() {
      await connection.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the simulated providers in a process of their own. */
export async function startProviders(run: string, delayMs: number): Promise<Providers> {
  const child = await start('processes/providers.js', { DELAY_MS: String(delayMs) });
  const told = await child.ask<Record<string, string>>('environment');
  const environment = Object.fromEntries(
    Object.entries(told).filter(([name]) => !/^SIPAY_(IDENTITY|CLIENT)/.test(name)),
  );
  let next = 0;
  let seeded = 0;
  return {
    child,
    // A token that never expires: no variant spends a call on it.
    environment: { ...environment, SIPAY_TOKEN: 'demo-sipay-token' },
    async ensure(count) {
      if (seeded - next >= count) return;
      await child.ask('seed', { run, from: seeded, to: next + count } satisfies SeedRange);
      seeded = next + count;
    },
    take: () => aRefund(run, next++) as Shape,
    skip(count) {
      const first = next;
      next += count;
      return { run, first };
    },
  };
}

/** What `npm start` and the image give to Node (docs/adr/015). */
const NODE_OPTIONS = ['--max-semi-space-size=32'];

/** Starts this project's worker as it is built and run in production. */
export function startOurs(
  { address }: Pick<BenchServer, 'address'>,
  { environment }: Providers,
  { more, nodeOptions = [] }: { more?: Record<string, string>; nodeOptions?: string[] } = {},
): Promise<Child> {
  return Child.start({
    nodeOptions: [...NODE_OPTIONS, ...nodeOptions],
    script: path.join(__dirname, '../../src/worker.js'),
    ready: 'Refund worker started',
    environment: {
      ...environment,
      TEMPORAL_ADDRESS: address,
      APPROVAL_LIMITS,
      ...more,
    },
  });
}

/** Starts the worker of the bare saga. */
export function startBare({ address }: BenchServer, { environment }: Providers): Promise<Child> {
  return start('bare/main.js', { ...environment, TEMPORAL_ADDRESS: address, BARE_TASK_QUEUE });
}

/** Starts a process that runs closed loops by itself. */
export function startLoop(script: string, environment: Record<string, string>): Promise<Child> {
  return start(script, environment);
}

function start(script: string, environment: Record<string, string>): Promise<Child> {
  return Child.start({ script: path.join(__dirname, script), ready: 'ready\n', environment });
}
