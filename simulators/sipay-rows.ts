import { LosslessNumber } from 'lossless-json';
import { HOUR_MS, integerOf, major, textOf } from './fields';
import type { Switches } from './options';

/** One transaction as the summary list knows it. */
export interface SipayTransaction {
  id: string;
  kind: 'payment' | 'refund';
  /** The payment that a refund belongs to; a payment's own id. */
  paymentId: string;
  extTransactionId: string;
  amountMinor: number;
  currency: string;
  description: string;
  at: number;
  /** How many look-ups will still see it unfinished. */
  pendingReads: number;
}

const TYPES = {
  payment: { code: 5001, text: 'Payment' },
  refund: { code: 5002, text: 'Refund Payment' },
} as const;
const CUSTOMER_WALLET = '2921079220203823202';

/** An id of 19 digits, as text or bare. */
export function idOnWire(id: string, { numericIds }: Pick<Switches['sipay'], 'numericIds'>): unknown {
  return numericIds && /^\d+$/.test(id) ? new LosslessNumber(id) : id;
}

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

/** A row of the summary list. */
export function rowOf(transaction: SipayTransaction, switches: Switches['sipay']): Record<string, unknown> {
  const { id, kind, paymentId, amountMinor, currency, at, extTransactionId } = transaction;
  const isPending = transaction.pendingReads > 0;
  const date = new Date(at).toISOString();
  const isRefund = kind === 'refund';
  return {
    id: idOnWire(id, switches),
    tenant_id: '5',
    tx_group_correlation_id: idOnWire(paymentId, switches),
    tx_ref_correlation_id: isRefund ? idOnWire(paymentId, switches) : '0',
    wallet_id: idOnWire(CUSTOMER_WALLET, switches),
    transaction_type_id: TYPES[kind].code,
    transaction_type: TYPES[kind].text,
    transaction_status_id: statusOf(transaction),
    transaction_status: isPending ? 'Pending' : 'NormalCompleted',
    result_code: isPending ? null : 'Success',
    tx_additional_data_json: '',
    created_date_utc: date,
    updated_date_utc: date,
    completed_date_utc: isPending ? null : date,
    financial_process_completed_date_utc: null,
    is_financial_process_completed: false,
    to_wallet_id: 'WALLET00002',
    tx_base_amount: major(amountMinor, currency),
    tx_additional_fee: 0,
    tx_amount_with_additional_fee: major(amountMinor, currency),
    currency_code: currency,
    tx_end_user_preview_json: '',
    tx_pre_financial_acquired_record_json: null,
    tx_financial_acquired_record_json: null,
    from_description: 'SAMPLE SENDER',
    to_description: 'SAMPLE RECEIVER',
    tx_description: transaction.description,
    kyc_level_id: 40,
    from_account_type_id: 2,
    from_account_id: 'ACC00001',
    from_wallet_number: 'WALLET00001',
    from_account_number: '1000000000',
    to_account_number: '2000000000',
    to_account_type_id: 1,
    to_account_id: 'ACC00002',
    to_wallet_number: 'WALLET00002',
    is_need_settlement: false,
    settlement_day: 0,
    ext_transaction_id: extTransactionId,
    from_user_kyc_info: null,
  };
}

/** The wallet that a refund's answer describes: the customer's, with what is in it now. */
export function walletInfo(
  balanceMinor: number,
  currency: string,
  switches: Switches['sipay'],
): Record<string, unknown> {
  const money = (amountMinor: number) => major(amountMinor, currency);
  const limits = [
    'max_balance',
    'topup_credit_limit',
    'topup_cash_limit',
    'withdrawal_limit',
    'payment_limit',
  ];
  const ceiling = [...limits, 'wallet_to_wallet_limit'].map((name) => [name, money(5_000_000)]);
  return {
    id: idOnWire(CUSTOMER_WALLET, switches),
    tenant_id: '5',
    name: '',
    account_number: 'EK2828',
    account_type: 'Bireysel',
    created_date_utc: '2021-10-19T12:05:41.000358+00:00',
    number: '826282822',
    phone_country_code: null,
    phone_number: null,
    email: null,
    total_balance: money(balanceMinor),
    monthly_incoming_total: money(0),
    monthly_outgoing_total: money(0),
    access_level_status_id: 1,
    access_level_status: 'Aktif',
    payment_balance: { available: money(balanceMinor), unavailable: money(0) },
    cash_balance: { available: money(0), unavailable: money(0) },
    transaction_limits: Object.fromEntries(ceiling),
    kyc_level_status: null,
    currency_code: currency,
    user_kyc_info: null,
    is_topup_default: false,
    tax_number: null,
    loyalty_record_required: false,
  };
}

function statusOf({ pendingReads }: SipayTransaction): 10 | 20 {
  return pendingReads > 0 ? 10 : 20;
}

function timeOf(value: unknown): number | undefined {
  const at = Date.parse(textOf(value) ?? '');
  return Number.isNaN(at) ? undefined : at;
}
