import type { Access } from './temporal-calls';
import { UnknownPlaceError } from './errors';
import { oldestOf, placeOf } from './oldest';
import { listQuery, rowOf } from './overview';
import type { RefundRow } from './overview';
import { eachRun } from './visibility';

/** Which part of the refunds that wait for a person is wanted. */
export interface PageOptions {
  /** At most so many. Default: all, up to 50,000. */
  limit?: number;
  /** The `next` of the page before; empty: from the beginning. */
  after?: string;
}

/** Refunds that wait for a person, the oldest first. */
export interface AttentionPage {
  rows: RefundRow[];
  /** How many more wait after these. */
  more: number;
  /** Where the next page begins; null after the last. */
  next: string | null;
}

const MOST = 50_000;

/**
 * Finds the refunds for which a person must act; what changed a moment ago may be missing.
 * @throws UnknownPlaceError
 */
export async function findWaiting(
  access: Access,
  { limit, after }: PageOptions = {},
): Promise<AttentionPage> {
  const most = Math.min(Math.max(Math.trunc(limit ?? MOST), 1), MOST);
  const from = after === undefined || after === '' ? '' : readPlace(after);
  if (from === undefined) throw new UnknownPlaceError();
  const { oldest, total } = await oldestOf(waitingAfter(access, from), most);
  const last = oldest.at(-1);
  const more = total - oldest.length;
  const next = last && more > 0 ? Buffer.from(placeOf(last)).toString('base64url') : null;
  return { rows: oldest, more, next };
}

const PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z .+ [0-9a-f-]{36}$/s;

/** The place that a page named; undefined for any other text, after which there would seem to be nothing. */
export function readPlace(text: string): string | undefined {
  const place = Buffer.from(text, 'base64url').toString();
  return PLACE.test(place) ? place : undefined;
}

async function* waitingAfter(access: Access, place: string): AsyncGenerator<RefundRow> {
  for await (const run of eachRun(access, listQuery({ needsAttention: true }) ?? '')) {
    const row = rowOf(run);
    if (placeOf(row) > place) yield row;
  }
}
