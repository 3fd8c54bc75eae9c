import { optionalTsToDate } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';

/** A version as the server lists it. */
export type Summary = temporal.api.deployment.v1.WorkerDeploymentInfo.IWorkerDeploymentVersionSummary;

/**
 * How the server routes to a version:
 * - `current`: what is new, and what is not pinned
 * - `ramping`: a part of that
 * - `draining`: only what is pinned to it, and of that something runs
 * - `drained`: nothing is left that is pinned to it
 * - `inactive`: nothing yet
 * - `overtaken`: it is current or ramping in its deployment, and the task queue goes to that of another one
 */
export type VersionStatus = 'current' | 'ramping' | 'draining' | 'drained' | 'inactive' | 'overtaken';

/** How a version stands, and since when (ISO 8601). */
export function standingOf(summary: Summary): { status: VersionStatus; since?: string } {
  const status = STATUSES[summary.status ?? 0] ?? 'inactive';
  const since = optionalTsToDate(sinceOf(summary))?.toISOString();
  return { status, ...(since !== undefined && { since }) };
}

const {
  WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT: CURRENT,
  WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING: RAMPING,
  WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING: DRAINING,
  WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED: DRAINED,
} = temporal.api.enums.v1.WorkerDeploymentVersionStatus;

const STATUSES: Partial<Record<number, VersionStatus>> = {
  [CURRENT]: 'current',
  [RAMPING]: 'ramping',
  [DRAINING]: 'draining',
  [DRAINED]: 'drained',
};

/** Since when a version stands as it does. */
function sinceOf({ status, currentSinceTime, rampingSinceTime, drainageInfo, createTime }: Summary) {
  switch (status) {
    case CURRENT:
      return currentSinceTime;
    case RAMPING:
      return rampingSinceTime;
    case DRAINING:
    case DRAINED:
      return drainageInfo?.lastChangedTime;
    default:
      return createTime;
  }
}
