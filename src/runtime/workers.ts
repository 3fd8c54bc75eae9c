import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { createActivities, createOrderActivities } from '../activities';
import type { Providers } from '../activities';
import { PLANNING_PATIENCE_MS } from '../activities/ask-in-planning';
import { createNoticeActivities } from '../activities/deliver-notice';
import { attemptMs } from '../activities/draft';
import { measured } from '../activities/metrics';
import type { Configuration } from '../config';
import { ordersQueueOf } from '../domain/contract';
import { noticeQueue } from '../domain/notice';
import { PROVIDER_NAMES, providerQueue } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import { dataConverterFor } from '../encryption/codec';
import { createPost } from '../notices/post';
import type { NoticeSettings } from '../notices/post';
import { goingOver, releaseOf } from './release';
import type { Release } from './release';

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
  /** How many workflow tasks of refunds run at the same time; the SDK's own number when left out. */
  workflowTaskSlots?: number;
}

/** Where the build leaves the workflow bundle of workers that trace. */
export const TRACED_BUNDLE_PATH = path.resolve(__dirname, '../../workflow-bundle-traced.js');

/** Where the build leaves the workflow bundle. */
export const BUNDLE_PATH = path.resolve(__dirname, '../../workflow-bundle.js');

/** Where the twin of a bundle lies, which workers with payload keys run. */
export function encryptedBundlePath(bundlePath: string): string {
  return bundlePath.replace(/\.js$/, '-encrypted.js');
}

/** What the workers of one process have in common. */
type Shared = ReturnType<typeof sharedOptions> & { workerDeploymentOptions: Release };

/** Makes the workers of the roles that this process has. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { configuration } = options;
  const workerDeploymentOptions = releaseOf(configuration.deployment, options.bundlePath ?? BUNDLE_PATH);
  const shared: Shared = { ...sharedOptions(options), workerDeploymentOptions };
  return Promise.all([
    ...(configuration.roles.refunds ? refundsWorkers(options, shared) : []),
    ...[...options.providers.keys()].map((provider) => providerWorker(provider, configuration, shared)),
  ]);
}

/**
 * The worker of the refund queue; one of the queue of orders (a plan that waits for its order holds a slot for workflow
 * tasks, which must never be the one that the order needs); and one that posts notices.
 */
function refundsWorkers(options: WorkersOptions, shared: Shared): Promise<Worker>[] {
  const { configuration, workflowTaskSlots } = options;
  const bundlePath = bundleFor(options);
  if (!existsSync(bundlePath))
    throw new Error(`There is no workflow bundle at ${bundlePath}. Run: npm run build`);
  const runs = {
    workflowBundle: { codePath: bundlePath },
    // A killed worker's runs wait this long for it before another takes over.
    stickyQueueScheduleToStartTimeout: '2s',
  } satisfies Partial<WorkerOptions>;
  const refunds = Worker.create({
    ...shared,
    ...runs,
    taskQueue: configuration.taskQueue,
    // The SDK's own number follows from the heap limit: some thirty in a small container (docs/adr/015).
    maxCachedWorkflows: 2_000,
    ...(workflowTaskSlots !== undefined && { maxConcurrentWorkflowTaskExecutions: workflowTaskSlots }),
  });
  const orders = isOrderLocked(configuration)
    ? [
        Worker.create({
          ...shared,
          ...runs,
          workerDeploymentOptions: goingOver(shared.workerDeploymentOptions),
          taskQueue: ordersQueueOf(configuration.taskQueue),
          activities: createOrderActivities(longestAbsenceMs(configuration)),
          // An order is asked at the beginning and at the end of a refund, which may be days apart: no heap waits for that.
          maxCachedWorkflows: 50,
        }),
      ]
    : [];
  const { notices } = configuration;
  const { workerDeploymentOptions } = shared;
  const posting = notices ? [createNoticeWorker({ ...options, workerDeploymentOptions }, notices)] : [];
  return [refunds, ...orders, ...posting];
}

/** The most pollers of one provider's queue; one is enough for some hundred calls a second near the server. */
const MOST_POLLERS = 5;

/**
 * How many of a provider's sockets are for refunds that are tried on the queue of refunds: half of them, where one process
 * does everything and no rate is to be kept.
 */
function eagerSlotsOf({
  roles,
  providers,
  ratesPerSecond,
}: Configuration): Partial<Record<ProviderName, number>> {
  if (roles.providers !== 'configured') return {};
  return Object.fromEntries(
    PROVIDER_NAMES.flatMap((name) => {
      const half = Math.floor((providers[name]?.maxConcurrent ?? 0) / 2);
      return half > 0 && ratesPerSecond[name] === undefined ? [[name, half]] : [];
    }),
  );
}

