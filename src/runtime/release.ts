import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { VersioningBehavior } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';
import type { Deployment, Versioning } from '../config/deployment';

/** What a worker tells the server of its release. */
export type Release = NonNullable<WorkerOptions['workerDeploymentOptions']>;

const BEHAVIORS: Record<Versioning, VersioningBehavior> = { autoUpgrade: 'AUTO_UPGRADE', pinned: 'PINNED' };

/**
 * What workers tell the server of their release: the same for all queues of a process, whatever it is configured with.
 * @param plainBundlePath the bundle of workers that neither trace nor encrypt, by which a release without a deployment
 * is known
 */
export function releaseOf(deployment: Deployment | undefined, plainBundlePath: string): Release {
  if (!deployment) {
    const version = { deploymentName: '', buildId: hashOf(plainBundlePath) };
    return { version, useWorkerVersioning: false };
  }
  return {
    version: { deploymentName: deployment.name, buildId: deployment.buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: BEHAVIORS[deployment.versioning],
  };
}

/**
 * The same for orders: they outlive every release, and go over to each new one. Not said in the workflow's own options: the
 * server refuses tasks that say it and come from workers without a version.
 */
export function goingOver(release: Release): Release {
  return release.useWorkerVersioning ? { ...release, defaultVersioningBehavior: 'AUTO_UPGRADE' } : release;
}

/** Short, because every task in a history repeats it: the SDK's own takes 89 bytes. */
function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 8);
}
