import type { Measure } from './measure';
import { median, quantile, spread } from './statistics';

/** What all rounds at one delay and concurrency say of one variant: medians over the rounds. */
export interface Cell {
  delayMs: number;
  atOnce: number;
  variant: string;
  refunds: number;
  perSecond: number;
  /** Over the refunds of all rounds. Milliseconds. */
  p50Ms: number;
  p99Ms: number;
  cpuMs: { worker: number; engine: number | undefined; driver: number };
  rssMb: number;
  heapMb: number;
}

/** How two variants compare, as the median over the rounds of what they did in the same round. */
export interface Ratio {
  delayMs: number;
  atOnce: number;
  of: string;
  to: string;
  median: number;
  lowest: number;
  highest: number;
}

/** What makes the figures hard to believe; empty when the machine was quiet. */
export type Doubts = string[];

/** The rates of the same axios calls may differ by so much between the rounds of a cell, from least to most. */
const MOST_SPREAD = 0.3;

/** Others may take this share of the machine's CPU during a measure; the median over a cell's measures counts. */
const MOST_FOREIGN = 0.1;

/** One cell for each delay, concurrency and variant, in the order in which they were measured. */
export function cellsOf(measures: readonly Measure[]): Cell[] {
  return groups(measures, (measure) => `${placeOf(measure)} ${measure.variant}`).map((rounds) => {
    const [{ delayMs, atOnce, variant }] = rounds;
    const durations = rounds.flatMap(({ durationsMs }) => durationsMs);
    const engines = rounds.flatMap(({ cpuMs }) => (cpuMs.engine === undefined ? [] : [cpuMs.engine]));
    const middle = (value: (measure: Measure) => number) => median(rounds.map(value));
    return {
      delayMs,
      atOnce,
      variant,
      refunds: durations.length,
      perSecond: middle(({ perSecond }) => perSecond),
      p50Ms: quantile(durations, 0.5),
      p99Ms: quantile(durations, 0.99),
      cpuMs: {
        worker: middle(({ cpuMs }) => cpuMs.worker),
        engine: engines.length === 0 ? undefined : median(engines),
        driver: middle(({ cpuMs }) => cpuMs.driver),
      },
      rssMb: middle(({ memory }) => memory.rssBytes) / 1e6,
      heapMb: middle(({ memory }) => memory.heapBytes) / 1e6,
    };
  });
}

/** Rates of one variant over those of another, round by round. */
export function ratiosOf(measures: readonly Measure[], of: string, to: string): Ratio[] {
  return groups(measures, placeOf).flatMap((cell) => {
    const [{ delayMs, atOnce }] = cell;
    const pairs = groups(cell, ({ round }) => String(round)).flatMap((round) => {
      const rate = (name: string) => round.find(({ variant }) => variant === name)?.perSecond;
      const [above, below] = [rate(of), rate(to)];
      return above === undefined || below === undefined ? [] : [above / below];
    });
    if (pairs.length === 0) return [];
    const [lowest, highest] = [Math.min(...pairs), Math.max(...pairs)];
    return [{ delayMs, atOnce, of, to, median: median(pairs), lowest, highest }];
  });
}

/**
 * Whether the machine was quiet enough. The axios calls know no engine: what changes their rate from round to round is
 * the machine, and it changes the others' as well.
 */
export function doubtsAbout(measures: readonly Measure[]): Doubts {
  return groups(measures, placeOf).flatMap((cell) => {
    const rates = cell.filter(({ variant }) => variant === 'axios').map(({ perSecond }) => perSecond);
    const foreign = median(cell.map((measure) => measure.foreign ?? 0));
    return [
      ...(rates.length > 1 && spread(rates) > MOST_SPREAD
        ? [`${placeOf(cell[0])}: the axios rates differ by ${percent(spread(rates))} between rounds`]
        : []),
      ...(foreign > MOST_FOREIGN
        ? [`${placeOf(cell[0])}: others took ${percent(foreign)} of the machine's CPU`]
        : []),
    ];
  });
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function placeOf({ delayMs, atOnce }: Measure): string {
  return `${delayMs} ms, ${atOnce} at once`;
}

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): [Item, ...Item[]][] {
  const byKey = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const group = byKey.get(keyOf(item));
    if (group) group.push(item);
    else byKey.set(keyOf(item), [item]);
  }
  return [...byKey.values()];
}
