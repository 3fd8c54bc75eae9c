import type { Simulators, Switches } from '../../simulators';
import { get, post, rowsAt, someSimulators, type Ended } from './calls';

/** Where the API begins. */
export const WALLET = '/paywall/api/v1/wallet';
/** The refund of the seeded sale. */
export const REFUND = { ExternalReference: 'sale-77', RollbackFee: true, RollbackCashback: true };

/** Simulators with what the paywall tests need; they end with the test. */
export async function seeded(switches: Partial<Switches['paywall']> = {}): Promise<Simulators> {
  const simulators = await someSimulators({ switches: { paywall: switches } });
  const sale = { externalReference: 'sale-77', amountMinor: 14_990, currency: 'TRY' };
  simulators.paywall.addSale({ ...sale, feeMinor: 150, cashbackMinor: 750 });
  return simulators;
}

/** Refunds the seeded sale. */
export const refund = (simulators: Simulators, change: object = {}) =>
  post(simulators, `${WALLET}/purchase/refund`, { ...REFUND, ...change });
/** Looks a reference up. */
export const list = (simulators: Simulators, reference = 'sale-77') =>
  get(simulators, `${WALLET}/transaction/by/external-reference/${encodeURIComponent(reference)}`);
/** What kinds of transactions a look-up shows. */
export const typesOf = ({ json }: Ended) =>
  rowsAt(json, 'Value').map(({ TransactionType }) => TransactionType);
