import { time } from '../domain/details/markdown';

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
] as const;

/** A time with its age beside it, as the screen shows it: `2026-11-21 03:00:00 UTC (12 m)`. */
export function timeWithAge(at: string, now = Date.now()): string {
  return withAges(time(at), now);
}

/** How our own texts write a time. */
const TIME = /\b(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC\b/g;

/** Text with the age of each time beside it. */
export function withAges(text: string, now = Date.now()): string {
  return text.replace(TIME, (shown: string, day: string, clock: string) => {
    const at = Date.parse(`${day}T${clock}Z`);
    return Number.isNaN(at) ? shown : `${shown} (${ageOf(now - at)})`;
  });
}

/** How long ago something was, or how far ahead it is, by its largest unit: `12 m`, `in 3 d`. */
export function ageOf(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  const [length, unit] = UNITS.find(([least]) => size >= least) ?? ([1_000, 's'] as const);
  const told = `${Math.floor(size / length)} ${unit}`;
  return milliseconds < 0 ? `in ${told}` : told;
}
