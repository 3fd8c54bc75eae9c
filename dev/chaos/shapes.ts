import type { Simulators } from '../../simulators';
import type { RefundRequest } from '../../src/domain/request';
import type { Chance } from './chance';

const DAY_MS = 86_400_000;
/** Never in the wire sample of a provider: the canary of phone numbers. */
const PHONE = '5550155';

type Loyalty = NonNullable<RefundRequest['loyalty']>;
type Sale = NonNullable<RefundRequest['sale']>;
type Cash = NonNullable<RefundRequest['cash']>;

/** A refund of one to three legs at random providers, whose originals are in the providers' books. */
export function aRefund(simulators: Simulators, chance: Chance, seed: number, number: number): RefundRequest {
  const currency = chance.hits(0.8) ? 'TRY' : chance.pick('EUR', 'JPY', 'KWD');
  const hasLoyalty = chance.hits(0.65);
  const hasSale = chance.hits(0.6);
  const hasCash = (!hasLoyalty && !hasSale) || chance.hits(0.65);
  const loyalty = chance.hits(0.5) ? dsquaresLeg(chance, number) : mircateLeg(chance, number);
  const sale = saleLeg(chance, number);
  const cash = chance.hits(0.5) ? sipayLeg(chance, number) : wyreLeg(chance, number);
  if (hasLoyalty) seedLoyalty(simulators, chance, loyalty);
  if (hasSale) seedSale(simulators, chance, sale, currency);
  if (hasCash) seedCash(simulators, chance, cash, currency);
  return {
    refundId: `chaos-${seed}-${number}`,
    orderId: `order-${number}`,
    currency,
    requestedBy: 'order-service',
    reason: 'goods returned',
    ...(hasLoyalty && { loyalty }),
    ...(hasSale && { sale }),
    ...(hasCash && { cash }),
  };
}

function dsquaresLeg(chance: Chance, number: number): Loyalty {
  return {
    provider: 'dsquares',
    walletCode: `WCANARY${number}`,
    contactMsisdn: `01${PHONE}${String(number).padStart(6, '0')}`,
    branchMsisdn: `20${PHONE}${String(number).padStart(6, '0')}`,
    transactionId: String(100_000_000 + number),
    // Not every number of points is a whole amount of money, and only such can be taken back automatically.
    points: chance.hits(0.8) ? chance.integer(1, 250) * 4 : chance.integer(1, 1_000),
    ...(chance.hits(0.3) && { invoiceNumber: `INV-${number}` }),
  };
}

function mircateLeg(chance: Chance, number: number): Loyalty {
  const address = chance.hits(0.5)
    ? { accountNumber: `acc-canary-${number}` }
    : { walletId: `wallet-canary-${number}`, walletCurrency: 'POINT' };
  const points = chance.integer(1, 1_000);
  return { provider: 'mircate', transactionId: `spend-${number}`, points, ...address };
}

function saleLeg(chance: Chance, number: number): Sale {
  return {
    provider: 'paywall',
    externalReference: `sale-${number}`,
    amountMinor: chance.integer(1, 40_000),
    rollbackFee: chance.hits(0.5),
    rollbackCashback: chance.hits(0.5),
  };
}

function sipayLeg(chance: Chance, number: number): Cash {
  const transactionId = `7440${String(number).padStart(15, '0')}`;
  return { provider: 'sipay', transactionId, amountMinor: chance.integer(1, 30_000) };
}

function wyreLeg(chance: Chance, number: number): Cash {
  const age = chance.hits(0.02) ? 40 * DAY_MS : chance.between(1, 20) * DAY_MS;
  const purchasedAt = new Date(Date.now() - age).toISOString();
  return { provider: 'wyre', orderId: `WO_${number}`, amountMinor: chance.integer(1, 30_000), purchasedAt };
}

/** Often more was paid than is refunded: the provider would then take the same refund twice. */
function paid(chance: Chance, refunded: number): number {
  return chance.hits(0.5) ? refunded * 3 : refunded;
}

function seedLoyalty(simulators: Simulators, chance: Chance, leg: Loyalty): void {
  const points = paid(chance, leg.points);
  if (leg.provider === 'dsquares') simulators.dsquares.addRedemption({ ...leg, points });
  else simulators.mircate.addSpend({ ...leg, points });
}

function seedSale(simulators: Simulators, chance: Chance, leg: Sale, currency: string): void {
  const amountMinor = chance.hits(0.02) ? leg.amountMinor + 1 : leg.amountMinor;
  const cashbackMinor = chance.hits(0.3) ? 100 : 0;
  simulators.paywall.addSale({
    ...leg,
    amountMinor,
    currency,
    cashbackMinor,
    feeMinor: chance.integer(0, 50),
  });
  if (chance.hits(0.3)) simulators.paywall.spendCashback(leg.externalReference);
}

function seedCash(simulators: Simulators, chance: Chance, leg: Cash, currency: string): void {
  if (leg.provider === 'sipay') {
    simulators.sipay.addPayment({ ...leg, amountMinor: paid(chance, leg.amountMinor), currency });
    return;
  }
  simulators.wyre.addOrder({ ...leg, currency });
  if (chance.hits(0.1)) simulators.wyre.failNext(leg.orderId);
}
