import { LosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { formatMinor, parseMinor, wholeDigits } from '../domain/money';
import { isPrintable } from '../domain/text';

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

/** A whole number within JavaScript's safe range, read by its value (`500.0` and `5e2` are 500) as `number`. */
export const wireInteger = z
  .instanceof(LosslessNumber)
  .transform(({ value }) => Number(wholeDigits(value) ?? NaN))
  .refine((number) => Number.isSafeInteger(number));

/** Any JSON number, read as its exact text. */
export const wireDecimal = z.instanceof(LosslessNumber).transform((number) => number.value);

/** A provider's id, as printable text or as a bare whole number beyond any safe range, read as text. */
export const wireId = z
  .union([z.string(), z.instanceof(LosslessNumber).transform(({ value }) => wholeDigits(value) ?? '')])
  .refine((id) => isPrintable(id, 128));

/** A bare whole number of any length on the wire. */
export function integerOnWire(digits: string | number): LosslessNumber {
  return new LosslessNumber(String(digits));
}

/** Minor units on the wire as an exact decimal of major units, such as `149.90`. */
export function decimalOnWire(amountMinor: number, exponent: number): LosslessNumber {
  return new LosslessNumber(formatMinor(amountMinor, exponent));
}

/** Whether a decimal from the wire has exactly this value (149.9, 149.90 and 1.499E+2 are one). */
export function isAmount(decimal: string, amountMinor: number, exponent: number): boolean {
  return parseMinor(decimal, exponent) === amountMinor;
}
