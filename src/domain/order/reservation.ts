import { showAmount } from '../money';
import type { Amount } from '../money';
import type { LegName } from '../plan';
import {
  isTaken,
  kindOf,
  originalNamed,
  othersThan,
  refundOf,
  sizeOf,
  takenBy,
  takes,
  withRefund,
} from './ledger';
import type { KnownRefund, OrderState, Original, Share } from './ledger';

/** What a refund asks of its order before anything moves. */
export interface Reservation {
  refundId: string;
  firstRun: string;
  runId: string;
  requestHash: string;
  requestedBy: string;
  currency: string;
  exponent: number;
  /** By the clock of its worker, ISO 8601. */
  at: string;
  memoryMs: number;
  shares: RequestedShare[];
}

/** What one leg wants to take; `paid`: what its original was paid with, where the request says so. */
export interface RequestedShare {
  leg: LegName;
  original: string;
  amount: Amount;
  isWholeOnly: boolean;
  paid?: number;
}

/** Another refund of the order with the same leg and amount. */
export interface Repeated {
  refundId: string;
  leg: LegName;
  hasMoved: boolean;
}

/** What the order's other refunds hold and have moved of one kind, which the limits count together. */
export interface Others {
  points: number;
  /** Minor units in the currency of the refund that asks. */
  money: number;
}

/** The order's answer to a reservation that it accepts. */
export interface Reserved {
  runId: string;
  requestHash: string;
  others: Others;
  repeats: Repeated[];
  /** When another run reserved under this refund id before, ISO 8601; absent where none did. */
  knownSince?: string;
}

/** Why the order accepts no reservation. `overCap`: less is left than a leg wants. */
export type ReservationRefused =
  { kind: 'overCap'; leg: LegName; message: string } | { kind: 'invalid'; problems: string[] };

/** The most refunds that one order knows: its state has to fit into one payload. */
export const MOST_REFUNDS = 1_000;

/** Why a reservation is refused; undefined when it is accepted. */
export function refusalOfReservation(
  order: OrderState,
  reservation: Reservation,
): ReservationRefused | undefined {
  const { refundId, requestHash, runId, shares } = reservation;
  const known = refundOf(order, refundId);
  if (known && known.requestHash !== requestHash) {
    return invalid('refundId: an older refund of this order under this id asked for something else');
  }
  if (order.endedRuns.includes(runId)) {
    return invalid('refundId: this run of the refund was told of as ended');
  }
  if (!known && order.refunds.length >= MOST_REFUNDS) {
    return invalid(`orderId: this order has had ${MOST_REFUNDS} refunds, which is the limit`);
  }
  const problems = shares.flatMap((share) => contradictions(order, reservation, share));
  if (problems.length > 0) return { kind: 'invalid', problems };
  for (const share of shares) {
    const message = whyOverCap(order, reservation, share);
    if (message !== undefined) return { kind: 'overCap', leg: share.leg, message };
  }
  return undefined;
}

function invalid(problem: string): ReservationRefused {
  return { kind: 'invalid', problems: [problem] };
}

/** What an earlier refund said of the same original, and this one says otherwise. */
function contradictions(
  order: OrderState,
  { currency }: Reservation,
  { leg, original, amount, paid }: RequestedShare,
): string[] {
  const known = originalNamed(order, original);
  if (!known) return [];
  if ('amountMinor' in amount && known.currency !== undefined && known.currency !== currency) {
    return ['currency: this order knows the same payment in another currency'];
  }
  const isOther = paid !== undefined && known.paid !== null && known.paid !== paid;
  return isOther ? [`paid.${leg}: this order knows another amount that the same payment was made with`] : [];
}

