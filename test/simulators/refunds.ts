import type { ProviderName, Simulators } from '../../simulators';
import { at, get, post, rowsAt, type Ended } from './calls';

/** One refund at one provider, as it is seeded, sent and looked up. */
export interface RefundCase {
  original: string;
  seed: (simulators: Simulators) => void;
  refund: (simulators: Simulators) => Promise<Ended>;
  lookUp: (simulators: Simulators) => Promise<Ended>;
  /** Whether a look-up's answer shows the refund. */
  shows: (answer: unknown) => boolean;
}

const dsquares = '/dsquares/api/Integration/v1';
const mircate = '/mircate/CALL/WalletAPI';
const paywall = '/paywall/api/v1/wallet';

/** A refund of 500 points or 25.50 at every provider. */
export const REFUNDS: Record<ProviderName, RefundCase> = {
  dsquares: {
    original: '46173',
    seed: (simulators) =>
      simulators.dsquares.addRedemption({
        walletCode: 'w',
        contactMsisdn: '1',
        transactionId: '46173',
        points: 500,
      }),
    refund: (simulators) =>
      post(simulators, `${dsquares}/Refund`, {
        WalletCode: 'w',
        ContactMsisdn: '1',
        BranchMsisdn: '2',
        TransactionId: 46173,
        Points: 500,
        ExternalLogId: 'rf-1:loyalty',
      }),
    lookUp: (simulators) => get(simulators, `${dsquares}/GetWalletData?query=w`),
    shows: (answer) => at(answer, 'data.reedemPoints') === 0,
  },
  mircate: {
    original: 'spend-1',
    seed: (simulators) =>
      simulators.mircate.addSpend({ transactionId: 'spend-1', points: 500, accountNumber: 'a' }),
    refund: (simulators) =>
      post(simulators, `${mircate}/refund/project1-account1`, {
        transactionId: 'spend-1',
        accountNumber: 'a',
        amount: 500,
      }),
    lookUp: (simulators) => post(simulators, `${mircate}/listTransactions/project1`, { accountNumber: 'a' }),
    shows: (answer) => at(answer, 'total') === 2,
  },
  paywall: {
    original: 'sale-1',
    seed: (simulators) =>
      simulators.paywall.addSale({ externalReference: 'sale-1', amountMinor: 2550, currency: 'TRY' }),
    refund: (simulators) => post(simulators, `${paywall}/purchase/refund`, { ExternalReference: 'sale-1' }),
    lookUp: (simulators) => get(simulators, `${paywall}/transaction/by/external-reference/sale-1`),
    shows: (answer) => rowsAt(answer, 'Value').length === 2,
  },
  sipay: {
    original: '744',
    seed: (simulators) =>
      simulators.sipay.addPayment({ transactionId: '744', amountMinor: 2550, currency: 'TRY' }),
    refund: (simulators) =>
      post(simulators, '/sipay/v1/Transaction/RefundPaymentInstant', {
        tx_correlation_id: '744',
        ext_transaction_id: 'rf-1:cash',
        currency_code: 'TRY',
        refund_amount: 25.5,
      }),
    lookUp: (simulators) =>
      post(simulators, '/sipay/v1/TransactionData/SummaryRecordByFilter', {
        page_size: 10,
        page_index: 0,
        order_column: 'CreatedDateUtc',
        ext_transaction_id: 'rf-1:cash',
      }),
    shows: (answer) => rowsAt(answer, 'payload.results').length === 1,
  },
  wyre: {
    original: 'WO_1',
    seed: (simulators) => simulators.wyre.addOrder({ orderId: 'WO_1', amountMinor: 2550, currency: 'TRY' }),
    refund: (simulators) => post(simulators, '/wyre/v3/orders/WO_1/refund/partner'),
    lookUp: (simulators) => get(simulators, '/wyre/v3/orders/WO_1/refund'),
    shows: (answer) => at(answer, 'status') === 'COMPLETED',
  },
};
