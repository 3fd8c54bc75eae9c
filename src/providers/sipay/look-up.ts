import { CLOCK_TOLERANCE_MS } from '../../domain/clocks';
import type { LookUpAnswer } from '../../domain/provider-answers';
import { saysFailure } from '../answers';
import type { HttpResult } from '../http-answer';
import { isAmount } from '../json';
import { isSameCurrency } from '../provider';
import { unproven } from '../unproven';
import { timeOfRecord, utcTime } from '../utc';
import { isUnderOurReference, rowsOf, unreadable } from './list';
import { feeOf } from './refund';
import { setupProblem } from './refusals';
import {
  CANCELLED,
  COMPLETED,
  PENDING,
  record,
  type SipayCall,
  type SipayRecord,
  type SipayRow,
} from './wire';

/** What became of our refund; undefined when the list is empty, which alone proves nothing (sheet: look-up). */
export function readLookUp(
  result: HttpResult,
  call: SipayCall,
  credentials: string,
): LookUpAnswer | undefined {
  const rows = rowsOf(result);
  if (rows === undefined) return unreadable(result, call, { credentials, isList: false });
  if (rows.length === 0) return undefined;
  const ours = rows.filter((row) => isUnderOurReference(row, call));
  // Rows of other references beside ours are tolerated; alone they show that our filter was ignored, and then
  // ours may lie on another page.
  if (ours.length === 0) return unreadable(result, call, { credentials, isList: true });
  if (ours.length > 1) {
    return { kind: 'conflict', message: 'Sipay shows more than one movement under our reference.' };
  }
  const known = record.safeParse(ours[0]).data;
  if (known === undefined || !hasLikelyDate(known, call)) {
    return unreadable(result, call, { credentials, isList: false });
  }
  const answer = readRow(known, call);
  return answer.kind === 'found' && isCalledFailure(ours[0]) ? CALLED_FAILURE : answer;
}

/** What an empty list under our reference means, told by a list of anything. */
export function readAbsence(control: HttpResult, credentials: string): LookUpAnswer {
  const rows = rowsOf(control);
  if (rows === undefined)
    return unproven(control, { showsOurs: false }, (answer) => setupProblem(answer, credentials));
  return rows.length > 0
    ? { kind: 'absent', message: 'Sipay shows other movements and none under our reference.' }
    : { kind: 'unanswered', message: 'Sipay shows no movement at all, so the look-up proves nothing.' };
}

const CALLED_FAILURE: LookUpAnswer = {
  kind: 'conflict',
  message: 'Sipay shows the movement under our reference as completed, and calls it a failure.',
  notMade: true,
};

/** A date that is told and cannot be read proves no age; where none is told, our reference and its original do. */
function hasLikelyDate({ created_date_utc: date }: SipayRecord, { now }: SipayCall): boolean {
  return (date ?? null) === null || !Number.isNaN(timeOfRecord(utcTime(date ?? ''), now));
}

/** The name of a type can hold "reversal" without being a failure. */
function isCalledFailure(row: SipayRow | undefined): boolean {
  return saysFailure({ ...row, transaction_type: undefined });
}

/** Why a row under our reference is not of this refund: a refund id may be used again (sheet: ownership). */
function foreignTo(
  row: SipayRecord,
  { leg, currency, exponent, since, notOurs }: SipayCall,
): string | undefined {
  const original = row.tx_ref_correlation_id ?? '';
  if (/[^0]/.test(original) && original !== leg.transactionId) {
    return 'Sipay shows our reference with another original payment.';
  }
  if (
    !isAmount(row.tx_base_amount, leg.amountMinor, exponent) ||
    !isSameCurrency(row.currency_code ?? '', currency)
  ) {
    return 'Sipay shows our reference with another amount or currency.';
  }
  if (row.id === leg.transactionId) return 'Sipay shows the original payment itself under our reference.';
  if (notOurs.includes(row.id)) {
    return 'Sipay shows our reference with a movement of which a person said that it is not ours.';
  }
  return utcTime(row.created_date_utc ?? '') < Date.parse(since) - CLOCK_TOLERANCE_MS
    ? 'Sipay shows our reference with a movement that is older than this refund.'
    : undefined;
}

function readRow(row: SipayRecord, call: SipayCall): LookUpAnswer {
  const conflict = foreignTo(row, call);
  if (conflict !== undefined) return { kind: 'conflict', message: conflict };
  if (row.transaction_status_id === PENDING)
    return { kind: 'pending', message: 'The refund is under way at Sipay.' };
  if (row.transaction_status_id === CANCELLED) {
    const message = 'Sipay shows the movement under our reference as cancelled.';
    return { kind: 'conflict', message, notMade: true };
  }
  if (!COMPLETED.has(row.transaction_status_id)) {
    return { kind: 'unreadable', message: 'Sipay shows our reference in a state that is not documented.' };
  }
  if (row.result_code !== 'Success') {
    return {
      kind: 'conflict',
      message: 'Sipay shows the movement under our reference as completed without success.',
      notMade: true,
    };
  }
  return {
    kind: 'found',
    providerReference: row.id,
    ...feeOf(row.tx_additional_fee, call.currency, call.exponent),
  };
}