/** O1 */
function whyOverCap(
  order: OrderState,
  { refundId, currency, exponent }: Reservation,
  { leg, original, amount, isWholeOnly, paid }: RequestedShare,
): string | undefined {
  const taking = othersThan(order, refundId).filter(({ shares }) =>
    shares.some((share) => takes(share, original)),
  );
  const others = taking.map((refund) => refund.refundId).join(', ');
  const [refunds, hold, have] = taking.length > 1 ? ['refunds', 'hold', 'have'] : ['refund', 'holds', 'has'];
  if (isWholeOnly && taking.length > 0) {
    return `This payment can only be refunded as a whole, and ${refunds} ${others} of the same order ${hold} it or ${have} refunded it.`;
  }
  const cap = paid ?? originalNamed(order, original)?.paid ?? null;
  if (cap === null) return undefined;
  const taken = taking.reduce((sum, refund) => sum + takenBy(refund, original), 0);
  if (taken + sizeOf(amount) <= cap) return undefined;
  const show = (size: number) =>
    showAmount('points' in amount ? { points: size } : { amountMinor: size }, currency, exponent);
  const rest = `${show(Math.max(0, cap - taken))} of the ${show(cap)} that the ${leg} payment was made with are left to refund`;
  return taking.length === 0
    ? `Only ${rest}.`
    : `Only ${rest}: ${refunds} ${others} of the same order ${hold} or ${have} refunded the rest.`;
}

/** The order after it accepted a reservation. */
export function reserve(order: OrderState, reservation: Reservation): OrderState {
  const { refundId, firstRun, runId, requestHash, requestedBy } = reservation;
  const { currency, exponent, at, memoryMs, shares } = reservation;
  const known = refundOf(order, refundId);
  const refund: KnownRefund = {
    ...{ refundId, firstRun, requestHash, requestedBy, runId, currency, exponent },
    ...{ since: known?.since ?? at, isOpen: true },
    earlierRuns: known ? runsBefore(known, runId) : [],
    shares: shares.map(({ leg, original, amount }) => ({
      ...{ leg, original, amount },
      // What has moved for an earlier run of the refund has moved.
      status: known?.shares.find((share) => share.leg === leg)?.status === 'moved' ? 'moved' : 'held',
    })),
  };
  const originals = shares.map(({ original, amount, paid }): Original => ({
    name: original,
    ...('amountMinor' in amount && { currency }),
    paid: originalNamed(order, original)?.paid ?? paid ?? null,
  }));
  const untouched = order.originals.filter(({ name }) => shares.every(({ original }) => original !== name));
  return withRefund({ ...order, memoryMs, originals: [...untouched, ...originals] }, refund);
}

function runsBefore({ runId, earlierRuns }: KnownRefund, now: string): string[] {
  return [...earlierRuns, runId].filter((earlier) => earlier !== now);
}

/** What the refund that reserves is told of the others. */
export function replyTo(order: OrderState, reservation: Reservation): Reserved {
  const { refundId, runId, requestHash, currency, shares } = reservation;
  const taken = othersThan(order, refundId).flatMap((refund) =>
    refund.shares.filter(isTaken).map((share) => ({ ...refund, share })),
  );
  const sum = (kind: 'points' | 'money') =>
    taken
      .filter(
        (other) => kind === kindOf(other.share.amount) && (kind === 'points' || other.currency === currency),
      )
      .reduce((total, { share }) => total + sizeOf(share.amount), 0);
  const known = refundOf(order, refundId);
  return {
    ...{ runId, requestHash },
    others: { points: sum('points'), money: sum('money') },
    repeats: taken
      .filter((other) => shares.some((share) => isRepeated(share, currency, other)))
      .map(({ share, ...other }) => ({
        refundId: other.refundId,
        leg: share.leg,
        hasMoved: share.status === 'moved',
      })),
    ...(known && known.runId !== runId && { knownSince: known.since }),
  };
}

function isRepeated(
  { leg, amount }: RequestedShare,
  currency: string,
  other: { share: Share; currency: string },
): boolean {
  const isSameSize =
    kindOf(amount) === kindOf(other.share.amount) && sizeOf(amount) === sizeOf(other.share.amount);
  const isSameKind = kindOf(amount) === 'points' || currency === other.currency;
  return leg === other.share.leg && isSameSize && isSameKind;
}
