import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { machineCpu } from '../../bench/machine';
import type { Child } from '../../bench/processes/child';
import type { ByDatabase, Cpu } from '../measured';
import { threadsCpuMs, treeCpuMs } from './cpu';
import { COUNTERS_LAG_MS, readCounters } from './database';
import type { DatabaseCounters } from './database';
import type { Stack } from './stack';

/** What was used between two moments, and how much of the machine others took. */
export interface Used extends DatabaseCounters {
  seconds: number;
  cpuMs: Cpu;
  /** The share of the machine that others took. */
  foreign: number;
}

/** Does something, waits until the counters tell all of it, and sees what was used. */
export async function usedBy(stack: Stack, worker: Child, work: () => Promise<void>): Promise<Used> {
  await pause(COUNTERS_LAG_MS);
  const before = await read(stack, worker);
  await work();
  await pause(COUNTERS_LAG_MS);
  return difference(await read(stack, worker), before);
}

type Reading = Awaited<ReturnType<typeof read>>;

async function read({ postgres, server, providers }: Stack, worker: Child) {
  const pid = worker.pid ?? 0;
  const { user, system } = process.cpuUsage();
  const [ownWorker, ownProviders] = [await worker.usage(), await providers.child.usage()];
  const counters = await readCounters(postgres);
  const cpuMs = { worker: ownWorker.cpuMs, server: treeCpuMs(server.pid), database: treeCpuMs(postgres.pid) };
  return {
    at: performance.now(),
    pid,
    counters,
    cpuMs,
    threads: threadsCpuMs(pid),
    ownMs: cpuMs.worker + cpuMs.server + cpuMs.database + ownProviders.cpuMs + (user + system) / 1_000,
    machine: machineCpu(),
  };
}

function difference(after: Reading, before: Reading): Used {
  const less = (one: ByDatabase, other: ByDatabase): ByDatabase => ({
    main: one.main - other.main,
    visibility: one.visibility - other.visibility,
  });
  const threads = [...after.threads].map(
    ([thread, cpuMs]) => [thread, cpuMs - (before.threads.get(thread) ?? 0)] as const,
  );
  const milliseconds = after.at - before.at;
  const [now, then] = [after.counters, before.counters];
  const busyMs = (after.machine?.busyMs ?? 0) - (before.machine?.busyMs ?? 0);
  const stolenMs = (after.machine?.stolenMs ?? 0) - (before.machine?.stolenMs ?? 0);
  const foreignMs = busyMs + stolenMs - (after.ownMs - before.ownMs);
  return {
    seconds: milliseconds / 1_000,
    cpuMs: {
      worker: after.cpuMs.worker - before.cpuMs.worker,
      workerMainThread: threads.find(([thread]) => thread === after.pid)?.[1] ?? 0,
      workerWorkflowThread: Math.max(
        ...threads.filter(([thread]) => thread !== after.pid).map(([, ms]) => ms),
      ),
      server: after.cpuMs.server - before.cpuMs.server,
      database: after.cpuMs.database - before.cpuMs.database,
    },
    transactions: less(now.transactions, then.transactions),
    rowsWritten: less(now.rowsWritten, then.rowsWritten),
    listQueries: now.listQueries - then.listQueries,
    walBytes: { sum: now.walBytes.sum - then.walBytes.sum, ...less(now.walBytes, then.walBytes) },
    walFullPages: now.walFullPages - then.walFullPages,
    walSyncs:
      now.walSyncs === undefined || then.walSyncs === undefined ? undefined : now.walSyncs - then.walSyncs,
    foreign: Math.max(0, foreignMs) / (milliseconds * os.availableParallelism()),
  };
}
