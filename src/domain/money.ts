/** What one leg gives back: loyalty points, or money in minor units of the refund's currency. The two never mix. */
export type Amount = { points: number } | { amountMinor: number };

/** The amount of a leg as it was requested. */
export function amountOf(leg: { points: number } | { amountMinor: number }): Amount {
  return 'points' in leg ? { points: leg.points } : { amountMinor: leg.amountMinor };
}

const DECIMAL = /^(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * Minor units written as an exact decimal of major units: `formatMinor(2550, 2)` is `25.50`.
 * @param exponent decimals of the currency (ISO 4217)
 */
export function formatMinor(amountMinor: number, exponent: number): string {
  const digits = String(amountMinor).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/**
 * An exact decimal of major units read as minor units, without a float in between.
 * @returns undefined when the text is no plain decimal or holds a fraction of a minor unit
 */
export function parseMinor(decimal: string, exponent: number): number | undefined {
  const [, whole, fraction = ''] = DECIMAL.exec(decimal) ?? [];
  if (whole === undefined || /[^0]/.test(fraction.slice(exponent))) return undefined;
  const amountMinor = Number(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  return Number.isSafeInteger(amountMinor) ? amountMinor : undefined;
}

/** An amount as a person reads it: `500 points`, `25.50 TRY`. */
export function showAmount(amount: Amount, currency: string, exponent: number): string {
  if ('points' in amount) return amount.points === 1 ? '1 point' : `${amount.points} points`;
  return `${formatMinor(amount.amountMinor, exponent)} ${currency}`;
}
