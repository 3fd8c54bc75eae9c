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

/** What is compared; undefined where a variant has none. */
const COMPARED = {
  rate: ({ perSecond }: Measure) => perSecond,
  p50: ({ durationsMs }: Measure) => quantile(durationsMs, 0.5),
  workerCpu: ({ cpuMs }: Measure) => cpuMs.worker,
  engineCpu: ({ cpuMs }: Measure) => cpuMs.engine,
};

type Compared = keyof typeof COMPARED;

/** How two variants compare, by what they did in the same round. */
export interface Ratio extends Record<Compared, OverRounds | undefined> {
  delayMs: number;
  atOnce: number;
  of: string;
  to: string;
}

/** A ratio over the rounds of a cell. */
export interface OverRounds {
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

/** One variant over another, round by round. */
export function ratiosOf(measures: readonly Measure[], of: string, to: string): Ratio[] {
  return groups(measures, placeOf).map((cell) => {
    const [{ delayMs, atOnce }] = cell;
    const rounds = groups(cell, ({ round }) => String(round));
    const overRounds = (compared: Compared): OverRounds | undefined => {
      const ratios = rounds.flatMap((round) => {
        const [above, below] = [of, to].map((name) => {
          const measure = round.find(({ variant }) => variant === name);
          return measure && COMPARED[compared](measure);
        });
        return above === undefined || below === undefined ? [] : [above / below];
      });
      if (ratios.length === 0) return undefined;
      return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
    };
    return {
      delayMs,
      atOnce,
      of,
      to,
      rate: overRounds('rate'),
      p50: overRounds('p50'),
      workerCpu: overRounds('workerCpu'),
      engineCpu: overRounds('engineCpu'),
    };
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
