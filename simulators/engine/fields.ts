import { code } from 'currency-codes';
import { LosslessNumber } from 'lossless-json';
import { formatMinor, parseMinor } from '../../src/domain/money';
import { wireDecimal, wireInteger } from '../../src/providers/json';

/** The number of milliseconds in an hour. */
export const HOUR_MS = 3_600_000;

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A JSON number without a fraction. */
export function integerOf(value: unknown): number | undefined {
  return wireInteger.safeParse(value).data;
}

/** An amount in major units, sent as a number or as a text, in minor units of its currency. */
export function minorOf(value: unknown, currency: string): number | undefined {
  const decimal = wireDecimal.safeParse(value).data ?? textOf(value);
  return decimal === undefined ? undefined : parseMinor(decimal, exponentOf(currency));
}

/** Minor units as the exact decimal of major units that goes onto the wire; a debt is negative. */
export function major(amountMinor: number, currency: string): LosslessNumber {
  return decimal(amountMinor, exponentOf(currency));
}

/** An integer written with its last `places` digits behind the point. */
export function decimal(value: number, places: number): LosslessNumber {
  return new LosslessNumber(`${value < 0 ? '-' : ''}${formatMinor(Math.abs(value), places)}`);
}

/** Whether every one of these fields is there. */
export function hasAll(fields: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => fields[name] !== undefined && fields[name] !== null && fields[name] !== '');
}

function exponentOf(currency: string): number {
  return code(currency)?.digits ?? 2;
}
