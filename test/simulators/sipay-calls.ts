import type { SimulatorOptions, Simulators, Switches } from '../../simulators';
import { rowsAt, someSimulators, type Ended } from './calls';

/** The refund call. */
export const REFUND = '/sipay/v1/Transaction/RefundPaymentInstant';
/** The look-up. */
export const LIST = '/sipay/v1/TransactionData/SummaryRecordByFilter';
/** The seeded payment. */
export const PAYMENT = '7440022202222222022';
/** A whole refund of the seeded payment. */
export const REQUEST = {
  tx_correlation_id: PAYMENT,
  ext_transaction_id: 'rf-1:cash',
  currency_code: 'TRY',
  refund_amount: 25.5,
  description: 'refund rf-1',
};
/** A look-up without a filter. */
export const ASK = { page_size: 100, page_index: 0, order_column: 'CreatedDateUtc', order_by: 'desc' };

/** Simulators with what the sipay tests need; they end with the test. */
export async function seeded(
  switches: Partial<Switches['sipay']> = {},
  options: SimulatorOptions = {},
): Promise<Simulators> {
  const simulators = await someSimulators({ ...options, switches: { sipay: switches } });
  simulators.sipay.addPayment({ transactionId: PAYMENT, amountMinor: 2550, currency: 'TRY' });
  return simulators;
}

/** The rows that a look-up shows. */
export const rowsOf = ({ json }: Ended) => rowsAt(json, 'payload.results');