/**
 * The worker of one provider's calls. It takes no more of them at a time than the provider has sockets for, so that one
 * that hangs keeps its own calls waiting, on the server, and nobody else's.
 */
function providerWorker(
  provider: ProviderName,
  configuration: Configuration,
  shared: Shared,
): Promise<Worker> {
  const { taskQueue, ratesPerSecond, providers } = configuration;
  const rate = ratesPerSecond[provider];
  const sockets = providers[provider]?.maxConcurrent;
  const slots = sockets && sockets - (eagerSlotsOf(configuration)[provider] ?? 0);
  return Worker.create({
    ...shared,
    taskQueue: providerQueue(taskQueue, provider),
    ...(slots !== undefined && { maxConcurrentActivityTaskExecutions: slots }),
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 1, maximum: MOST_POLLERS },
    ...(rate !== undefined && { maxTaskQueueActivitiesPerSecond: rate }),
  });
}

/** How many notices one worker posts at the same time. */
const NOTICES_AT_ONCE = 20;

/** A worker of its own, so that a receiver that hangs takes no slot from a refund. */
function createNoticeWorker(
  options: WorkersOptions & Pick<WorkerOptions, 'workerDeploymentOptions'>,
  notices: NoticeSettings,
): Promise<Worker> {
  const { connection, namespace, configuration, tracing, workerDeploymentOptions } = options;
  return Worker.create({
    connection,
    namespace,
    dataConverter: dataConverterFor(configuration.payloadKeys),
    workerDeploymentOptions,
    ...tracing,
    taskQueue: noticeQueue(configuration.taskQueue),
    activities: { ...createNoticeActivities(createPost(notices)) },
    maxConcurrentActivityTaskExecutions: NOTICES_AT_ONCE,
  });
}

function isOrderLocked({ orderMemoryMs }: Configuration): boolean {
  return orderMemoryMs !== undefined;
}

/** The longest that any provider may take to apply a request whose sender is gone. Milliseconds. */
function longestAbsenceMs({ policy, absenceAfterMs }: Configuration): number {
  return Math.max(policy.absenceAfterMs, ...Object.values(absenceAfterMs));
}

function bundleFor({ configuration, tracing, bundlePath }: WorkersOptions): string {
  const plain = bundlePath ?? (tracing ? TRACED_BUNDLE_PATH : BUNDLE_PATH);
  return configuration.payloadKeys.length > 0 ? encryptedBundlePath(plain) : plain;
}

/** Runs workers until they are told to shut down; when one fails, the others are shut down too. */
export async function runWorkers(workers: readonly Worker[]): Promise<void> {
  const shutDown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  await Promise.all(workers.map((worker) => worker.run().finally(shutDown)));
}

function sharedOptions({ connection, namespace, configuration, providers, tracing }: WorkersOptions) {
  const {
    callTimeoutMs,
    policy,
    approvalTimeoutMs,
    absenceAfterMs,
    approvalLimits,
    metricsAddress,
    taskQueue,
    orderMemoryMs,
    traits,
  } = configuration;
  const dataConverter = dataConverterFor(configuration.payloadKeys, {
    clear: configuration.requireEncrypted ? 'marked' : 'read',
  });
  return {
    connection,
    namespace,
    dataConverter,
    ...tracing,
    activities: createActivities(metricsAddress === undefined ? providers : measured(providers), {
      taskQueue,
      policy,
      approvalTimeoutMs,
      callTimeoutMs,
      planningPatienceMs: PLANNING_PATIENCE_MS,
      eagerSlots: eagerSlotsOf(configuration),
      traits,
      fleet: configuration.fleet,
      absenceAfterMs,
      approvalLimits,
      ...(orderMemoryMs !== undefined && {
        orders: { taskQueue: ordersQueueOf(taskQueue), memoryMs: orderMemoryMs },
      }),
      ...(configuration.approvers && { approvers: configuration.approvers }),
      ...(configuration.notices && { notices: true }),
    }),
    // Calls in flight are finished before the process ends, so that a deploy makes no ambiguous leg.
    shutdownGraceTime: longestMovementMs(providers, callTimeoutMs) + 1_000,
  } satisfies Partial<WorkerOptions>;
}

function longestMovementMs(providers: Providers, callTimeoutMs: number): number {
  const movements = [...providers.values()].map(({ requestsInSequence }) => requestsInSequence.movement);
  return attemptMs(Math.max(1, ...movements), callTimeoutMs);
}
