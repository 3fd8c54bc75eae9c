import { setTimeout as sleep } from 'node:timers/promises';
import { PROVIDER_NAMES, providerQueue } from '../../domain/plan';
import type { ProviderName } from '../../domain/plan';
import { byStart } from '../oldest';
import { rowOf } from '../overview';
import type { RefundRow } from '../overview';
import { serviceOf } from '../pollers';
import type { Service, TaskQueue } from '../pollers';
import type { Access } from '../temporal-calls';
import { together } from '../together';
import { queuesOfVersion } from '../version-queues';
import { listedPinnedVersion, nameOfVersion } from '../versions';
import type { Version } from '../versions';
import type { ListedRun } from '../visibility';

/** Refunds that run and whose next task nobody would take, whatever they wait for. */
export interface UnservedRefunds {
  taskQueue: string;
  /** The version whose workers would take it; null: workers without a version. */
  version: string | null;
  /** Whose calls nobody would take, where it is not the refunds themselves. */
  provider?: ProviderName;
  /**
   * Why that version:
   * - `pinned`: these refunds stay on it
   * - `current`: it is the current one of their queue
   * - `ramping`: a part of the refunds of their queue goes to it
   * While a version ramps up, `total` is an estimate.
   */
  because: 'pinned' | 'current' | 'ramping';
  /** The version that is current while another one, or none, is ramping; null: none. */
  rampsFrom?: string | null;
  total: number;
  /** The oldest of them. */
  refundIds: string[];
}

/** Refunds whose next task, or next call, goes to the same workers. */
interface Group {
  taskQueue: string;
  provider?: ProviderName;
  pinnedTo?: Version;
  total: number;
  oldest: RefundRow[];
}

/** Counts running refunds by the workers to which their next tasks go, while they are listed. */
export interface Tally {
  /** A run that is listed twice counts once. */
  count: (run: ListedRun) => void;
  groups: () => Group[];
  /** How many refunds of a queue wait for a provider. */
  waiting: (taskQueue: string, provider: ProviderName) => number;
}

const MOST_NAMED = 5;

/** Begins a count. */
export function beginTally(): Tally {
  const counted = new Set<string>();
  const groups = new Map<string, Group>();
  const waiting = new Map<string, number>();
  const add = (to: Omit<Group, 'total' | 'oldest'>, row: RefundRow) => {
    const key = JSON.stringify(to);
    const { total, oldest } = groups.get(key) ?? { total: 0, oldest: [] };
    const named = [...oldest, row].toSorted(byStart).slice(0, MOST_NAMED);
    groups.set(key, { ...to, total: total + 1, oldest: named });
  };
  return {
    count(run) {
      const row = rowOf(run);
      if (counted.has(row.runId)) return;
      counted.add(row.runId);
      const pinnedTo = listedPinnedVersion(run);
      const pinned = pinnedTo && { pinnedTo };
      add({ taskQueue: row.taskQueue, ...pinned }, row);
      const provider = PROVIDER_NAMES.find((name) => name === row.waitingOn);
      if (!provider) return;
      const taskQueue = providerQueue(row.taskQueue, provider);
      add({ taskQueue, provider, ...pinned }, row);
      waiting.set(taskQueue, (waiting.get(taskQueue) ?? 0) + 1);
    },
    groups: () => [...groups.values()],
    waiting: (taskQueue, provider) => waiting.get(providerQueue(taskQueue, provider)) ?? 0,
  };
}

/** Workers that have just started are seen by then. Milliseconds. */
const LOOK_AGAIN_AFTER_MS = 2_000;

/** Finds those of the groups that nobody serves; looks twice before it says so. */
export async function unservedOf(access: Access, groups: readonly Group[]): Promise<UnservedRefunds[]> {
  const suspected = await lookAt(access, groups);
  if (suspected.length === 0) return [];
  await sleep(LOOK_AGAIN_AFTER_MS);
  const confirmed = await lookAt(access, [...new Set(suspected.map(({ group }) => group))]);
  return confirmed.map(({ found }) => found);
}

type Found = { group: Group; found: UnservedRefunds };

async function lookAt(access: Access, groups: readonly Group[]): Promise<Found[]> {
  const found = await together(groups.map((group) => lookAtOne(access, group)));
  return found.flat();
}

async function lookAtOne(access: Access, group: Group): Promise<Found[]> {
  const { taskQueue, provider, total, oldest } = group;
  const queue = { name: taskQueue, kind: provider ? ('activity' as const) : ('workflow' as const) };
  const pinnedTo = await pinnedOn(access, group, queue);
  const service = await serviceOf(access, queue, pinnedTo);
  const { ramping } = service;
  const tell = (version: Version | undefined, because: UnservedRefunds['because'], percentage: number) => ({
    group,
    found: {
      ...(provider && { provider }),
      ...{ taskQueue, version: named(version), because, total: Math.ceil((total * percentage) / 100) },
      ...(because === 'ramping' && { rampsFrom: named(service.version) }),
      refundIds: oldest.map(({ refundId }) => refundId),
    },
  });
  const rest = 100 - (ramping?.percentage ?? 0);
  const main =
    isServed(service) || rest <= 0 ? [] : [tell(service.version, pinnedTo ? 'pinned' : 'current', rest)];
  if (!ramping || isServed(await serviceOf(access, queue, ramping.version ?? null))) return main;
  return [...main, tell(ramping.version, 'ramping', ramping.percentage)];
}

/** The calls of a pinned refund are taken by its version alone, where that has workers on their queue at all. */
async function pinnedOn(
  access: Access,
  { pinnedTo, provider }: Group,
  queue: TaskQueue,
): Promise<Version | undefined> {
  if (!pinnedTo || !provider) return pinnedTo;
  const queues = await queuesOfVersion(access, pinnedTo);
  return queues.some(({ name, kind }) => name === queue.name && kind === queue.kind) ? pinnedTo : undefined;
}

function isServed({ pollers }: Service): boolean {
  return pollers.size > 0;
}

function named(version: Version | undefined): string | null {
  return version ? nameOfVersion(version) : null;
}
