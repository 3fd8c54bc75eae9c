/** Any of the three forms of an HTTP date, or ISO 8601; `Date.parse` alone finds a date in nearly any text. */
const DATE = /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d)/;
/** The oldest form names no zone, and means UTC. */
const WITHOUT_ZONE = /\d\d:\d\d:\d\d \d{4}$/;

/**
 * Reads a `Retry-After` header, given in seconds or as an HTTP date.
 * @returns milliseconds from `now`, never negative; undefined when there is none or it cannot be read
 */
export function retryAfterMs(header: unknown, now: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  if (!DATE.test(text)) return undefined;
  const at = Date.parse(WITHOUT_ZONE.test(text) ? `${text} GMT` : text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
