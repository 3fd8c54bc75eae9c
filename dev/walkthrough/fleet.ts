import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Worker } from '@temporalio/worker';
import { readConfiguration } from '../../src/config';
import { createProviders } from '../../src/providers';
import { ensureSearchAttributes } from '../../src/runtime/search-attributes';
import { BUNDLE_PATH, createWorkers, runWorkers } from '../../src/runtime/workers';
import type { TemporalServer } from '../temporal-server';

/** The workers of this process. */
export interface Fleet {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops them, whatever they are, and starts the right ones, which are told some things otherwise. */
  restart(settings?: Record<string, string>): Promise<void>;
  /** Stops them, and starts others whose workflow code is not that of the running refunds. */
  replaceByWrongVersion(): Promise<void>;
  close(): Promise<void>;
}

/** The workers of a server, which are not started yet. */
export async function openFleet(
  { address, namespace }: TemporalServer,
  environment: Record<string, string>,
): Promise<Fleet> {
  silenceRuntime();
  const connection = await NativeConnection.connect({ address });
  await ensureSearchAttributes(connection, namespace);
  let configuration = readConfiguration(environment);
  const providers = createProviders(configuration.providers);
  let workers: Worker[] = [];
  let running = Promise.resolve();

  const run = async (bundlePath: string) => {
    workers = await createWorkers({ connection, namespace, configuration, providers, bundlePath });
    running = runWorkers(workers);
  };
  const stop = async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
  };
  return {
    start: () => run(BUNDLE_PATH),
    stop,
    restart: async (settings) => {
      await stop();
      configuration = readConfiguration({ ...environment, ...settings });
      await run(BUNDLE_PATH);
    },
    replaceByWrongVersion: async () => {
      await stop();
      await withOtherCode(run);
    },
    close: async () => {
      await stop();
      for (const provider of providers.values()) provider.close();
      await connection.close();
    },
  };
}

/** The workflow code as if an engineer had renamed an activity in place, which no running refund survives. */
async function withOtherCode(use: (bundlePath: string) => Promise<void>): Promise<void> {
  const code = await readFile(BUNDLE_PATH, 'utf8');
  const renamed = code.replace(/activity: ?['"]refundLeg['"]/, `activity: 'moveLeg'`);
  if (renamed === code) throw new Error('The bundle holds no activity "refundLeg" to rename.');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'refund-walkthrough-'));
  try {
    const bundlePath = path.join(folder, 'other-bundle.js');
    await writeFile(bundlePath, renamed);
    await use(bundlePath);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function silenceRuntime(): void {
  // The workers are told a wrong version on purpose; what they log of it is no news.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  });
}
