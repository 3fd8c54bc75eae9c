import { code } from 'currency-codes';

/**
 * What ISO 4217 changed since the library's list of 25 June 2024 (SIX, amendments 176, 178 and 180): decimals, or
 * undefined where a code was withdrawn. Amendment 179 adds XAD, a unit of account that nobody pays with.
 */
const AMENDED: ReadonlyMap<string, number | undefined> = new Map([
  ['XCG', 2],
  ['ANG', undefined],
  ['CUC', undefined],
  ['BGN', undefined],
]);

/** Units of account of institutions: the standard gives them no minor unit ("N.A."), which the library reads as 0. */
const WITHOUT_MINOR_UNIT: ReadonlySet<string> = new Set(['XDR', 'XSU', 'XUA']);

/**
 * Decimals of an ISO 4217 currency that people pay with.
 * @returns undefined for an unknown or withdrawn code, and for codes that are no money (gold, special drawing rights, test
 * codes, "no currency")
 */
export function exponentOf(currency: string): number | undefined {
  if (AMENDED.has(currency)) return AMENDED.get(currency);
  if (WITHOUT_MINOR_UNIT.has(currency)) return undefined;
  const record = /^[A-Z]{3}$/.test(currency) ? code(currency) : undefined;
  const circulates = record?.countries.some((country) => !country.toLowerCase().startsWith('zz'));
  return circulates ? record?.digits : undefined;
}
