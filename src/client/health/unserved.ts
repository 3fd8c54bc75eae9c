import { setTimeout as sleep } from 'node:timers/promises';
import { byStart } from '../oldest';
import { rowOf } from '../overview';
import type { RefundRow } from '../overview';
import { serviceOf } from '../pollers';
import type { Service } from '../pollers';
import type { Access } from '../temporal-calls';
import { together } from '../together';
import { listedPinnedVersion, nameOfVersion } from '../versions';
import type { Version } from '../versions';
import type { ListedRun } from '../visibility';

/** Refunds that run and whose next task nobody would take, whatever they wait for. */
export interface UnservedRefunds {
  taskQueue: string;
  /** The version whose workers would take it; null: workers without a version. */
  version: string | null;
  /**
   * Why that version:
   * - `pinned`: these refunds stay on it
   * - `current`: it is the current one of their queue
   * - `ramping`: a part of the refunds of their queue goes to it, of which `total` is an estimate
   */
  because: 'pinned' | 'current' | 'ramping';
  total: number;
  /** The oldest of them. */
  refundIds: string[];
}

/** Refunds whose next task goes to the same workers. */
interface Group {
  taskQueue: string;
  pinnedTo?: Version;
  total: number;
  oldest: RefundRow[];
}

/** Counts running refunds by the workers to which their next tasks go, while they are listed. */
export interface Tally {
  /** A run that is listed twice counts once. */
  count: (run: ListedRun) => void;
  groups: () => Group[];
}

const MOST_NAMED = 5;

/** Begins a count. */
export function beginTally(): Tally {
  const counted = new Set<string>();
  const groups = new Map<string, Group>();
  return {
    count(run) {
      const row = rowOf(run);
      if (counted.has(row.runId)) return;
      counted.add(row.runId);
      const pinnedTo = listedPinnedVersion(run);
      const { taskQueue } = row;
      const key = JSON.stringify([taskQueue, pinnedTo]);
      const group = groups.get(key) ?? { taskQueue, ...(pinnedTo && { pinnedTo }), total: 0, oldest: [] };
      const oldest = [...group.oldest, row].toSorted(byStart).slice(0, MOST_NAMED);
      groups.set(key, { ...group, total: group.total + 1, oldest });
    },
    groups: () => [...groups.values()],
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
  const { taskQueue, pinnedTo, total, oldest } = group;
  const queue = { name: taskQueue, kind: 'workflow' } as const;
  const service = await serviceOf(access, queue, pinnedTo);
  const tell = (version: Version | undefined, because: UnservedRefunds['because'], count: number): Found => ({
    group,
    found: {
      ...{ taskQueue, version: version ? nameOfVersion(version) : null, because, total: count },
      refundIds: oldest.map(({ refundId }) => refundId),
    },
  });
  const main = isServed(service) ? [] : [tell(service.version, pinnedTo ? 'pinned' : 'current', total)];
  const { ramping } = service;
  if (!ramping || isServed(await serviceOf(access, queue, ramping.version))) return main;
  const share = Math.ceil((total * ramping.percentage) / 100);
  return [...main, ...(share > 0 ? [tell(ramping.version, 'ramping', share)] : [])];
}

function isServed({ pollers }: Service): boolean {
  return pollers.size > 0;
}
