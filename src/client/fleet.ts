import { optionalTsToDate } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import { ordersQueueOf } from '../domain/contract';
import { noticeQueue } from '../domain/notice';
import { PROVIDER_NAMES, providerQueue } from '../domain/plan';
import { serviceOf } from './pollers';
import type { Service, TaskQueue } from './pollers';
import { call } from './temporal-calls';
import type { Access } from './temporal-calls';
import { together } from './together';
import { queuesOfVersion } from './version-queues';
import { standingOf } from './version-status';
import type { Summary, VersionStatus } from './version-status';
import { BEHAVIOR_ATTRIBUTE, isSameVersion, nameOfVersion, VERSION_ATTRIBUTE, versionOf } from './versions';
import type { Version } from './versions';
import { countRuns, OPEN, REFUNDS } from './visibility';

/** One version of the workers of a task queue, or those without a version. */
export interface FleetVersion {
  /** Null: workers without a version, and the refunds that none has taken up yet. */
  version: string | null;
  status: VersionStatus;
  /** While it ramps, how many of a hundred. */
  percentage?: number;
  /** Since when its status is so, ISO 8601. */
  since?: string;
  /** Refunds that run and went on with it last; `pinned`: those of them that end on it, the others go over. */
  refunds: { running: number; pinned: number };
  /** How many processes poll the task queue of refunds. */
  workers: number;
  /** Other queues that its workers polled once, and that none of them polls now. */
  unpolled: string[];
}

type Routing = temporal.api.deployment.v1.IRoutingConfig;

/**
 * The versions of the workers that serve a task queue, the newest first, and those without a version where there are any.
 * Asks the server alone.
 */
export async function fleetVersions(access: Access): Promise<FleetVersion[]> {
  const main = { name: access.taskQueue, kind: 'workflow' } as const;
  const [names, goesTo] = await together([deploymentNames(access), serviceOf(access, main)]);
  const versions = (await together(names.map((name) => versionsOfDeployment(access, name, goesTo)))).flat();
  const unversioned = await withoutVersion(access, versions, goesTo);
  return [...versions, ...unversioned];
}

async function deploymentNames(access: Access): Promise<string[]> {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  const names: string[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const request = { namespace, ...(nextPageToken && { nextPageToken }) };
    const page = await call(access, () => workflow.workflowService.listWorkerDeployments(request));
    names.push(...page.workerDeployments.flatMap(({ name }) => name ?? []));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return names;
}

async function versionsOfDeployment(
  access: Access,
  deploymentName: string,
  goesTo: Service,
): Promise<FleetVersion[]> {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  const { workerDeploymentInfo } = await call(access, () =>
    workflow.workflowService.describeWorkerDeployment({ namespace, deploymentName }),
  );
  const { versionSummaries, routingConfig } = workerDeploymentInfo ?? {};
  const newestFirst = (versionSummaries ?? []).toSorted((one, other) => createdAt(other) - createdAt(one));
  const told: FleetVersion[] = [];
  for (const summary of newestFirst) {
    const version = versionOf(summary.deploymentVersion);
    const facts = { summary, routing: routingConfig ?? {}, goesTo };
    if (version) told.push(...(await look(access, version, facts)));
  }
  return told;
}

/** Nothing for a version that never served this task queue: the namespace may hold other deployments. */
async function look(
  access: Access,
  version: Version,
  { summary, routing, goesTo }: { summary: Summary; routing: Routing; goesTo: Service },
): Promise<FleetVersion[]> {
  const queues = await queuesOfVersion(access, version);
  const main = { name: access.taskQueue, kind: 'workflow' } as const;
  if (!queues.some(({ name, kind }) => name === main.name && kind === main.kind)) return [];
  const onIt = onVersion(version);
  const isRamping = isSameVersion(versionOf(routing.rampingDeploymentVersion), version);
  const { status, since } = standingOf(summary);
  const takesNew = status === 'current' || status === 'ramping';
  const isRouted = [goesTo.version, goesTo.ramping?.version].some((to) => isSameVersion(to, version));
  const [running, pinned, workers, unpolled] = await together([
    countRuns(access, onIt),
    countRuns(access, `${onIt} AND ${BEHAVIOR_ATTRIBUTE} = 'Pinned'`),
    workersOn(access, main, version),
    unpolledOf(access, queues, version),
  ]);
  return [
    {
      version: nameOfVersion(version),
      status: takesNew && !isRouted ? 'overtaken' : status,
      ...(since !== undefined && { since }),
      ...(isRamping && { percentage: routing.rampingVersionPercentage ?? 0 }),
      refunds: { running, pinned },
      workers,
      unpolled,
    },
  ];
}

/** Deployments are named by whoever runs one: what could end a quoted text is no version of ours. */
function onVersion(version: Version): string {
  const name = nameOfVersion(version);
  return `${REFUNDS} AND ${OPEN} AND ${VERSION_ATTRIBUTE} = '${/^[\w.:/+-]+$/.test(name) ? name : ''}'`;
}

/** Where a version is current, nothing goes to workers without one, unless a part of it ramps to them. */
async function withoutVersion(
  access: Access,
  versions: readonly FleetVersion[],
  { version: current, ramping }: Service,
): Promise<FleetVersion[]> {
  const main = { name: access.taskQueue, kind: 'workflow' } as const;
  const [running, workers] = await together([
    countRuns(access, `${REFUNDS} AND ${OPEN} AND ${VERSION_ATTRIBUTE} IS NULL`),
    workersOn(access, main, null),
  ]);
  const isRamping = ramping !== undefined && ramping.version === undefined;
  if (versions.length > 0 && running === 0 && workers === 0 && current && !isRamping) return [];
  return [
    {
      version: null,
      status: isRamping ? 'ramping' : current ? 'inactive' : 'current',
      ...(isRamping && { percentage: ramping.percentage }),
      refunds: { running, pinned: 0 },
      workers,
      unpolled: [],
    },
  ];
}

async function workersOn(access: Access, queue: TaskQueue, version: Version | null): Promise<number> {
  return (await serviceOf(access, queue, version)).pollers.size;
}

async function unpolledOf(access: Access, queues: readonly TaskQueue[], version: Version): Promise<string[]> {
  const others = queues.filter(
    ({ name, kind }) => isOurs(access.taskQueue, name) && !isMain(access, name, kind),
  );
  const counts = await together(others.map((queue) => workersOn(access, queue, version)));
  const unpolled = others.filter((_, index) => counts[index] === 0).map(({ name }) => name);
  return [...new Set(unpolled)].toSorted();
}

function isMain({ taskQueue }: Access, name: string, kind: TaskQueue['kind']): boolean {
  return name === taskQueue && kind === 'workflow';
}

function isOurs(taskQueue: string, name: string): boolean {
  const providers = PROVIDER_NAMES.map((provider) => providerQueue(taskQueue, provider));
  return [taskQueue, ordersQueueOf(taskQueue), noticeQueue(taskQueue), ...providers].includes(name);
}

function createdAt({ createTime }: Summary): number {
  return optionalTsToDate(createTime)?.getTime() ?? 0;
}
