import { unansweredLookUp } from '../answers';
import { z } from 'zod';
import type { LookUpAnswer } from '../../domain/outcome';
import type { HttpResult } from '../http-answer';
import { isAmount, wireDecimal, wireId, wireInteger } from '../json';
import { readPayload, whatToMend } from './envelope';
import { feeNote, type SipayCall } from './wire';

const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE_SIZE = 100;
/** Row statuses (sheet: look-up). */
const PENDING = 10;
const CANCELLED = 40;
const COMPLETED: ReadonlySet<number> = new Set([20, 60]);

const listing = z.object({ results: z.array(z.looseObject({ ext_transaction_id: z.unknown() })) });

const record = z.object({
  id: wireId,
  transaction_status_id: wireInteger,
  result_code: z.string().nullish(),
  tx_base_amount: wireDecimal,
  tx_additional_fee: wireDecimal.nullish(),
  currency_code: z.string().nullish(),
});

type SipayRecord = z.infer<typeof record>;

/**
 * The look-up by our reference. Both dates are sent: without them Sipay looks back a day or three (sheet: look-up).
 * @param pageIndex the sheet does not know whether pages count from 0 or from 1
 */
export function lookUpBody(call: SipayCall, now: number, pageIndex: 0 | 1) {
  return {
    page_size: PAGE_SIZE,
    page_index: pageIndex,
    order_column: 'CreatedDateUtc',
    order_by: 'desc',
    ext_transaction_id: call.key,
    start_date: onWire(Date.parse(call.since) - DAY_MS),
    end_date: onWire(now + DAY_MS),
  };
}

/** The same question without a reference: any row in the window proves that the look-up works (sheet: look-up). */
export function controlBody(call: SipayCall, now: number) {
  return { ...lookUpBody(call, now, 1), page_size: 1, ext_transaction_id: undefined };
}

/** What became of our refund; undefined when the list is empty, which alone proves nothing (sheet: look-up). */
export function readLookUp(
  result: HttpResult,
  call: SipayCall,
  credentials: string,
): LookUpAnswer | undefined {
  const rows = rowsOf(result);
  if (rows === undefined) return unanswered(result, credentials);
  if (rows.length === 0) return undefined;
  const ours = rows.filter(({ ext_transaction_id }) => ext_transaction_id === call.key);
  // Rows of other references beside ours are tolerated; alone they show that our filter was ignored, and then
  // ours may lie on another page.
  if (ours.length === 0)
    return { kind: 'unanswered', message: 'Sipay ignored the look-up by our reference.' };
  if (ours.length > 1) {
    return { kind: 'conflict', message: 'Sipay shows more than one movement under our reference.' };
  }
  const known = record.safeParse(ours[0]).data;
  return known ? judge(known, call) : unanswered(result, credentials);
}

/**
 * What an empty page 1 means. If pages count from 0, our row is on the page before it, and re-sending would pay twice;
 * a 400 can only blame the index 0, as nothing else differs from the question that was answered.
 */
export function readAbsence(
  { pageBefore, control }: { pageBefore: HttpResult; control: HttpResult },
  call: SipayCall,
  credentials: string,
): LookUpAnswer {
  const isNoPage = pageBefore.kind === 'answer' && pageBefore.status === 400;
  const shown = isNoPage ? undefined : readLookUp(pageBefore, call, credentials);
  if (shown !== undefined) return shown;
  const rows = rowsOf(control);
  if (rows === undefined) return unanswered(control, credentials);
  return rows.length > 0
    ? { kind: 'absent', message: 'Sipay shows other movements and none under our reference.' }
    : { kind: 'unanswered', message: 'Sipay shows no movement at all, so the look-up proves nothing.' };
}

function judge(row: SipayRecord, { leg, currency, exponent }: SipayCall): LookUpAnswer {
  if (!isAmount(row.tx_base_amount, leg.amountMinor, exponent) || row.currency_code !== currency) {
    return { kind: 'conflict', message: 'Sipay shows our reference with another amount or currency.' };
  }
  if (row.transaction_status_id === PENDING)
    return { kind: 'pending', message: 'The refund is under way at Sipay.' };
  if (row.transaction_status_id === CANCELLED) {
    return { kind: 'conflict', message: 'Sipay shows the movement under our reference as cancelled.' };
  }
  if (!COMPLETED.has(row.transaction_status_id)) {
    return { kind: 'unanswered', message: 'Sipay shows our reference in a state that is not documented.' };
  }
  if (row.result_code !== 'Success') {
    return {
      kind: 'conflict',
      message: 'Sipay shows the movement under our reference as completed without success.',
    };
  }
  return { kind: 'found', providerReference: row.id, ...feeNote(row.tx_additional_fee, currency, exponent) };
}

function rowsOf(result: HttpResult) {
  return result.kind === 'answer' ? listing.safeParse(readPayload(result)).data?.results : undefined;
}

function unanswered(result: HttpResult, credentials: string): LookUpAnswer {
  return unansweredLookUp(result, (answer) => whatToMend(answer, credentials));
}

/** A moment as Sipay's samples write it, to the second. */
function onWire(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}
