import type { Unanswered, Unreadable } from '../../domain/provider-answers';
import type { HttpResult } from '../http-answer';
import { shows, unproven } from '../unproven';
import { isOwnRefusal, setupProblem } from './refusals';
import { listing, readPayload, type SipayCall, type SipayRow } from './wire';

/**
 * The first page of a list, whichever way pages are counted: 0, or 1 where 0 is empty. A 400 of Sipay's own can only
 * blame the index, where nothing else differs from a question that was answered.
 */
export async function firstPage(ask: (pageIndex: 0 | 1) => Promise<HttpResult>): Promise<HttpResult> {
  const zero = await ask(0);
  if (!isNoPage(zero) && rowsOf(zero)?.length !== 0) return zero;
  const one = await ask(1);
  return isNoPage(one) ? zero : one;
}

function isNoPage(result: HttpResult): boolean {
  return result.kind === 'answer' && !result.isEmpty && result.status === 400 && isOwnRefusal(result);
}

/** The rows of a healthy list; undefined when the answer proves nothing. */
export function rowsOf(result: HttpResult): SipayRow[] | undefined {
  return result.kind === 'answer' ? listing.safeParse(readPayload(result)).data?.results : undefined;
}

/** Whether a row carries our reference. */
export function isUnderOurReference(row: SipayRow, { key }: SipayCall): boolean {
  return row.ext_transaction_id === key;
}

const FILTER_IGNORED = 'Sipay ignored the look-up by our reference.';

/** Whether anything in an answer carries our reference, in whatever letters. */
function showsOurReference(result: HttpResult, { key }: SipayCall): boolean {
  const isOurs = (text: unknown) =>
    typeof text === 'string' && text.trim().toLowerCase() === key.toLowerCase();
  return shows(result, ({ ext_transaction_id: reference }) => isOurs(reference));
}

/** A list that proves nothing, and whether it shows our reference all the same. */
export function unreadable(
  result: HttpResult,
  call: SipayCall,
  { credentials, isList }: { credentials: string; isList: boolean },
): Unanswered | Unreadable {
  return unproven(result, { showsOurs: showsOurReference(result, call) }, (answer) =>
    isList ? FILTER_IGNORED : setupProblem(answer, credentials),
  );
}
