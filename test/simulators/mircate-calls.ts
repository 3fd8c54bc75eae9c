import type { Simulators, Switches } from '../../simulators';
import { someSimulators } from './calls';

/** Where the API begins. */
export const WALLET_API = '/mircate/CALL/WalletAPI';
/** The refund call. */
export const REFUND = `${WALLET_API}/refund/project1-account1`;
/** The spend call. */
export const SPEND = `${WALLET_API}/spend/project1-account1`;
/** The look-up. */
export const LIST = `${WALLET_API}/listTransactions/project1`;
/** A part of the seeded spend. */
export const REQUEST = { transactionId: 'spend-1', accountNumber: 'acc-1', amount: 200 };

/** Simulators with what the mircate tests need; they end with the test. */
export async function seeded(switches: Partial<Switches['mircate']> = {}): Promise<Simulators> {
  const simulators = await someSimulators({ switches: { mircate: switches } });
  simulators.mircate.addSpend({ transactionId: 'spend-1', points: 500, accountNumber: 'acc-1' });
  simulators.mircate.addSpend({
    transactionId: 'spend-2',
    points: 500,
    walletId: 'w-1',
    walletCurrency: 'POINT',
  });
  return simulators;
}
