import type { Simulators } from '../../simulators';
import { isWholeOnly, legAt, seedLeg, wantedOf } from '../../simulators/originals';
import type { Paid } from '../../simulators/originals';
import { LEG_NAMES, PROVIDER_NAMES } from '../../src/domain/plan';
import type { LegName, ProviderName } from '../../src/domain/plan';
import type { DsquaresLeg, MircateLeg, PaywallLeg } from '../../src/domain/request';
import type { RefundRequest, RequestLeg, SipayLeg, WyreLeg } from '../../src/domain/request';
import type { Chance } from './chance';

const DAY_MS = 86_400_000;
/** Never in the wire sample of a provider: the canary of phone numbers. */
const PHONE = '5550155';

/** A refund of one to three legs at random providers, whose originals are in the providers' books. */
export function aRefund(simulators: Simulators, chance: Chance, seed: number, number: number): RefundRequest {
  const currency = chance.hits(0.8) ? 'TRY' : chance.pick('EUR', 'JPY', 'KWD');
  const hasLoyalty = chance.hits(0.65);
  const hasSale = chance.hits(0.6);
  const hasCash = (!hasLoyalty && !hasSale) || chance.hits(0.65);
  const wallets = { loyalty: hasLoyalty, sale: hasSale, cash: hasCash };
  const legs = LEG_NAMES.filter((name) => wallets[name]).map((name): [LegName, RequestLeg] => {
    const [first, ...others] = PROVIDER_NAMES.filter((provider) => legAt(provider) === name);
    const provider = first && chance.pick(first, ...others);
    if (!provider) throw new Error(`no provider stands behind ${name}`);
    return [name, LEGS[provider](chance, number)];
  });
  for (const [, leg] of legs) seedLeg(simulators, leg, paid(chance, leg, currency));
  for (const [, leg] of legs) trouble(simulators, chance, leg);
  return {
    refundId: `chaos-${seed}-${number}`,
    orderId: `order-${number}`,
    currency,
    requestedBy: 'order-service',
    reason: 'goods returned',
    ...(Object.fromEntries(legs) as Partial<RefundRequest>),
  };
}

function dsquaresLeg(chance: Chance, number: number): DsquaresLeg {
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

function mircateLeg(chance: Chance, number: number): MircateLeg {
  const address = chance.hits(0.5)
    ? { accountNumber: `acc-canary-${number}` }
    : { walletId: `wallet-canary-${number}`, walletCurrency: 'POINT' };
  const points = chance.integer(1, 1_000);
  return { provider: 'mircate', transactionId: `spend-${padded(number)}`, points, ...address };
}

function saleLeg(chance: Chance, number: number): PaywallLeg {
  return {
    provider: 'paywall',
    externalReference: `sale-${padded(number)}`,
    amountMinor: chance.integer(1, 40_000),
    rollbackFee: chance.hits(0.5),
    rollbackCashback: chance.hits(0.5),
  };
}

function sipayLeg(chance: Chance, number: number): SipayLeg {
  const transactionId = `7440${String(number).padStart(15, '0')}`;
  return { provider: 'sipay', transactionId, amountMinor: chance.integer(1, 30_000) };
}

function wyreLeg(chance: Chance, number: number): WyreLeg {
  const age = chance.hits(0.02) ? 40 * DAY_MS : chance.between(1, 20) * DAY_MS;
  const purchasedAt = new Date(Date.now() - age).toISOString();
  return {
    provider: 'wyre',
    orderId: `WO_${padded(number)}`,
    amountMinor: chance.integer(1, 30_000),
    purchasedAt,
  };
}

/** No original's name is a part of another's. */
function padded(number: number): string {
  return String(number).padStart(6, '0');
}

/** How a leg at each provider looks. */
const LEGS: Record<ProviderName, (chance: Chance, number: number) => RequestLeg> = {
  dsquares: dsquaresLeg,
  mircate: mircateLeg,
  paywall: saleLeg,
  sipay: sipayLeg,
  wyre: wyreLeg,
};

/** Often more was paid than is refunded: the provider would then take the same refund twice. */
function paid(chance: Chance, leg: RequestLeg, currency: string): Paid {
  const wanted = wantedOf(leg);
  if (!isWholeOnly(leg.provider)) return { currency, amount: chance.hits(0.5) ? wanted * 3 : wanted };
  if (legAt(leg.provider) !== 'sale') return { currency, amount: wanted };
  return {
    currency,
    amount: chance.hits(0.02) ? wanted + 1 : wanted,
    cashbackMinor: chance.hits(0.3) ? 100 : 0,
    feeMinor: chance.integer(0, 50),
  };
}

/** What a provider's books may hold against a refund. */
function trouble(simulators: Simulators, chance: Chance, leg: RequestLeg): void {
  if (leg.provider === 'paywall' && chance.hits(0.3)) simulators.paywall.spendCashback(leg.externalReference);
  if (leg.provider === 'wyre' && chance.hits(0.1)) simulators.wyre.failNext(leg.orderId);
}
