import { optionalTsToDate, optionalTsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { call } from './temporal-calls';
import type { Access } from './temporal-calls';
import { isSameVersion, versionOf } from './versions';
import type { Version } from './versions';

/** A queue of one kind of tasks. */
export interface TaskQueue {
  name: string;
  kind: 'activity' | 'workflow';
}

type Poller = temporal.api.taskqueue.v1.IPollerInfo;
type Heartbeat = temporal.api.worker.v1.IWorkerHeartbeat;

/** The server remembers pollers that have gone; one that is there asks again after a minute at most. Milliseconds. */
const FORGOTTEN_AFTER_MS = 120_000;

const { TaskQueueType, WorkerStatus, WorkerVersioningMode } = temporal.api.enums.v1;
const { WORKER_VERSIONING_MODE_VERSIONED: VERSIONED } = WorkerVersioningMode;
const TYPES = {
  activity: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
  workflow: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
};
const SHUT_DOWN: readonly unknown[] = [
  WorkerStatus.WORKER_STATUS_SHUTTING_DOWN,
  WorkerStatus.WORKER_STATUS_SHUTDOWN,
];

/** Who serves a queue: the workers of one version, or those without any. */
export interface Service {
  /** The version to which its tasks go; undefined: to workers without one. */
  version: Version | undefined;
  /** To which version some of its tasks go, with how many of a hundred; undefined: to workers without one. */
  ramping?: { version: Version | undefined; percentage: number };
  /** The workers of that version that poll it and may still be there, each by its identity, with when it did so last. */
  pollers: ReadonlyMap<string, Date>;
}

/**
 * Finds out who serves a queue.
 * @param only the version whose workers take the tasks in question, null for those without one; the version that is
 * current there when left out
 */
export async function serviceOf(
  access: Access,
  { name, kind }: TaskQueue,
  only?: Version | null,
): Promise<Service> {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  const question = { namespace, taskQueue: { name }, taskQueueType: TYPES[kind] };
  const { pollers, versioningInfo } = await call(access, () =>
    workflow.workflowService.describeTaskQueue(question),
  );
  const current = versionOf(versioningInfo?.currentDeploymentVersion);
  const version = only === undefined ? current : (only ?? undefined);
  const recent = pollers.filter(
    (poller) =>
      Date.now() - at(poller.lastAccessTime) < FORGOTTEN_AFTER_MS &&
      isSameVersion(versionOfPoller(poller), version),
  );
  const workers = recent.length === 0 ? [] : await workersOf(access, name, version);
  const there = recent.filter((poller) => !hasGone(poller, workers));
  const ramping = {
    version: versionOf(versioningInfo?.rampingDeploymentVersion),
    percentage: versioningInfo?.rampingVersionPercentage ?? 0,
  };
  return {
    version,
    // Where none is named and a part goes elsewhere, it goes to workers without a version.
    ...(only === undefined && ramping.percentage > 0 && { ramping }),
    pollers: new Map(
      there.map(({ identity, lastAccessTime }) => [identity ?? '', new Date(at(lastAccessTime))]),
    ),
  };
}

/** Whose workers take the next task of a run, and when one of them polled its queue last. */
export interface Taker {
  /** Undefined: workers without a version. */
  version: Version | undefined;
  because: 'pinned' | 'current' | 'ramping';
  /** Null: nobody polls for that version. */
  polledAt: Date | null;
}

/**
 * Finds out whose workers take the next task of a run. While a version ramps up, nobody tells which refunds go to it: where
 * one of the two is not served, that one is named.
 */
export async function takerOf(access: Access, queue: TaskQueue, pinned: Version | undefined): Promise<Taker> {
  const service = await serviceOf(access, queue, pinned);
  const { version, ramping } = service;
  const main = { version, because: pinned ? 'pinned' : 'current', polledAt: newest(service) } as const;
  if (!ramping || (main.polledAt === null && ramping.percentage < 100)) return main;
  const polledAt = newest(await serviceOf(access, queue, ramping.version ?? null));
  const isAll = ramping.percentage >= 100;
  return isAll || polledAt === null ? { version: ramping.version, because: 'ramping', polledAt } : main;
}

function newest({ pollers }: Service): Date | null {
  return pollers.size === 0 ? null : new Date(Math.max(...[...pollers.values()].map(Number)));
}

function versionOfPoller({ deploymentOptions }: Poller): Version | undefined {
  return deploymentOptions?.workerVersioningMode === VERSIONED ? versionOf(deploymentOptions) : undefined;
}

/** The workers of a queue that have told the server how they are; none where it keeps no such list. */
async function workersOf(
  access: Access,
  taskQueue: string,
  version: Version | undefined,
): Promise<Heartbeat[]> {
  // Servers read quotes and backslashes each in their own way: such a name is never put into a query.
  if (!/^[^'"`\\\p{C}]+$/u.test(taskQueue)) return [];
  const { workflow } = access.client;
  const question = { namespace: workflow.options.namespace, query: `TaskQueue = '${taskQueue}'` };
  try {
    const { workersInfo } = await call(access, () => workflow.workflowService.listWorkers(question));
    return workersInfo
      .flatMap(({ workerHeartbeat }) => workerHeartbeat ?? [])
      .filter(({ deploymentVersion }) => isSameVersion(versionOf(deploymentVersion), version));
  } catch {
    return [];
  }
}

/** A poll that was under way when a worker said so arrives a moment later. Milliseconds. */
const UNDER_WAY_MS = 100;

/** A worker that has not been heard of for so many times as long as it usually takes is gone. */
const MOST_MISSED = 2.5;

/**
 * Whether a worker said that it ends after it polled last, or was killed: the server lists its polls for minutes. A
 * container that begins anew has the identity of the one before, and polls later.
 */
function hasGone(poller: Poller, workers: readonly Heartbeat[]): boolean {
  const same = workers.filter(({ workerIdentity }) => workerIdentity === poller.identity);
  if (same.length > 0 && same.every((worker) => hasFallenSilent(worker, poller))) return true;
  const ends = same.filter(({ status }) => SHUT_DOWN.includes(status)).map((end) => at(end.heartbeatTime));
  const saidAt = ends.length === same.length ? Math.max(...ends) : -Infinity;
  return saidAt + UNDER_WAY_MS >= at(poller.lastAccessTime);
}

/** By the clock of the worker, which may differ from ours by what it may miss; who polled after that is another. */
function hasFallenSilent({ heartbeatTime, elapsedSinceLastHeartbeat }: Heartbeat, poller: Poller): boolean {
  const usualMs = optionalTsToMs(elapsedSinceLastHeartbeat) ?? 0;
  const missedAt = at(heartbeatTime) + MOST_MISSED * usualMs;
  return usualMs > 0 && Date.now() > missedAt && at(poller.lastAccessTime) < missedAt;
}

function at(time: Poller['lastAccessTime']): number {
  return (optionalTsToDate(time) ?? new Date(0)).getTime();
}
