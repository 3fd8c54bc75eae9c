import { LosslessNumber } from 'lossless-json';
import { major } from '../engine/fields';
import type { Switches } from '../switches';
import { statusOf, TYPES, type SipayTransaction } from './books';

const CUSTOMER_WALLET = '2921079220203823202';

/** An id of 19 digits, as text or bare. */
export function idOnWire(id: string, { numericIds }: Pick<Switches['sipay'], 'numericIds'>): unknown {
  return numericIds && /^\d+$/.test(id) ? new LosslessNumber(id) : id;
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
