import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Worker } from '@temporalio/worker';
import { startSimulators } from '../../simulators';
import { seedDemo } from '../../simulators/demo';
import type { Simulators } from '../../simulators';
import { createOperatorClient, DEFAULT_TASK_QUEUE } from '../../src/client/operator';
import type { OperatorClient } from '../../src/client/operator';
import { readConfiguration } from '../../src/config';
import { createProviders } from '../../src/providers';
import { ensureSearchAttributes } from '../../src/runtime/search-attributes';
import { connectClient, connectWorker } from '../../src/runtime/connection';
import { createWorkers, runWorkers } from '../../src/runtime/workers';
import { localConnection, startTemporalServer } from '../temporal-server';
import type { TemporalServer } from '../temporal-server';

/** The rules of the demo: small refunds need no person, and nobody waits long for a look-up. */
export const POLICY = {
  APPROVAL_LIMITS: 'TRY=50000,points=1000',
  CALL_TIMEOUT: '3s',
  LOOKUP_DELAYS: '1s,2s,4s',
  ABSENCE_AFTER: '3s',
};

/** Everything that runs while the demo runs. */
export interface Context {
  server: TemporalServer;
  simulators: Simulators;
  refunds: OperatorClient;
  /** Temporal's own client, as a service in any language has one. */
  client: Client;
  taskQueue: string;
  /** Ends when the worker does, which it should only when it is told to. */
  running: Promise<void>;
  /** Has something done before all this is closed. */
  beforeClose(step: Step): void;
  close(): Promise<void>;
}

type Step = () => unknown;

/**
 * Starts a Temporal server with its UI (or uses the one that `TEMPORAL_ADDRESS` names), the five simulated providers
 * and a worker in this process.
 */
export async function openContext(run: string, log: (line: string) => void): Promise<Context> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
    // Ctrl-C is the demo's: it has things to bring to an end before its worker goes.
    shutdownSignals: [],
  });
  const steps: Step[] = [];
  const close = async () => {
    for (let step = steps.pop(); step; step = steps.pop()) await step();
  };
  try {
    return {
      ...(await open(run, log, (step) => steps.push(step))),
      beforeClose: (step) => void steps.push(step),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  run: string,
  log: (line: string) => void,
  whenClosing: (step: Step) => void,
): Promise<Omit<Context, 'beforeClose' | 'close'>> {
  const server = await startTemporalServer({ ui: true, log });
  whenClosing(() => server.stop());
  const simulators = await startSimulators({ latencyMs: [20, 80], control: true });
  whenClosing(() => simulators.close());
  // Among them what the request of the README refunds: whoever starts it meanwhile sees it refunded.
  seedDemo(simulators);

  const { connection, namespace } =
    server.executable === undefined ? await connectWorker() : await connectLocally(server);
  whenClosing(() => connection.close());
  await ensureSearchAttributes(connection, namespace);

  // Other workers may listen on a server that was there before, and they know nothing of these simulators.
  const taskQueue = server.executable === undefined ? run : DEFAULT_TASK_QUEUE;
  const configuration = readConfiguration({
    ...simulators.environment(),
    ...POLICY,
    REFUND_TASK_QUEUE: taskQueue,
  });
  const providers = createProviders(configuration.providers);
  whenClosing(() => providers.forEach((provider) => provider.close()));
  const workers = await createWorkers({ connection, namespace, configuration, providers });
  const running = runWorkers(workers);
  whenClosing(() => shutDown(workers, running));

  const asCaller =
    server.executable === undefined
      ? (await connectClient()).connection
      : await Connection.connect(localConnection(server.address));
  const client = new Client({ connection: asCaller, namespace });
  return {
    server,
    simulators,
    client,
    taskQueue,
    running,
    refunds: createOperatorClient({ client, taskQueue }),
  };
}

async function connectLocally({ address, namespace }: TemporalServer) {
  return { connection: await NativeConnection.connect({ address }), namespace };
}

async function shutDown(workers: readonly Worker[], running: Promise<void>): Promise<void> {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  // Why they ended otherwise was told already.
  await running.catch(() => undefined);
}
