import type { Sample, Series } from './promql';

/** What a metrics endpoint shows at one moment; `__name__` is among the labels. */
export type Scrape = readonly Sample[];

/** Reads Prometheus's text format. */
export function parseScrape(text: string): Scrape {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(/([A-Za-z_]+)="((?:[^"\\]|\\.)*)"/g)];
    const named = Object.fromEntries(pairs.map(([, label = '', text_ = '']) => [label, text_]));
    return [{ labels: { ...named, __name__: name }, value: Number(value) }];
  });
}

/** Scrapes a metrics endpoint. */
export async function scrape(port: number): Promise<Scrape> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  return parseScrape(await answer.text());
}

/** When a fault begins in a time lapse, and when it ends. Seconds. */
export const FAULT_AT = 1_200;
/** When a time lapse usually ends. Seconds. */
export const END_AT = 3 * 3_600;
const STEP = 60;

/**
 * The hours that two scrapes stand for: all is well at first, then the fault begins, lasts, and repeats every minute
 * what it did to the counters. Ages grow as ages do.
 */
export function timeLapse(well: Scrape, fault: Scrape | undefined, endAt = END_AT): Series[] {
  const names = new Map([...well, ...(fault ?? [])].map(({ labels }) => [keyOf(labels), labels]));
  const [before, during] = [valuesOf(well), fault && valuesOf(fault)];
  return [...names].map(([key, labels]) => {
    const samples: [number, number][] = [];
    for (let at = 0; at <= endAt; at += STEP) {
      const value = at < FAULT_AT ? before.get(key) : during?.get(key);
      if (value === undefined) continue;
      samples.push([at, valueAt(labels.__name__ ?? '', at, before.get(key) ?? 0, value)]);
    }
    return { labels, samples };
  });
}

function valueAt(name: string, at: number, before: number, value: number): number {
  const since = Math.max(0, at - FAULT_AT);
  if (/_(total|count|sum|bucket)$/.test(name)) return before + (value - before) * (1 + since / STEP);
  if (name.endsWith('_age_seconds')) return value > 0 ? value + since : 0;
  // A time of day: as long ago as it was when it was scraped.
  if (name.endsWith('_timestamp_seconds')) return at - value;
  return value;
}

/** The scrape with times of day turned into how long ago they were. */
export function withAges(scraped: Scrape, now = Date.now() / 1_000): Scrape {
  return scraped.map(({ labels, value }) => ({
    labels,
    value: labels.__name__?.endsWith('_timestamp_seconds') ? now - value : value,
  }));
}

function valuesOf(scraped: Scrape): Map<string, number> {
  return new Map(scraped.map(({ labels, value }) => [keyOf(labels), value]));
}

function keyOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => one.localeCompare(other)));
}
