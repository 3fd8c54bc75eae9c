import { formatMinor, parseMinor, wholeDigits } from '../../domain/money';
import type { Declined } from '../../domain/provider-answers';
import type { Confirmed } from './wire';

/** More decimals than any factor or amount of money has. */
const PLACES = 6;

/** The money of a redemption cannot be told as the whole number that the vendor takes. */
export const NO_WHOLE_MONEY: Declined = {
  kind: 'declined',
  code: 'noReversal',
  message:
    'The refund cannot be reversed automatically: its points are no whole amount of money, and dsquares redeems whole amounts only.',
};

const TOO_MUCH_MONEY: Declined = {
  kind: 'declined',
  code: 'noReversal',
  message:
    'The refund cannot be reversed automatically: its points are worth more money than can be sent exactly.',
};

/** Nothing tells how much money the points are worth. */
export const NO_FACTOR: Declined = {
  kind: 'declined',
  code: 'noReversal',
  message:
    'The refund cannot be reversed automatically: dsquares does not tell reliably what its points are worth, neither when it refunded them nor in the wallet (redeemFactor is 0, missing or unreadable). Redeem them at dsquares by hand; if this programme counts redemptions in points, DSQUARES_REDEEM_UNIT should be points.',
};

/**
 * What a confirmed refund says that its points are worth, as a plain decimal.
 * @param factor points per unit of money, where the same answer tells it
 * @returns undefined when it says nothing of use, or the factor does not make the points of the amount
 */
export function worthOf(
  { amount, amountValue }: Confirmed['pointsLog'],
  factor: string | null | undefined,
): string | undefined {
  const scaled = parseMinor(amount ?? '', PLACES);
  if (!scaled || !(factor == null || makesPoints(scaled, factor, amountValue))) return undefined;
  return formatMinor(scaled, PLACES).replace(/\.?0+$/, '');
}

function makesPoints(scaledMoney: number, factor: string, points: number): boolean {
  const scaledFactor = parseMinor(factor, PLACES);
  if (scaledFactor === undefined) return false;
  return BigInt(scaledMoney) * BigInt(scaledFactor) === BigInt(points) * 10n ** BigInt(2 * PLACES);
}

/** What a confirmed refund was worth, as the whole money of a redemption (dsquares sheet: PointsValue). */
export function moneyOfWorth(worth: string): number | Declined {
  const digits = wholeDigits(worth);
  return digits === undefined ? NO_WHOLE_MONEY : sendable(BigInt(digits));
}

/** Points as the whole money they redeem for; `factor` is points per unit of money (dsquares sheet: look-up). */
export function moneyOfPoints(points: number, factor: string | undefined): number | Declined {
  const scaledFactor = BigInt(parseMinor(factor ?? '', PLACES) ?? 0);
  if (scaledFactor === 0n) return NO_FACTOR;
  const scaledPoints = BigInt(points) * 10n ** BigInt(PLACES);
  return scaledPoints % scaledFactor === 0n ? sendable(scaledPoints / scaledFactor) : NO_WHOLE_MONEY;
}

function sendable(money: bigint): number | Declined {
  if (money <= 0n) return NO_WHOLE_MONEY;
  return money <= Number.MAX_SAFE_INTEGER ? Number(money) : TOO_MUCH_MONEY;
}
