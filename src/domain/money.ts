/** What one leg refunds: loyalty points, or money in minor units of the refund's currency. The two never mix. */
export type Amount = { points: number } | { amountMinor: number };

/** The amount of a leg as it was requested. */
export function amountOf(leg: { points: number } | { amountMinor: number }): Amount {
  return 'points' in leg ? { points: leg.points } : { amountMinor: leg.amountMinor };
}

/**
 * Minor units written as an exact decimal of major units: `formatMinor(2550, 2)` is `25.50`.
 * @param exponent decimals of the currency (ISO 4217)
 */
export function formatMinor(amountMinor: number | bigint, exponent: number): string {
  const digits = String(amountMinor).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** A number as JSON writes it. */
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** The most characters of a number, and digits of a whole one, that are read: the rest is nobody's id or amount. */
const MOST_DIGITS = 128;

/**
 * A number of JSON times 10^places as the digits of a whole number, by value and without a float in between:
 * `5e2` and `500.0` are `500`.
 * @returns undefined when it is no number, not whole, or longer than any id or amount
 */
export function wholeDigits(decimal: string, places = 0): string | undefined {
  const [, sign, whole, fraction = '', power = '0'] =
    decimal.length > MOST_DIGITS ? [] : (NUMBER.exec(decimal) ?? []);
  if (whole === undefined) return undefined;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  const shift = Number(power) + places - fraction.length;
  if (digits.length + shift > MOST_DIGITS || /[^0]/.test(shift < 0 ? digits.slice(shift) : ''))
    return undefined;
  const scaled = shift < 0 ? digits.slice(0, shift) : digits + '0'.repeat(shift);
  return scaled === '' ? undefined : `${sign}${scaled}`;
}

/**
 * An exact decimal of major units read as minor units, by value: `1E+2` is 100.00.
 * @returns undefined when it is no such number, negative, or holds a fraction of a minor unit
 */
export function parseMinor(decimal: string, exponent: number): number | undefined {
  const amountMinor = Number(wholeDigits(decimal, exponent) ?? NaN);
  return Number.isSafeInteger(amountMinor) && amountMinor >= 0 ? amountMinor : undefined;
}

/** An amount as a person reads it: `500 points`, `25.50 TRY`. */
export function showAmount(amount: Amount, currency: string, exponent: number): string {
  if ('points' in amount) return amount.points === 1 ? '1 point' : `${amount.points} points`;
  return `${formatMinor(amount.amountMinor, exponent)} ${currency}`;
}
