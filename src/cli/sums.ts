import type { ProviderName, RefundRequest } from '../client/operator';
import { exponentOf } from '../domain/currency';
import { amountOf, formatMinor } from '../domain/money';
import { LEG_NAMES } from '../domain/plan';
import { table } from './layout';

/** Points or money of one currency, in minor units; beyond what a number holds exactly. */
interface Sum {
  provider: ProviderName;
  /** Undefined: points. */
  currency: string | undefined;
  legs: number;
  total: bigint;
}

/** What many refunds come to, for a person who is to say yes: how many, and the sum at each provider and in all. */
export function showSums(requests: readonly RefundRequest[]): string {
  const sums = [...sumsOf(requests).values()].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const orders = new Set(requests.map(({ orderId }) => orderId)).size;
  const rows = sums.map((sum) => [sum.provider, String(sum.legs), show(sum.total, sum.currency)]);
  const inAll = new Map<string | undefined, bigint>();
  for (const { currency, total } of sums) inAll.set(currency, (inAll.get(currency) ?? 0n) + total);
  const together = [...inAll].map(([currency, total]) => show(total, currency)).join(' · ');
  return [
    `${counted(requests.length, 'refund')} of ${counted(orders, 'order')}:`,
    table(['PROVIDER', 'LEGS', 'SUM'], rows),
    `In all: ${together}`,
  ].join('\n');
}

/** A number of things. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function sumsOf(requests: readonly RefundRequest[]): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const request of requests) {
    for (const name of LEG_NAMES) {
      const leg = request[name];
      if (!leg) continue;
      const amount = amountOf(leg);
      const currency = 'points' in amount ? undefined : request.currency;
      const key = keyOf({ provider: leg.provider, currency });
      const known = sums.get(key) ?? { provider: leg.provider, currency, legs: 0, total: 0n };
      const size = BigInt('points' in amount ? amount.points : amount.amountMinor);
      sums.set(key, { ...known, legs: known.legs + 1, total: known.total + size });
    }
  }
  return sums;
}

function keyOf({ provider, currency }: Pick<Sum, 'provider' | 'currency'>): string {
  return `${provider} ${currency ?? ''}`;
}

function show(total: bigint, currency: string | undefined): string {
  if (currency === undefined) return total === 1n ? '1 point' : `${total} points`;
  return `${formatMinor(total, exponentOf(currency) ?? 0)} ${currency}`;
}
