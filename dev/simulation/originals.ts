import { LEG_NAMES } from '../../src/domain/plan';
import type { LegName, ProviderName } from '../../src/domain/plan';
import type { RefundRequest, RequestLeg } from '../../src/domain/request';
import * as originals from '../../simulators/originals';
import type { Scenario } from './scenario';
import type { World } from './world';

/** More was spent than is refunded, so that a refund of everything shows. */
const MORE_POINTS = 400;

/** Seeds what was paid. */
export function seedBooks(
  books: World['subjects'],
  { request, cashbackMinor, giftMinor }: Pick<Scenario, 'request' | 'cashbackMinor' | 'giftMinor'>,
): void {
  const { currency } = request;
  for (const name of LEG_NAMES) {
    const leg = request[name];
    if (leg) originals.seedLeg(books, leg, { currency, amount: paidWith(leg), cashbackMinor, giftMinor });
  }
}

/** What a leg asks for, in points or minor units. */
export function wantedOf(request: RefundRequest, name: LegName): number {
  const leg = request[name];
  return leg ? originals.wantedOf(leg) : 0;
}

/** What was paid with a leg's wallet. */
export function paidOf(request: RefundRequest, name: LegName): number {
  const leg = request[name];
  return leg ? paidWith(leg) : 0;
}

function paidWith(leg: RequestLeg): number {
  const wanted = originals.wantedOf(leg);
  if ('points' in leg) return wanted + MORE_POINTS;
  return originals.isWholeOnly(leg.provider) ? wanted : wanted * 2;
}

/** The original of a leg in the providers' books. */
export function originalOf(
  request: RefundRequest,
  name: LegName,
): { provider: ProviderName; original: string } | undefined {
  const leg = request[name];
  return leg && { provider: leg.provider, original: originals.originalOf(leg) };
}

/** Somebody else refunds what a leg refunds, in the panel of its provider, unless that is refused there. */
export function refundInPanel({ subjects }: World, { request, capped }: Scenario, name: LegName): void {
  const leg = request[name];
  if (!leg) return;
  const refunded = subjects.books.effective(leg.provider, originals.originalOf(leg));
  const isCapped = capped || originals.isWholeOnly(leg.provider);
  if (isCapped && refunded + originals.wantedOf(leg) > paidWith(leg)) return;
  originals.refundByHand(subjects, leg);
}

/** The customer earns or spends points of the wallet meanwhile. */
export function useWallet(world: World, { loyalty }: RefundRequest, chance: () => number): void {
  if (loyalty?.provider === 'dsquares')
    world.subjects.dsquares[chance() < 0.6 ? 'earn' : 'spend'](
      loyalty.walletCode,
      chance() < 0.3 ? loyalty.points : 30,
    );
  if (loyalty?.provider === 'mircate') world.subjects.mircate.spend(loyalty.transactionId, 30);
}
