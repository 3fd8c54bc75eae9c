import { isInteger, LosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { formatMinor, parseMinor } from '../domain/money';

/**
 * Reads a body as strict JSON without losing a digit: numbers come out as `LosslessNumber`.
 * @returns undefined when it is no JSON, repeats a key with another value, or names a prototype
 */
export function parseJson(text: string): unknown {
  try {
    JSON.parse(text, MAY_NAME_PROTOTYPE.test(text) ? refusePrototypes : undefined);
    return parse(text);
  } catch {
    return undefined;
  }
}

/** A key can be written with escapes. Looking at every key takes longer than all the rest. */
const MAY_NAME_PROTOTYPE = /__proto__|\\u/;

function refusePrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('a key names a prototype');
  return value;
}

/** Writes JSON in which a `LosslessNumber` keeps its exact digits. */
export function writeJson(value: unknown): string {
  const text = stringify(value);
  if (text === undefined) throw new TypeError('this value is no JSON');
  return text;
}

/** A whole number within JavaScript's safe range, read as `number`. */
export const wireInteger = z
  .instanceof(LosslessNumber)
  .refine((number) => isInteger(number.value) && Number.isSafeInteger(Number(number.value)))
  .transform((number) => Number(number.value));

/** Any JSON number, read as its exact text. */
export const wireDecimal = z.instanceof(LosslessNumber).transform((number) => number.value);

/** A provider's id, as text or as bare digits beyond any safe range, read as text. */
export const wireId = z.union([
  z.string().min(1).max(128),
  z
    .instanceof(LosslessNumber)
    .refine((number) => isInteger(number.value) && number.value.length <= 128)
    .transform((number) => number.value),
]);

/** A bare whole number of any length on the wire. */
export function integerOnWire(digits: string | number): LosslessNumber {
  return new LosslessNumber(String(digits));
}

/** Minor units on the wire as an exact decimal of major units, such as `149.90`. */
export function decimalOnWire(amountMinor: number, exponent: number): LosslessNumber {
  return new LosslessNumber(formatMinor(amountMinor, exponent));
}

/** Whether a decimal from the wire is exactly this amount (149.9 = 149.90). */
export function isAmount(decimal: string, amountMinor: number, exponent: number): boolean {
  return parseMinor(decimal, exponent) === amountMinor;
}
