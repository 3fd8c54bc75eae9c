import type { BookEntry, Simulators } from '../../simulators';
import { originalOf, wantedOf } from '../../simulators/originals';
import type { LegName, RefundRequest } from '../../src/client';
import { showAmount } from '../../src/domain/money';
import { LEG_NAMES } from '../../src/domain/plan';
import { CURRENCY } from './requests';

/** What moved for each leg, in order: points or minor units, taken back ones negative. */
export type Movements = Partial<Record<LegName, number[]>>;

/** Every leg was refunded, once. */
export function eachOnce(request: RefundRequest): Movements {
  return perLeg(request, (leg) => [wantedOf(leg)]);
}

/** Nothing moved. */
export function nothing(request: RefundRequest): Movements {
  return perLeg(request, () => []);
}

/** What moved for this refund, by the providers' own books. */
export function movementsOf({ books }: Simulators, request: RefundRequest): Movements {
  return perLeg(request, (leg) =>
    books
      .of(leg.provider, originalOf(leg))
      .filter(isRefundOrReversal)
      .map(({ kind, points, amountMinor }) => (kind === 'refund' ? 1 : -1) * (points ?? amountMinor ?? 0)),
  );
}

/** How often anything was refunded or taken back at all. */
export function countMovements({ books }: Simulators): number {
  return books.entries().filter(isRefundOrReversal).length;
}

/** What moved, one text a provider. */
export function showMovements(request: RefundRequest, movements: Movements): string[] {
  return LEG_NAMES.flatMap((name) => {
    const leg = request[name];
    if (!leg) return [];
    const moved = (movements[name] ?? []).map((value) => signed(value, name === 'loyalty'));
    return [`${leg.provider} ${moved.join(', ') || 'nothing'}`];
  });
}

type Leg = NonNullable<RefundRequest[LegName]>;

function perLeg(request: RefundRequest, movements: (leg: Leg) => number[]): Movements {
  return Object.fromEntries(
    LEG_NAMES.flatMap((name) => {
      const leg = request[name];
      return leg ? [[name, movements(leg)]] : [];
    }),
  );
}

/** Commission and cashback move along with a sale; what the saga asked for is the refund itself. */
function isRefundOrReversal({ kind }: BookEntry): boolean {
  return kind !== 'other';
}

function signed(value: number, isPoints: boolean): string {
  const size = Math.abs(value);
  const amount = showAmount(
    isPoints ? { points: size } : { amountMinor: size },
    CURRENCY.code,
    CURRENCY.exponent,
  );
  return `${value < 0 ? '−' : '+'}${amount}`;
}
