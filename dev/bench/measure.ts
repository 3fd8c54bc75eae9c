import os from 'node:os';
import { machineCpu, processCpuMs } from './machine';
import type { Variant } from './variants';

/** One variant, measured once. */
export interface Measure {
  variant: string;
  delayMs: number;
  atOnce: number;
  round: number;
  refunds: number;
  perSecond: number;
  durationsMs: number[];
  /** CPU of each process for one refund, in milliseconds; undefined where there is none or the system does not tell. */
  cpuMs: { worker: number; engine?: number; driver: number };
  memory: { rssBytes: number; heapBytes: number };
  /** The share of the machine that others took meanwhile: processes outside the benchmark, or the host. */
  foreign?: number;
}

/** Where in the benchmark a measure stands. */
export type Place = Pick<Measure, 'delayMs' | 'atOnce' | 'round'>;

/** Runs a variant for so long and sees what it cost. */
export async function measure(
  variant: Variant,
  place: Place,
  milliseconds: number,
  others: () => Promise<number>,
): Promise<Measure> {
  const before = await read(variant, others);
  const { durationsMs, perSecond } = await variant.run(place.atOnce, milliseconds);
  const after = await read(variant, others);
  const refunds = durationsMs.length;
  const engine = differ(after.engineMs, before.engineMs);
  const foreign = foreignShare(before, after);
  return {
    variant: variant.name,
    ...place,
    refunds,
    perSecond,
    durationsMs,
    cpuMs: {
      worker: (after.worker.cpuMs - before.worker.cpuMs) / refunds,
      ...(engine !== undefined && { engine: engine / refunds }),
      driver: (after.driverMs - before.driverMs) / refunds,
    },
    memory: { rssBytes: after.worker.rssBytes, heapBytes: after.worker.heapBytes },
    ...(foreign !== undefined && { foreign }),
  };
}

type Reading = Awaited<ReturnType<typeof read>>;

async function read({ worker, enginePid }: Variant, others: () => Promise<number>) {
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now(),
    worker: await worker.usage(),
    driverMs: (user + system) / 1_000,
    engineMs: processCpuMs(enginePid),
    // All processes of the benchmark together.
    ownMs: (user + system) / 1_000 + (await others()),
    machine: machineCpu(),
  };
}

function foreignShare(before: Reading, after: Reading): number | undefined {
  if (!before.machine || !after.machine) return undefined;
  const busy = after.machine.busyMs - before.machine.busyMs;
  const stolen = after.machine.stolenMs - before.machine.stolenMs;
  const capacity = (after.at - before.at) * os.availableParallelism();
  return Math.max(0, busy + stolen - (after.ownMs - before.ownMs)) / capacity;
}

function differ(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before;
}
