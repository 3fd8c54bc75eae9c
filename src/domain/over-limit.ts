import { showAmount } from './money';
import type { OverLimit } from './plan';

/** Which limit is exceeded, and by what, in words. */
export function whyOverLimit(
  { of, asked, others, limit }: OverLimit,
  currency: string,
  exponent: number,
): string {
  const show = (size: number) =>
    showAmount(of === 'points' ? { points: size } : { amountMinor: size }, currency, exponent);
  const sum = others === 0 ? '' : `, with ${show(others)} of the order's other refunds,`;
  return `${of}: ${show(asked)}${sum} ${limit === null ? 'needs approval at any amount' : `exceeds the limit of ${show(limit)}`}`;
}
