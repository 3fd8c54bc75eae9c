import { HEAP_PER_PARKED_RUN } from './budgets';
import type { BenchOptions } from './options';
import { aParkingRefund, untilParked } from './parking';
import type { Child } from './processes/child';
import type { SeedRange } from './processes/providers';
import { writeReport } from './report/write';
import { startServer, startOurs, startProviders } from './environment';
import type { BenchServer } from './environment';

const WARM_UP = 50;
const PARKED = 400;
const AT_ONCE = 20;

/**
 * Measures the heap that a parked run retains in the worker's cache. The worker runs its workflows in its main thread
 * then (the SDK's debug mode), where the heap can be collected and read; they share one V8 context as they always do.
 * @returns whether it is within its budget
 */
export async function heap({ run, report, log }: BenchOptions): Promise<boolean> {
  const bench = await startServer();
  const providers = await startProviders(run, 0);
  const worker = await startOurs(bench, providers, {
    nodeOptions: ['--expose-gc'],
    more: { TEMPORAL_DEBUG: '1' },
  });
  await providers.child.ask('seedParking', { run, from: 0, to: WARM_UP + PARKED } satisfies SeedRange);
  const park = (from: number, to: number) => parkAll(bench, run, from, to);

  await park(0, WARM_UP);
  const before = await worker.ask<number>('retainedHeap');
  await park(WARM_UP, WARM_UP + PARKED);
  const after = await worker.ask<number>('retainedHeap');
  await Promise.all([worker, providers.child].map((child: Child) => child.stop()));
  await bench.close();

  const bytesPerRun = Math.round((after - before) / PARKED);
  const markdown = `Heap retained by each of ${PARKED} parked runs in the worker's cache: ${bytesPerRun} bytes (budget ${HEAP_PER_PARKED_RUN}).`;
  await writeReport(report, { figures: { parked: PARKED, before, after, bytesPerRun }, markdown });
  log(markdown);
  return bytesPerRun <= HEAP_PER_PARKED_RUN;
}

/** Starts refunds that park, and waits until so many have. */
async function parkAll(bench: BenchServer, run: string, from: number, to: number): Promise<void> {
  let next = from;
  const lane = async () => {
    while (next < to) await bench.refunds.start(aParkingRefund(run, next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await untilParked(bench, to);
}
