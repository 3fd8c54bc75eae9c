import { code } from 'currency-codes';

/**
 * Decimals of an ISO 4217 currency that people pay with.
 * @returns undefined for an unknown code, and for codes that are no money (gold, test codes, "no currency")
 */
export function exponentOf(currency: string): number | undefined {
  const record = /^[A-Z]{3}$/.test(currency) ? code(currency) : undefined;
  const circulates = record?.countries.some((country) => !country.toLowerCase().startsWith('zz'));
  return circulates ? record?.digits : undefined;
}
