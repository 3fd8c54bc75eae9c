import { LosslessNumber } from 'lossless-json';
import { hash, mulberry32 } from './random';

/**
 * A copy in which every number is written as hardly anyone writes it, equal by value.
 * @param seed the same one chooses the same way of writing for each number
 */
export function withOddNumbers(value: unknown, seed: string): unknown {
  const chance = mulberry32(hash(seed));
  const copy = (inner: unknown): unknown => {
    if (typeof inner === 'number') return odd(String(inner), chance);
    if (inner instanceof LosslessNumber) return odd(inner.value, chance);
    if (Array.isArray(inner)) return inner.map(copy);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([name, field]) => [name, copy(field)]));
  };
  return copy(value);
}

function odd(digits: string, chance: () => number): LosslessNumber {
  return new LosslessNumber(chance() < 0.5 ? exponential(digits) : withZeros(digits));
}

/** 100 as 1E+2, 25.50 as 255E-1, 7 as 7E+0. */
function exponential(digits: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
  const significant = all.replace(/0+$/, '') || '0';
  const power = significant === '0' ? 0 : all.length - significant.length - fraction.length;
  return `${sign}${significant}E${power < 0 ? '' : '+'}${power}`;
}

/** 500 as 500.0, 25.50 as 25.500. */
function withZeros(digits: string): string {
  return digits.includes('.') ? `${digits}0` : `${digits}.0`;
}
