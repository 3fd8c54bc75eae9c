import { utcTime } from './utc';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const SECONDS = /^\+?(\d+(?:\.\d+)?) ?(?:s|sec|seconds)?$/i;
const DAY = /^\d{4}-\d\d-\d\d$/;
/** Parts headers of the same name, or a list, and leaves the comma after a day of the week. */
const BETWEEN = /(?<!\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*),/;

/**
 * Reads a `Retry-After` header, given in seconds or as a date; of several the longest counts.
 * @returns milliseconds from `now`, never negative and at most a year; undefined when there is none or it cannot be read
 */
export function retryAfterMs(header: unknown, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const waits = header.split(BETWEEN).flatMap((text) => waitOf(text.trim(), now) ?? []);
  return waits.length === 0 ? undefined : Math.min(YEAR_MS, Math.max(0, ...waits));
}

function waitOf(text: string, now: number): number | undefined {
  const [, seconds] = SECONDS.exec(text) ?? [];
  if (seconds !== undefined) return Math.ceil(Number(seconds)) * 1000;
  const at = DAY.test(text) ? Date.parse(text) : utcTime(text);
  return Number.isNaN(at) ? undefined : at - now;
}
