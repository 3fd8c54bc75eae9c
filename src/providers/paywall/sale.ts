import { parseMinor } from '../../domain/money';
import type { ProviderRecord, SaleParts } from '../../domain/provider-answers';
import { isAmount } from '../json';
import { isSameCurrency } from '../provider';
import type { PaywallCall, Told, Transaction } from './wire';

/** Decimals of a minor unit that are read: a cashback of some percent need not be a whole number of minor units. */
const FRACTION_DIGITS = 6;

/** The parts of a sale that its refund is compared with; undefined when they cannot be read. Not told is none. */
export function partsOf(sale: Transaction, { exponent }: PaywallCall): SaleParts | undefined {
  const giftMinor = giftOf(sale, exponent);
  const cashbackMinor = cashbackOf(sale, exponent);
  return giftMinor === undefined || cashbackMinor === undefined
    ? undefined
    : { kind: 'sale', ...(giftMinor !== 0 && { giftMinor }), cashbackMinor };
}

/** The parts of the sale as preflight saw them, where it was asked in this run. */
export function partsSeenBefore({ baseline }: PaywallCall): SaleParts | undefined {
  return baseline?.kind === 'sale' ? baseline : undefined;
}

/**
 * In what something at Paywall differs from the refund we asked for, as far as it is told; empty when it is that refund
 * (sheet: success test). A gift part that can be compared with no sale is a difference: nobody knows that it is right.
 */
export function differencesOf(told: Told, call: PaywallCall, sale: SaleParts | undefined): string[] {
  const { leg, currency, exponent } = call;
  const { TransactionType, ExternalReference, Amount } = told;
  const sameness = {
    kind: TransactionType === undefined || TransactionType === 'Refund',
    reference: ExternalReference === undefined || ExternalReference === leg.externalReference,
    amount: Amount === undefined || isAmount(Amount, leg.amountMinor, exponent),
    currency: hasCurrency(told, currency),
    'gift part': giftOf(told, exponent) === (sale?.giftMinor ?? 0),
    cashback: leg.rollbackCashback
      ? cashbackOf(told, exponent) !== undefined
      : cashbackOf(told, exponent) === 0,
  };
  return Object.entries(sameness).flatMap(([name, isSame]) => (isSame ? [] : [name]));
}

/** Whether something is in this currency; the older envelope does not tell, which counts as yes (sheet: success test). */
export function hasCurrency({ CurrencyCode }: Told, currency: string): boolean {
  return isSameCurrency(CurrencyCode ?? currency, currency);
}

/** Whether the cashback that the sale earned stayed with the customer although its return was asked for, as far as told. */
export function keptCashback(refund: Transaction, call: PaywallCall, sale: SaleParts | undefined): boolean {
  const isTold = (refund.CashbackAmount ?? null) !== null;
  const wasEarned = sale !== undefined && sale.cashbackMinor > 0;
  return call.leg.rollbackCashback && wasEarned && isTold && cashbackOf(refund, call.exponent) === 0;
}

/** What a confirmed refund leaves in our books. */
export function recordOf(
  refund: Transaction,
  call: PaywallCall,
  sale: SaleParts | undefined,
): ProviderRecord & { providerReference: string } {
  const cashbackMinor = cashbackOf(refund, call.exponent) ?? 0;
  const isAsSeen = sale === undefined || cashbackMinor === sale.cashbackMinor;
  return {
    providerReference: refund.Id,
    ...(cashbackMinor > 0 && { cashbackMinor }),
    ...(call.leg.rollbackCashback && !isAsSeen && { note: cashbackNote(cashbackMinor) }),
  };
}

function cashbackNote(cashbackMinor: number): string {
  return cashbackMinor === 0
    ? 'The sale earned a cashback that was to be rolled back, and Paywall names none rolled back: reconcile it in the panel.'
    : 'Paywall rolled back another cashback than the sale showed: reconcile it in the panel.';
}

function giftOf({ GiftAmount }: Told, exponent: number): number | undefined {
  return minorUnits(GiftAmount ?? '0', exponent);
}

/** Its size: a refund may show what it takes from the wallet as a negative amount. */
function cashbackOf({ CashbackAmount }: Told, exponent: number): number | undefined {
  return minorUnits((CashbackAmount ?? '0').replace(/^-/, ''), exponent);
}

/** Rounded up, so that what is more than nothing stays more than nothing. */
function minorUnits(decimal: string, exponent: number): number | undefined {
  return parseMinor(decimal, exponent) ?? roundedUp(parseMinor(decimal, exponent + FRACTION_DIGITS));
}

function roundedUp(fine: number | undefined): number | undefined {
  return fine === undefined ? undefined : Math.ceil(fine / 10 ** FRACTION_DIGITS);
}
