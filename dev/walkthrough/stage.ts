import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startSimulators } from '../../simulators';
import type { Simulators } from '../../simulators';
import { createOperatorClient, DEFAULT_TASK_QUEUE } from '../../src/client/operator';
import type { OperatorClient } from '../../src/client/operator';
import { localConnection, startTemporalServer } from '../temporal-server';
import type { TemporalServer } from '../temporal-server';
import { openFleet } from './fleet';
import type { Fleet } from './fleet';

/** What a case would wait for longest, made short; the clocks are those of the machine. */
export const SHORT_WAITS = {
  APPROVAL_LIMITS: 'TRY=50000,points=1000',
  CALL_TIMEOUT: '1s',
  FAST_RETRIES: '1',
  SLOW_RETRY_INTERVAL: '500ms',
  GIVE_UP_AFTER: '3s',
  LOOKUP_DELAYS: '200ms,500ms,1500ms',
  ABSENCE_AFTER: '1s',
};

/** The root of the checkout, seen from `dist/dev/walkthrough`. */
export const ROOT = path.resolve(__dirname, '../../..');

/** Everything that runs while cases are walked through. */
export interface Stage {
  server: TemporalServer;
  simulators: Simulators;
  client: Client;
  refunds: OperatorClient;
  fleet: Fleet;
  /** What a worker reads that is started by hand. */
  workerEnvironment: Record<string, string>;
  close(): Promise<void>;
}

/** Starts a Temporal server with its UI, the five simulated providers, and workers. */
export async function openStage(log: (line: string) => void): Promise<Stage> {
  const steps: (() => unknown)[] = [];
  const close = async () => {
    for (let step = steps.pop(); step; step = steps.pop()) await step();
  };
  try {
    const server = await startTemporalServer({ ui: true, useConfigured: false, quickReports: true, log });
    steps.push(() => server.stop());
    const simulators = await startSimulators({ latencyMs: [20, 80] });
    steps.push(() => simulators.close());
    const workerEnvironment = {
      ...simulators.environment(),
      ...SHORT_WAITS,
      TEMPORAL_ADDRESS: server.address,
      REFUND_TASK_QUEUE: DEFAULT_TASK_QUEUE,
    };
    const fleet = await openFleet(server, workerEnvironment);
    steps.push(() => fleet.close());
    await fleet.start();
    const connection = await Connection.connect(localConnection(server.address));
    steps.push(() => connection.close());
    const client = new Client({ connection, namespace: server.namespace });
    const refunds = createOperatorClient({ client, taskQueue: DEFAULT_TASK_QUEUE });
    return { server, simulators, client, refunds, fleet, workerEnvironment, close };
  } catch (error) {
    await close();
    throw error;
  }
}
