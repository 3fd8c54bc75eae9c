import { processCpuMs } from './machine';
import type { BenchOptions } from './options';
import { aParkingRefund, untilParked } from './parking';
import type { Child } from './processes/child';
import type { SeedRange } from './processes/providers';
import { Progress } from './progress';
import { lineChart } from './report/chart';
import { table } from './report/markdown';
import { writeReport } from './report/write';
import { startServer, startOurs, startProviders } from './environment';
import type { BenchServer, Providers } from './environment';
import { median, slope } from './statistics';
import { executeOurs } from './variants';

const AT_ONCE = 16;
const PORTIONS = 10;
/** Of so many refunds one parks. */
const PARKS = 10;
/** Portions before memory and rate are looked at. */
const WARM_UP = 2;

/** What was seen after a portion of the refunds. */
interface Portion {
  refunds: number;
  perSecond: number;
  rssMb: number;
  heapMb: number;
  workerCpuMs: number;
  serverCpuMs: number | undefined;
}

/** Runs refunds through one worker for long, with many parked at any time, and sees whether it stays as it was. */
export async function growth(options: BenchOptions): Promise<boolean> {
  const { refunds, parked, run, report, log } = options;
  const bench = await startServer();
  const providers = await startProviders(run, 0);
  const worker = await startOurs(bench, providers);
  await providers.ensure(refunds);
  const parking = await startParking(bench, providers, run, parked + Math.ceil(refunds / PARKS));
  for (let count = 0; count < parked; count += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, parked - count) }, () => parking.add()));
  }
  await untilParked(bench, parked);
  log(`${parked} refunds are parked`);

  const progress = new Progress(PORTIONS, log);
  const portions: Portion[] = [];
  for (let number = 0; number < PORTIONS; number += 1) {
    const portion = await runPortion(bench, providers, worker, Math.ceil(refunds / PORTIONS), parking);
    portions.push(portion);
    progress.step(`${portion.perSecond.toFixed(1)} refunds/s, ${portion.rssMb.toFixed(0)} MB`);
  }
  await worker.stop();
  await providers.child.stop();
  await bench.close();

  const markdown = `${portionsTable(portions)}\n\n${flatness(portions)}`;
  await writeReport(report, { figures: { refunds, parked, portions }, markdown, chart: chartOf(portions) });
  log(`\n${markdown}\n\nWritten: ${report}.json, .md and .svg`);
  return true;
}

interface Parking {
  /** Parks one more refund. */
  add(): Promise<void>;
  /** Settles the one that has waited longest. */
  settle(): Promise<void>;
}

async function startParking(
  { refunds }: BenchServer,
  { child }: Providers,
  run: string,
  most: number,
): Promise<Parking> {
  await child.ask('seedParking', { run, from: 0, to: most } satisfies SeedRange);
  const waiting: string[] = [];
  let next = 0;
  return {
    async add() {
      const { refundId } = await refunds.start(aParkingRefund(run, next++));
      waiting.push(refundId);
    },
    async settle() {
      const refundId = waiting.shift();
      if (refundId === undefined) return;
      const evidence = 'paid by bank transfer';
      await refunds.resolve({
        ...{ refundId, leg: 'cash', outcome: 'refunded', by: 'ana' },
        ...{ evidence, providerReference: 'transfer' },
      });
      await refunds.result(refundId);
    },
  };
}

async function runPortion(
  bench: BenchServer,
  providers: Providers,
  worker: Child,
  refunds: number,
  parking: Parking,
): Promise<Portion> {
  const [begin, before, serverBefore] = [performance.now(), await worker.usage(), processCpuMs(bench.pid)];
  let begun = 0;
  const lane = async () => {
    while (begun < refunds) {
      begun += 1;
      if (begun % PARKS > 0) await executeOurs(bench, providers.take());
      else await Promise.all([parking.add(), parking.settle()]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const [after, serverAfter] = [await worker.usage(), processCpuMs(bench.pid)];
  return {
    refunds,
    perSecond: (refunds / (performance.now() - begin)) * 1_000,
    rssMb: after.rssBytes / 1e6,
    heapMb: after.heapBytes / 1e6,
    workerCpuMs: (after.cpuMs - before.cpuMs) / refunds,
    serverCpuMs:
      serverAfter === undefined || serverBefore === undefined
        ? undefined
        : (serverAfter - serverBefore) / refunds,
  };
}

function portionsTable(portions: readonly Portion[]): string {
  return table(
    ['refunds', 'refunds/s', 'RSS MB', 'heap MB', 'CPU ms: worker', 'server'],
    portions.map((portion, index) => [
      String((index + 1) * portion.refunds),
      portion.perSecond.toFixed(1),
      portion.rssMb.toFixed(0),
      portion.heapMb.toFixed(0),
      portion.workerCpuMs.toFixed(1),
      portion.serverCpuMs?.toFixed(1) ?? '–',
    ]),
  );
}

function flatness(portions: readonly Portion[]): string {
  const after = portions.slice(WARM_UP);
  const trend = (name: 'rssMb' | 'perSecond') => {
    const values = after.map((portion) => portion[name]);
    return ((slope(values) / median(values)) * 100).toFixed(2);
  };
  return (
    `After the first ${WARM_UP} of ${PORTIONS} portions, memory changes by ${trend('rssMb')} % and the rate by ` +
    `${trend('perSecond')} % with each further portion (least squares).`
  );
}

function chartOf(portions: readonly Portion[]) {
  return lineChart({
    title: 'One worker over many refunds',
    unit: 'each line against its own top',
    labels: portions.map(({ refunds }, index) => String((index + 1) * refunds)),
    series: [
      { title: 'RSS MB', values: portions.map(({ rssMb }) => rssMb) },
      { title: 'refunds/s', values: portions.map(({ perSecond }) => perSecond) },
    ],
  });
}
