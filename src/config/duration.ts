const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a duration such as `10s`: a whole number and `ms`, `s`, `m`, `h` or `d`.
 * @returns milliseconds; undefined when it is not a duration, is zero, or is longer than Temporal's timers allow
 */
export function parseDuration(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const milliseconds = Number(count) * (UNITS[unit] ?? NaN);
  return milliseconds > 0 && milliseconds <= 3_650 * 86_400_000 ? milliseconds : undefined;
}
