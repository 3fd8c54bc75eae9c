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
import { Workers } from './workers';

/** Everything that a session runs on. */
export interface Environment {
  server: TemporalServer;
  simulators: Simulators;
  workers: Workers;
  connection: Connection;
}

type Close = () => Promise<unknown>;

/** Lends a session its server, simulators and workers. Whatever happens, none of them outlives it. */
export async function inEnvironment<Result>(
  options: ChaosOptions,
  use: (testbed: Environment) => Promise<Result>,
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

async function prepare(
  { seed, workers: count, workerScript }: ChaosOptions,
  closing: Close[],
): Promise<Environment> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-chaos-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  // On a file: the server is killed in the middle of everything, and must remember.
  const dbFilename = path.join(folder, 'temporal.db');
  const server = await startTemporalServer({ dbFilename, useConfigured: false, logLevel: 'never' });
  closing.push(() => server.stop());
  const simulators = await startSimulators(providersOf(seed));
  closing.push(() => simulators.close());
  // The actors ask again by themselves; a retry of the connection's own could outlive it.
  const connection = await Connection.connect({ ...localConnection(server.address), interceptors: [] });
  closing.push(() => connection.close());
  await ensureSearchAttributes(connection, server.namespace);
  const environment = workerEnvironment(simulators, server.address);
  const workers = new Workers({ script: workerScript, count, environment });
  closing.push(() => workers.close());
  return { server, simulators, workers, connection };
}
