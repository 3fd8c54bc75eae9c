import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { createActivities } from './activities';
import type { Providers } from './activities';
import { measured } from './activities/metrics';
import type { Configuration } from './config';
import { PROVIDER_NAMES } from './domain/plan';
import type { ProviderName } from './domain/plan';
import { dataConverterFor } from './encryption';

/** What the workers of one process are made from. */
export interface WorkersOptions {
  connection: NativeConnection;
  namespace: string;
  configuration: Configuration;
  providers: Providers;
  /** The workflow bundle, with its twin for payload keys beside it; those of `npm run build` when left out. */
  bundlePath?: string;
  /** What is traced, and how; it needs the traced bundle. */
  tracing?: Pick<WorkerOptions, 'interceptors' | 'sinks'>;
}

/** Where the build leaves the workflow bundle of workers that trace. */
export const TRACED_BUNDLE_PATH = path.resolve(__dirname, '../workflow-bundle-traced.js');

/** Where the build leaves the workflow bundle. */
export const BUNDLE_PATH = path.resolve(__dirname, '../workflow-bundle.js');

/** Where the twin of a bundle lies, which workers with payload keys run. */
export function encryptedBundlePath(bundlePath: string): string {
  return bundlePath.replace(/\.js$/, '-encrypted.js');
}

/** The queue on which a provider's calls are limited together, for all workers, by the server. */
export function providerQueue(taskQueue: string, provider: ProviderName): string {
  return `${taskQueue}-${provider}`;
}

/**
 * Makes the worker of the refund queue, and one for each provider's own queue. Those are polled even when no rate is
 * configured: a refund planned under a limit stays on its queue when the limit is lifted.
 */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { configuration } = options;
  const bundlePath = bundleFor(options);
  if (!existsSync(bundlePath))
    throw new Error(`There is no workflow bundle at ${bundlePath}. Run: npm run build`);
  const shared = { ...sharedOptions(options), buildId: buildIdOf(bundlePath) };
  const refunds = Worker.create({
    ...shared,
    taskQueue: configuration.taskQueue,
    workflowBundle: { codePath: bundlePath },
    // The SDK's own number follows from the heap limit: some thirty in a small container (docs/adr/015).
    maxCachedWorkflows: 2_000,
    // A killed worker's runs wait this long for it before another takes over.
    stickyQueueScheduleToStartTimeout: '2s',
  });
  const limited = [...options.providers.keys()].map((provider) =>
    Worker.create({
      ...shared,
      taskQueue: providerQueue(configuration.taskQueue, provider),
      ...limitOf(configuration.ratesPerSecond[provider]),
    }),
  );
  return Promise.all([refunds, ...limited]);
}

function bundleFor({ configuration, tracing, bundlePath }: WorkersOptions): string {
  const plain = bundlePath ?? (tracing ? TRACED_BUNDLE_PATH : BUNDLE_PATH);
  return configuration.payloadKeys.length > 0 ? encryptedBundlePath(plain) : plain;
}

/** What the history says of the code that ran: short, because every task repeats it (the SDK's own takes 89 bytes). */
function buildIdOf(bundlePath: string): string {
  return createHash('sha256').update(readFileSync(bundlePath)).digest('hex').slice(0, 12);
}

/** Runs workers until they are told to shut down; when one fails, the others are shut down too. */
export async function runWorkers(workers: readonly Worker[]): Promise<void> {
  const shutDown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  await Promise.all(workers.map((worker) => worker.run().finally(shutDown)));
}

function sharedOptions({ connection, namespace, configuration, providers, tracing }: WorkersOptions) {
  const { callTimeoutMs, policy, absenceAfterMs, approvalLimits, metricsAddress, ratesPerSecond, taskQueue } =
    configuration;
  const limited = PROVIDER_NAMES.filter((provider) => ratesPerSecond[provider] !== undefined);
  const dataConverter = dataConverterFor(configuration.payloadKeys);
  return {
    connection,
    namespace,
    ...(dataConverter && { dataConverter }),
    ...tracing,
    activities: createActivities(metricsAddress === undefined ? providers : measured(providers), {
      policy,
      callTimeoutMs,
      absenceAfterMs,
      approvalLimits,
      ...(configuration.approvers && { approvers: configuration.approvers }),
      rateLimitedQueues: Object.fromEntries(
        limited.map((provider) => [provider, providerQueue(taskQueue, provider)]),
      ),
    }),
    // Calls in flight are finished before the process ends, so that a deploy makes no ambiguous leg.
    shutdownGraceTime: callTimeoutMs * 2 + 3_000,
  } satisfies Partial<WorkerOptions>;
}

function limitOf(ratePerSecond: number | undefined): Partial<WorkerOptions> {
  if (ratePerSecond !== undefined) return { maxTaskQueueActivitiesPerSecond: ratePerSecond };
  return { activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 } };
}
