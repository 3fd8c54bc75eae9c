import { amountOf } from '../src/domain/money';
import { LEG_NAMES } from '../src/domain/plan';
import type { LegName, LookUpKind } from '../src/domain/plan';
import type { RefundRequest, RequestLeg } from '../src/domain/request';
import type { LoggedRequest } from './engine/requests';
import type { ProviderBooks } from './index';
import type { ProviderName } from './options';

/** What was paid with an original, and what came with a sale. */
export interface Paid {
  currency: string;
  /** Points or minor units. */
  amount: number;
  feeMinor?: number | undefined;
  cashbackMinor?: number | undefined;
  giftMinor?: number | undefined;
}

/** How one provider knows what a leg refunds. */
interface Original<Leg extends RequestLeg> {
  leg: LegName;
  /** What a look-up of a refund rests on. */
  lookUpKind: LookUpKind;
  /** Whether it is refunded as a whole only, so that nobody can refund more than was paid. */
  isWholeOnly: boolean;
  idOf(leg: Leg): string;
  /** Where a debit is booked that belongs to no refund. */
  walletOf?(leg: Leg): string;
  /** Where a request that refunds it names it. */
  namedIn(request: Pick<LoggedRequest, 'path' | 'body'>): string | undefined;
  add(books: ProviderBooks, leg: Leg, paid: Paid): void;
  paidFor(books: ProviderBooks, id: string): number | undefined;
  refundByHand(books: ProviderBooks, id: string, amount: number): void;
}

const inField = (name: string) => (request: { body: string }) =>
  String((JSON.parse(request.body) as Record<string, unknown>)[name]);

/** The one place that knows which original a leg has, and how it is seeded, found and refunded by hand. */
const ORIGINALS: { [Name in ProviderName]: Original<Extract<RequestLeg, { provider: Name }>> } = {
  dsquares: {
    leg: 'loyalty',
    lookUpKind: 'evidence',
    isWholeOnly: false,
    idOf: ({ transactionId }) => transactionId,
    walletOf: ({ walletCode }) => `wallet:${walletCode}`,
    namedIn: inField('TransactionId'),
    add: ({ dsquares }, leg, { amount }) => dsquares.addRedemption({ ...leg, points: amount }),
    paidFor: ({ dsquares }, id) => dsquares.redemption(Number(id))?.log.points,
    refundByHand: ({ dsquares }, id, amount) => dsquares.refundByHand(id, amount),
  },
  mircate: {
    leg: 'loyalty',
    lookUpKind: 'evidence',
    isWholeOnly: false,
    idOf: ({ transactionId }) => transactionId,
    walletOf: ({ accountNumber, walletId = '', walletCurrency = '' }) =>
      `wallet:${accountNumber ?? `${walletId} ${walletCurrency}`}`,
    namedIn: inField('transactionId'),
    add: ({ mircate }, leg, { amount }) => mircate.addSpend({ ...leg, points: amount }),
    paidFor: ({ mircate }, id) => mircate.spent(id)?.row.amount,
    refundByHand: ({ mircate }, id, amount) => mircate.refundByHand(id, amount),
  },
  paywall: {
    leg: 'sale',
    lookUpKind: 'original',
    isWholeOnly: true,
    idOf: ({ externalReference }) => externalReference,
    namedIn: inField('ExternalReference'),
    add: ({ paywall }, { externalReference }, { amount: amountMinor, ...sale }) =>
      paywall.addSale({ externalReference, amountMinor, ...sale }),
    paidFor: ({ paywall }, id) => paywall.sold(id)?.sale.amountMinor,
    refundByHand: ({ paywall }, id) => paywall.refundByHand(id),
  },
  sipay: {
    leg: 'cash',
    lookUpKind: 'ownReference',
    isWholeOnly: false,
    idOf: ({ transactionId }) => transactionId,
    namedIn: inField('tx_correlation_id'),
    add: ({ sipay }, { transactionId }, { amount: amountMinor, currency }) =>
      sipay.addPayment({ transactionId, amountMinor, currency }),
    paidFor: ({ sipay }, id) => sipay.paid(id)?.payment.amountMinor,
    refundByHand: ({ sipay }, id, amount) => sipay.refundByHand(id, amount),
  },
  wyre: {
    leg: 'cash',
    lookUpKind: 'original',
    isWholeOnly: true,
    idOf: ({ orderId }) => orderId,
    namedIn: ({ path }) => /^\/v3\/orders\/([^/]+)\//.exec(path)?.[1],
    add: ({ wyre }, { orderId, purchasedAt }, { amount: amountMinor, currency }) =>
      wyre.addOrder({ orderId, purchasedAt, amountMinor, currency }),
    paidFor: ({ wyre }, id) => wyre.ordered(id)?.amountMinor,
    refundByHand: ({ wyre }, id) => wyre.refundByHand(id),
  },
};

/** The leg that a provider stands behind. */
export const legAt = (provider: ProviderName): LegName => ORIGINALS[provider].leg;

/** What a look-up of a refund at a provider rests on. */
export const lookUpKindOf = (provider: ProviderName): LookUpKind => ORIGINALS[provider].lookUpKind;

/** Whether a provider refunds an original as a whole only. */
export const isWholeOnly = (provider: ProviderName): boolean => ORIGINALS[provider].isWholeOnly;

/** The provider's id of what the customer paid. */
export const originalOf = (leg: RequestLeg): string => of(leg).idOf(leg);

/** What a leg asks for, in points or minor units. */
export function wantedOf(leg: RequestLeg): number {
  const amount = amountOf(leg);
  return 'points' in amount ? amount.points : amount.amountMinor;
}

/** Where a debit of a leg is booked that belongs to no refund; undefined where each names its original. */
export const walletOf = (leg: RequestLeg): string | undefined => of(leg).walletOf?.(leg);

/** The original that a request for a refund names. */
export function namedOriginal(request: LoggedRequest): string {
  return ORIGINALS[request.provider].namedIn(request) ?? request.path;
}

/** What was paid with an original, in points or minor units; 0 for one that is in no books. */
export function paidFor(books: ProviderBooks, provider: ProviderName, original: string): number {
  return ORIGINALS[provider].paidFor(books, original) ?? 0;
}

/** Somebody else refunds as much of a leg's original, in the panel of its provider. */
export function refundByHand(books: ProviderBooks, leg: RequestLeg, amount = wantedOf(leg)): void {
  of(leg).refundByHand(books, originalOf(leg), amount);
}

/** Puts what the customer paid with one leg into its provider's books. */
export function seedLeg(books: ProviderBooks, leg: RequestLeg, paid: Paid): void {
  of(leg).add(books, leg, paid);
}

/** Puts what the customer paid into the providers' books, to the amounts that are refunded. */
export function seed(books: ProviderBooks, request: RefundRequest, sale: Partial<Paid> = {}): void {
  for (const name of LEG_NAMES) {
    const leg = request[name];
    if (leg) seedLeg(books, leg, { currency: request.currency, amount: wantedOf(leg), ...sale });
  }
}

function of<Leg extends RequestLeg>({ provider }: Leg): Original<Leg> {
  return ORIGINALS[provider] as unknown as Original<Leg>;
}
