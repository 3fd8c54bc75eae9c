import type { Simulators, Switches } from '../../simulators';
import { someSimulators } from './calls';

/** Where the API begins. */
export const BASE = '/dsquares/api/Integration/v1';
/** A whole refund of the seeded redemption. */
export const REFUND = {
  WalletCode: '011111111111',
  ContactMsisdn: '01151618768',
  BranchMsisdn: '201020792658',
  Points: 500,
  ExternalLogId: 'rf-1:loyalty',
  TransactionId: 46173,
};
/** A redemption in the seeded wallet, without its value. */
export const REDEEM = {
  WalletCode: '011111111111',
  ContactMsisdn: '01151618768',
  BranchMsisdn: '201020792658',
};

/** Simulators with what the dsquares tests need; they end with the test. */
export async function seeded(switches: Partial<Switches['dsquares']> = {}): Promise<Simulators> {
  const simulators = await someSimulators({ switches: { dsquares: switches } });
  const redemption = {
    walletCode: '011111111111',
    contactMsisdn: '01151618768',
    transactionId: '46173',
    points: 500,
  };
  simulators.dsquares.addRedemption(redemption);
  simulators.dsquares.addRedemption({ ...redemption, walletCode: 'other', transactionId: '46174' });
  return simulators;
}
