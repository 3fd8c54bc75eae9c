import { LosslessNumber } from 'lossless-json';
import { HOUR_MS, integerOf, textOf } from '../engine/fields';
import type { Switches } from '../switches';
import { statusOf, TYPES, type SipayTransaction } from './books';

/** The transactions that a request of SummaryRecordByFilter asks for, one page of them. */
export function selected(
  transactions: readonly SipayTransaction[],
  fields: Record<string, unknown>,
  { filterIgnored, firstPage }: Switches['sipay'],
  now: number,
): { page: SipayTransaction[]; total: number } {
  const from = timeOf(fields.start_date) ?? now - 24 * HOUR_MS;
  const to = timeOf(fields.end_date) ?? Infinity;
  const id = textOf(fields.id) ?? (fields.id instanceof LosslessNumber ? fields.id.value : undefined);
  const tests: ((transaction: SipayTransaction) => boolean)[] = [
    ({ at }) => at >= from && at <= to,
    ({ extTransactionId }) => (textOf(fields.ext_transaction_id) ?? extTransactionId) === extTransactionId,
    (transaction) => (id ?? transaction.id) === transaction.id,
    (transaction) =>
      (integerOf(fields.process_level_status_id) ?? statusOf(transaction)) === statusOf(transaction),
    ({ kind }) => (integerOf(fields.transaction_type_code) ?? TYPES[kind].code) === TYPES[kind].code,
  ];
  const passing = filterIgnored
    ? [...transactions]
    : transactions.filter((transaction) => tests.every((test) => test(transaction)));
  passing.sort((one, other) => (fields.order_by === 'asc' ? one.at - other.at : other.at - one.at));
  const size = integerOf(fields.page_size) ?? 100;
  const start = Math.max(0, (integerOf(fields.page_index) ?? firstPage) - firstPage) * size;
  return { page: passing.slice(start, start + size), total: passing.length };
}

function timeOf(value: unknown): number | undefined {
  const at = Date.parse(textOf(value) ?? '');
  return Number.isNaN(at) ? undefined : at;
}
