import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { startSimulators } from '../../simulators';
import type { Simulators } from '../../simulators';
import { ensureSearchAttributes } from '../../src/runtime/search-attributes';
import { localConnection, startTemporalServer } from '../temporal-server';
import type { TemporalServer } from '../temporal-server';
import type { ChaosOptions } from './options';
import { providersOf, workerEnvironment } from './settings';

/** Everything that a session runs on, but for workers. */
export interface Testbed {
  server: TemporalServer;
  simulators: Simulators;
  connection: Connection;
  /** The whole environment of a worker process. */
  environment: Record<string, string>;
}

/** Where a testbed comes from. */
export interface TestbedOptions extends Pick<ChaosOptions, 'seed' | 'log'> {
  /** How long providers take to answer, in milliseconds; a few when left out. */
  latencyMs?: [number, number];
  /** The times of the workers that are otherwise than a session's. */
  times?: Record<string, string>;
}

type Close = () => Promise<unknown>;

/** Lends a session its server and simulators. Whatever happens, neither outlives it. */
export async function inTestbed<Result>(
  options: TestbedOptions,
  use: (testbed: Testbed) => Promise<Result>,
): Promise<Result> {
  const closing: Close[] = [];
  try {
    return await use(await prepare(options, closing));
  } finally {
    for (const close of closing.reverse()) {
      await close().catch((error: unknown) => options.log(`Not closed: ${String(error)}`));
    }
  }
}

async function prepare({ seed, latencyMs, times }: TestbedOptions, closing: Close[]): Promise<Testbed> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-chaos-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  // On a file: the server is killed in the middle of everything, and must remember.
  const dbFilename = path.join(folder, 'temporal.db');
  const server = await startTemporalServer({ dbFilename, useConfigured: false, logLevel: 'never' });
  closing.push(() => server.stop());
  const simulators = await startSimulators({ ...providersOf(seed), ...(latencyMs && { latencyMs }) });
  closing.push(() => simulators.close());
  // The actors ask again by themselves; a retry of the connection's own could outlive it.
  const connection = await Connection.connect({ ...localConnection(server.address), interceptors: [] });
  closing.push(() => connection.close());
  await ensureSearchAttributes(connection, server.namespace);
  const environment = { ...workerEnvironment(simulators, server.address), ...times };
  return { server, simulators, connection, environment };
}
