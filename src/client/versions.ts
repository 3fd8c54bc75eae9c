import { temporal } from '@temporalio/proto';
import type { ListedRun } from './visibility';
import { textAttribute } from './visibility';

/** A version of a worker deployment: one release of the workers, as the server tells it apart. */
export interface Version {
  deploymentName: string;
  buildId: string;
}

type VersioningInfo = temporal.api.workflow.v1.IWorkflowExecutionVersioningInfo;
type Told = temporal.api.deployment.v1.IWorkerDeploymentVersion;

const { VERSIONING_BEHAVIOR_PINNED: PINNED } = temporal.api.enums.v1.VersioningBehavior;

/** The attributes in which the server itself says by which version a run went on last, and whether it stays there. */
export const VERSION_ATTRIBUTE = 'TemporalWorkerDeploymentVersion';
export const BEHAVIOR_ATTRIBUTE = 'TemporalWorkflowVersioningBehavior';

/** What the server tells as a version; undefined where it names none. */
export function versionOf(told: Told | null | undefined): Version | undefined {
  const { deploymentName, buildId } = told ?? {};
  return deploymentName && buildId ? { deploymentName, buildId } : undefined;
}

/** As the server and Temporal's CLI write it. */
export function nameOfVersion({ deploymentName, buildId }: Version): string {
  return `${deploymentName}:${buildId}`;
}

/** Whether both are one version, or both are none. */
export function isSameVersion(one: Version | undefined, other: Version | undefined): boolean {
  return one?.deploymentName === other?.deploymentName && one?.buildId === other?.buildId;
}

/** The only version whose workers take the tasks of a run; undefined for one that goes over to whichever is current. */
export function pinnedVersion(info: VersioningInfo | null | undefined): Version | undefined {
  const { pinned, autoUpgrade } = info?.versioningOverride ?? {};
  if (pinned) return versionOf(pinned.version);
  return autoUpgrade || info?.behavior !== PINNED ? undefined : versionOf(info.deploymentVersion);
}

/** The same of a run as the server lists it. */
export function listedPinnedVersion(run: ListedRun): Version | undefined {
  if (textAttribute(run, BEHAVIOR_ATTRIBUTE) !== 'Pinned') return undefined;
  const [, deploymentName, buildId] =
    /^([^:]+):(.+)$/.exec(textAttribute(run, VERSION_ATTRIBUTE) ?? '') ?? [];
  return versionOf({ deploymentName, buildId });
}
