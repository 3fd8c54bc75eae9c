import type { Unanswered, Unreadable } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { shows, unproven, type JsonObject } from '../unproven';
import { listProblem } from './refusals';
import { page, type MircateCall, type Row } from './wire';

const MOST_PAGES = 10;

/** What a list tells that was read to its end, one that is too long for that, and one that cannot be relied on. */
export interface Readers<Found> {
  whole: (rows: readonly Row[], call: MircateCall) => Found;
  beginning?: (rows: readonly Row[], call: MircateCall) => Found;
  mayBeOurs: (shown: JsonObject, call: MircateCall) => boolean;
}

/** The pages read so far. */
interface Listing {
  rows: Row[];
  total?: number | null | undefined;
  isWhole: boolean;
}

const NOTHING_READ: Listing = { rows: [], isWhole: false };

/** Reads a list page by page to its end, or says that it proves nothing (mircate sheet: look-up). */
export async function readPages<Found>(
  ask: (from: number) => Promise<HttpResult>,
  call: MircateCall,
  readers: Readers<Found>,
): Promise<Found | Unanswered | Unreadable> {
  let listing = NOTHING_READ;
  let showsOurs = false;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const result = await ask(listing.rows.length);
    const longer = addPage(listing, result);
    showsOurs ||= shows(result, (shown) => readers.mayBeOurs(shown, call));
    if (!longer) return unproven(result, { showsOurs }, listProblem);
    if (longer.isWhole) return readers.whole(longer.rows, call);
    listing = longer;
  }
  return readers.beginning?.(listing.rows, call) ?? tooLong({ showsOurs });
}

/** The rows of a first page; undefined when it cannot be relied on. */
export function rowsOfFirstPage(result: HttpResult): readonly Row[] | undefined {
  return addPage(NOTHING_READ, result)?.rows;
}

/**
 * Adds the next page to what was read (mircate sheet: look-up). No field of a page is certain, but none may disagree.
 * @returns undefined when the answer is no healthy page, or does not fit the pages before it
 */
function addPage(before: Listing, result: HttpResult): Listing | undefined {
  if (result.kind !== 'answer' || result.status !== 200) return undefined;
  const { data: read } = page.safeParse(result.body);
  if (!read) return undefined;
  const { transactions, from, size, total } = read;
  const rows = [...before.rows, ...transactions];
  const fits =
    (from ?? before.rows.length) === before.rows.length &&
    (size ?? transactions.length) === transactions.length &&
    (before.rows.length === 0 || total === before.total) &&
    rows.length <= (total ?? rows.length);
  const isOnce = new Set(rows.map(({ transactionId }) => transactionId)).size === rows.length;
  const isAtEnd = transactions.length === 0;
  // The provider may cap its pages at any size: without a total only an empty page ends the list.
  const isWhole = typeof total === 'number' ? rows.length === total : isAtEnd;
  return fits && isOnce && (isWhole || !isAtEnd) ? { rows, total, isWhole } : undefined;
}

function tooLong({ showsOurs }: { showsOurs: boolean }): Unanswered | Unreadable {
  const message = `The list of transactions has more than ${MOST_PAGES} pages and was not read to its end.`;
  return { kind: showsOurs ? 'unreadable' : 'unanswered', message };
}
