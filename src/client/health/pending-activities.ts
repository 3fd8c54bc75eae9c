import { optionalTsToDate } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import type { Access } from '../temporal-calls';
import { failingCall, madeInVainSince } from './failing';
import type { FailingCall } from './failing';
import type { Description, RunKey } from './history';
import { takerOf } from '../pollers';
import { nameOfVersion, pinnedVersion } from '../versions';
import type { Version } from '../versions';
import { queuesOfVersion } from '../version-queues';

/**
 * Why a call that a run waits for does not go on: somebody paused it on the server, nobody polls its queue, or each of its
 * attempts fails.
 */
export type Halt =
  | { kind: 'paused'; since: string; pausedActivity: string }
  | { kind: 'notTaken'; since: string; taskQueue: string; version?: string }
  | { kind: 'failing'; since: string; taskQueue: string; failing: FailingCall };

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

const { PENDING_ACTIVITY_STATE_SCHEDULED: SCHEDULED } = temporal.api.enums.v1.PendingActivityState;

/** How long a call may last. */
interface Limits {
  /** On its queue, before the queue is asked who polls it: one whose rate is limited holds calls for longer. */
  notTakenAfterMs: number;
  /** While each of its attempts fails. */
  inVainAfterMs: number;
}

/** Finds what holds a run up that waits for a call. */
export async function haltOf(
  access: Access,
  run: RunKey,
  described: Description,
  { notTakenAfterMs, inVainAfterMs }: Limits,
): Promise<Halt | undefined> {
  for (const pending of described.pendingActivities ?? []) {
    const { paused, pauseInfo, activityId } = pending;
    if (paused) return { kind: 'paused', since: iso(pauseInfo?.pauseTime), pausedActivity: activityId ?? '' };
    const scheduledAt = iso(pending.scheduledTime);
    const taskQueue = pending.activityOptions?.taskQueue?.name ?? '';
    const isOlder = (since: string, limitMs: number) => Date.now() - Date.parse(since) > limitMs;
    const waitsForLong = pending.state === SCHEDULED && isOlder(scheduledAt, notTakenAfterMs);
    if (waitsForLong && taskQueue !== '') {
      const pinned = await versionOfCall(access, described, taskQueue);
      const { version, polledAt } = await takerOf(access, { name: taskQueue, kind: 'activity' }, pinned);
      const named = version && { version: nameOfVersion(version) };
      if (!polledAt) return { kind: 'notTaken', since: scheduledAt, taskQueue, ...named };
    }
    const since = await madeInVainSince(access, run, described, pending);
    if (since !== undefined && isOlder(since, inVainAfterMs))
      return { kind: 'failing', since, taskQueue, failing: await failingCall(access, run, pending) };
  }
  return undefined;
}

/** The calls of a pinned run are taken by its version alone, where that has workers on their queue at all. */
async function versionOfCall(
  access: Access,
  { workflowExecutionInfo }: Description,
  taskQueue: string,
): Promise<Version | undefined> {
  const version = pinnedVersion(workflowExecutionInfo?.versioningInfo);
  if (!version) return undefined;
  const queues = await queuesOfVersion(access, version);
  return queues.some(({ name, kind }) => name === taskQueue && kind === 'activity') ? version : undefined;
}

function iso(time: Pending['scheduledTime']): string {
  return (optionalTsToDate(time) ?? new Date(0)).toISOString();
}
