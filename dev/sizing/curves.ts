import { barChart, logLineChart } from '../bench/report/chart';
import { HOURLY, SMALLEST } from './loads';
import type { Measured } from './measured';
import { costsOf, percentiles, RESOURCES, simulateRefunds, usedOf } from './queue/refund';
import type { Deployment } from './queue/refund';

const REFUNDS = 1_500;
const SEED = 7;
const FLEETS = [1, 2, 4] as const;
/** Refunds a second. */
const RATES = [5, 10, 20, 30, 40, 50, 60, 80, 100, 120] as const;
/** Nearer to 1 than this a queue grows for longer than is simulated. */
const FULL = 0.97;

/** A server and a database that are large enough not to be what is used up. */
function fleetOf(workers: number): Deployment {
  return { ...SMALLEST, workers, coresOfServer: 32, coresOfDatabase: 32, shards: 512 };
}

/** What the simulation says of one load of a fleet; undefined: it is more than the fleet can do. */
export interface Point {
  workers: number;
  perSecond: number;
  latencyMs: { p50: number; p99: number } | undefined;
}

/** The latencies of fleets of one, two and four workers, load by load. */
export function pointsOf(measured: Measured): Point[] {
  const costs = costsOf(measured);
  return FLEETS.flatMap((workers) =>
    RATES.map((perSecond) => {
      const deployment = fleetOf(workers);
      const isTooMuch = Math.max(...Object.values(usedOf(perSecond, costs, deployment))) > FULL;
      const traffic = { perSecond, refunds: REFUNDS, seed: SEED };
      const latencyMs = isTooMuch ? undefined : percentiles(simulateRefunds(costs, deployment, traffic));
      return { workers, perSecond, latencyMs };
    }),
  );
}

/** Latency against load. */
export function latencyChart(points: readonly Point[]): string {
  const lineOf = (workers: number, quantile: 'p50' | 'p99') => ({
    title: `${workers} worker${workers === 1 ? '' : 's'}, ${quantile}`,
    values: points
      .filter((point) => point.workers === workers)
      .map(({ latencyMs }) => latencyMs?.[quantile] ?? Number.NaN),
  });
  return logLineChart({
    title: 'Simulated: how long a refund takes, by refunds a second',
    unit: 'ms',
    labels: RATES.map(String),
    series: FLEETS.flatMap((workers) => [lineOf(workers, 'p50'), lineOf(workers, 'p99')]),
  });
}

/** How much of each resource of the smallest deployment is used, load by load. */
export function resourcesChart(measured: Measured): string {
  const drawn = RESOURCES.filter((name) => name !== 'workflow thread' && name !== 'connections');
  return barChart({
    title: 'What is used of the smallest deployment',
    unit: '%, more than 100 cannot be',
    labels: HOURLY.map((hourly) => `${hourly.toLocaleString('en')} refunds an hour`),
    series: drawn.map((name) => ({
      title: name,
      values: HOURLY.map((hourly) => usedOf(hourly / 3_600, costsOf(measured), SMALLEST)[name] * 100),
    })),
  });
}
