const ISO = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?$/i;
/** Any of the three forms of an HTTP date. `Date.parse` alone finds a date in nearly any text. */
const HTTP_DATE =
  /^((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d) ?((?:GMT|UTC?|Z|[ECMP][SD]T)?(?:[+-]\d\d:?\d\d)?)(?: (\d{4}))?$/;

const DAY_MS = 24 * 60 * 60 * 1000;
const LEAST_TIME = Date.UTC(2000, 0);

/**
 * A time that a provider gave to a record, in milliseconds; NaN for one that no record can have: from before this
 * century or more than a day ahead of our clocks, as another unit or a default date makes it.
 */
export function timeOfRecord(at: number, { latest }: { latest: number }): number {
  return at >= LEAST_TIME && at <= latest + DAY_MS ? at : NaN;
}

/**
 * When an ISO 8601 or HTTP date is, in milliseconds since the epoch. One that names no zone means UTC, whatever the zone
 * of this process.
 * @returns NaN for any other text
 */
export function utcTime(text: string): number {
  const [, isoDate, isoZone = 'Z'] = ISO.exec(text) ?? [];
  if (isoDate !== undefined) {
    return Date.parse(`${isoDate.replace(' ', 'T')}${isoZone.replace(/^UTC$/i, 'Z')}`);
  }
  const [, date, zone, year = ''] = HTTP_DATE.exec(text) ?? [];
  return date === undefined ? NaN : Date.parse(`${date} ${year} ${zone || 'GMT'}`);
}
