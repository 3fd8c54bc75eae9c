import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Worker } from '@temporalio/worker';
import { startSimulators } from '../../simulators';
import type { Simulators, SimulatorOptions } from '../../simulators';
import { readConfiguration } from '../../src/config';
import { WORKFLOW_TYPE, workflowIdOf } from '../../src/domain/contract';
import type { RefundRequest } from '../../src/domain/request';
import { PROVIDER_NAMES } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import type { RefundState } from '../../src/domain/state';
import { dataConverterFor } from '../../src/encryption/codec';
import { logLine, telemetryOptions } from '../../src/runtime/logging';
import { createProviders } from '../../src/providers';
import { ensureSearchAttributes } from '../../src/runtime/search-attributes';
import { startSurveys } from '../../src/runtime/gauges';
import type { Tracing } from '../../src/tracing';
import { createWorkers, runWorkers } from '../../src/runtime/workers';

/** Every entry that workers have logged, in the form in which production writes it; finer than DEBUG are whole payloads. */
export const logged: string[] = [];

let collecting = false;

/** Not before there is a saga to close: forwarded logs keep a process alive that never connected. */
function collectLogs(metricsAddress?: string): void {
  if (collecting) return;
  collecting = true;
  Runtime.install({
    logger: new DefaultLogger('DEBUG', (entry) => {
      const line = logLine(entry);
      logged.push(line);
      if (entry.level === 'ERROR') process.stderr.write(`${line}\n`);
    }),
    telemetryOptions: telemetryOptions(metricsAddress),
  });
}

/** Fast times, so that retries and look-ups of a test take moments; and no approval for what tests refund. */
const QUICK: Record<string, string> = {
  APPROVAL_LIMITS: 'TRY=1000000,points=100000',
  CALL_TIMEOUT: '1s',
  SLOW_RETRY_INTERVAL: '300ms',
  LOOKUP_DELAYS: '100ms,300ms,1100ms,1500ms',
  ABSENCE_AFTER: '1s',
};

/** A running saga: simulators, workers on a queue of their own, and a client. */
export interface Saga {
  client: Client;
  connection: NativeConnection;
  simulators: Simulators;
  taskQueue: string;
  /** Starts a refund and gives its handle. */
  start(request: RefundRequest): Promise<WorkflowHandle>;
  /** Starts a refund and awaits its result. */
  run(request: RefundRequest): Promise<RefundState>;
  state(handle: WorkflowHandle): Promise<RefundState>;
  /** Waits until the state is as wanted. */
  until(handle: WorkflowHandle, wanted: (state: RefundState) => boolean): Promise<RefundState>;
  /** Waits until a leg is parked. */
  parked(handle: WorkflowHandle, leg: LegName): Promise<RefundState>;
  /** Stops the workers of this saga gracefully, and starts new ones. */
  restartWorkers(): Promise<void>;
  stopWorkers(): Promise<void>;
  startWorkers(): Promise<void>;
  close(): Promise<void>;
}

function isPolled(queue: string, unpolled: SagaOptions['unpolled']): boolean {
  if (unpolled === 'orders') return !queue.endsWith('-orders');
  return unpolled !== 'providers' || !PROVIDER_NAMES.some((name) => queue.endsWith(`-${name}`));
}

async function endUnused(worker: Worker): Promise<void> {
  const running = worker.run();
  worker.shutdown();
  await running;
}

/** How a saga of a test differs from the usual one. */
export interface SagaOptions {
  environment?: Record<string, string>;
  simulators?: SimulatorOptions;
  /** Runs over the simulators of another saga, which closes them. */
  over?: Simulators;
  /** Traces everything; with it goes the bundle that does. */
  tracing?: Tracing;
  bundlePath?: string;
  /** Nobody polls the queues of providers, or that of orders. */
  unpolled?: 'providers' | 'orders';
  /** How many workflow tasks of refunds run at the same time. */
  workflowTaskSlots?: number;
  /** A queue of its own when left out. */
  taskQueue?: string;
}

/** Starts the real saga against simulators on the server of the test run. */
/** Longer than a machine with much else to do takes, and shorter than a test may. Milliseconds. */
const PATIENCE_MS = 150_000;

export async function startSaga(options: SagaOptions = {}): Promise<Saga> {
  collectLogs(options.environment?.METRICS_ADDRESS);
  const simulators = options.over ?? (await startSimulators(options.simulators));
  const taskQueue = options.taskQueue ?? `r-${randomUUID().slice(0, 6)}`;
  const configuration = readConfiguration({
    ...simulators.environment(),
    ...QUICK,
    REFUND_TASK_QUEUE: taskQueue,
    ...options.environment,
  });
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_TEST_ADDRESS ?? '' });
  const namespace = 'default';
  await ensureSearchAttributes(connection, namespace);
  const dataConverter = dataConverterFor(configuration.payloadKeys);
  const client = new Client({ connection, namespace, dataConverter });
  const { tracing } = options;
  const plain = createProviders(tracing?.settings(configuration.providers) ?? configuration.providers);
  const providers = tracing?.providers(plain) ?? plain;
  let workers: Worker[] = [];
  let running = Promise.resolve();

  const startWorkers = async () => {
    const bundlePath = options.bundlePath ?? process.env.TEST_WORKFLOW_BUNDLE ?? '';
    const { workflowTaskSlots } = options;
    const slots = workflowTaskSlots === undefined ? {} : { workflowTaskSlots };
    const made = { connection, namespace, configuration, providers, bundlePath, ...slots };
    const created = await createWorkers({ ...made, ...(tracing && { tracing: tracing.worker }) });
    workers = created.filter((worker) => isPolled(worker.options.taskQueue, options.unpolled));
    running = runWorkers(workers);
    await Promise.all(
      created.filter((worker) => !workers.includes(worker)).map((worker) => endUnused(worker)),
    );
  };
  const stopWorkers = async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
  };
  const start = (request: RefundRequest) =>
    client.workflow.start(WORKFLOW_TYPE, {
      taskQueue,
      workflowId: workflowIdOf(request.refundId),
      args: [request],
    });
  const state = (handle: WorkflowHandle) => handle.query<RefundState>('getRefund');
  const until: Saga['until'] = async (handle, wanted) => {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const now = await state(handle);
      if (wanted(now)) return now;
      if (Date.now() > deadline) throw new Error(`still not as wanted: ${JSON.stringify(now)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  await startWorkers();
  const endSurveys =
    configuration.metricsAddress === undefined
      ? () => undefined
      : startSurveys({ connection, namespace, configuration });
  return {
    client,
    connection,
    simulators,
    taskQueue,
    start,
    run: async (request) => (await start(request)).result() as Promise<RefundState>,
    state,
    until,
    parked: (handle, leg) => until(handle, ({ legs }) => legs[leg]?.status === 'parked'),
    restartWorkers: async () => {
      await stopWorkers();
      await startWorkers();
    },
    stopWorkers,
    startWorkers,
    close: async () => {
      endSurveys();
      await stopWorkers();
      for (const provider of providers.values()) provider.close();
      await connection.close();
      if (!options.over) await simulators.close();
    },
  };
}
