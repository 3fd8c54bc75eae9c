import type { Amount } from '../money';
import type { LegName } from '../plan';

/*
 * What the refunds of one order hold and have moved (design 4.10). Pure: the workflow `order:<orderId>` applies it, one
 * message after another, and so no two refunds ever hold the same money.
 *
 * O1  What is held and what has moved of an original is together never more than was paid.
 * O2  A share that may have moved stays held: only its refund's end, or a person with evidence, releases it.
 * O3  An end counts only for the refund that it ends, and only once; what has moved never becomes free by an end that is told again.
 */

/** Where a refund's share of an original stands. `released`: it did not move, as its refund or a person said. */
export type ShareStatus = 'held' | 'moved' | 'released';

/** What one leg of a refund takes of its original. */
export interface Share {
  readonly leg: LegName;
  /** The original's name, with its provider. */
  readonly original: string;
  readonly amount: Amount;
  readonly status: ShareStatus;
  /** Who said that it did not move, and what they saw. `at` is ISO 8601. */
  readonly releasedBy?: { readonly by: string; readonly evidence: string; readonly at: string };
}

/** A refund as its order knows it. */
export interface KnownRefund {
  readonly refundId: string;
  readonly requestHash: string;
  /** Who asked for the refund, and so cannot release what it holds. */
  readonly requestedBy: string;
  /** The end of the first run's id: a run that was reset has the same, another start has not. */
  readonly firstRun: string;
  /** The run that reserved last, and those before it. */
  readonly runId: string;
  readonly earlierRuns: readonly string[];
  /** The currency of its money and how many decimals that has. */
  readonly currency: string;
  readonly exponent: number;
  /** When it first reserved, by the clock of a worker, ISO 8601. */
  readonly since: string;
  /** Whether its run was told of as ended. */
  readonly isOpen: boolean;
  readonly shares: readonly Share[];
}

/** A payment that refunds of the order turn to. */
export interface Original {
  /** With its provider, as shares name it. */
  readonly name: string;
  /** Absent: points. */
  readonly currency?: string;
  /** What it was paid with, in points or minor units, as the first refund said that named it; null before. */
  readonly paid: number | null;
}

/** Everything an order knows; the reply to the query `getOrder`. */
export interface OrderState {
  readonly orderId: string;
  readonly originals: readonly Original[];
  readonly refunds: readonly KnownRefund[];
  /** Runs that were told of as ended, the newest last: none of them reserves or ends anything any more. */
  readonly endedRuns: readonly string[];
  /** How long it is kept after its last refund, in milliseconds, as the worker that reserved last is configured. */
  readonly memoryMs: number;
}

/** An order of which nothing is known yet. */
export function newOrder(orderId: string, memoryMs: number): OrderState {
  return { orderId, originals: [], refunds: [], endedRuns: [], memoryMs };
}

/** Whether any refund of the order may still move money. */
export function isInUse({ refunds }: OrderState): boolean {
  return refunds.some(({ isOpen, shares }) => isOpen || shares.some(({ status }) => status === 'held'));
}

/** What is held of an original, and what has moved, in points or minor units. */
export function takenOf(order: OrderState, original: string): { held: number; moved: number } {
  const of = (wanted: ShareStatus) =>
    order.refunds
      .flatMap(({ shares }) => shares)
      .filter((share) => share.original === original && share.status === wanted)
      .reduce((sum, { amount }) => sum + sizeOf(amount), 0);
  return { held: of('held'), moved: of('moved') };
}

/** The order with a refund as it is now. */
export function withRefund(order: OrderState, refund: KnownRefund): OrderState {
  return { ...order, refunds: [...othersThan(order, refund.refundId), refund] };
}

/** What a refund that moved nothing said of a payment binds no other: it may have been wrong. */
export function withoutUntaken(order: OrderState): OrderState {
  const originals = order.originals.filter(({ name }) =>
    order.refunds.some(({ shares }) => shares.some((share) => takes(share, name))),
  );
  return { ...order, originals };
}

/** A refund that the order knows. Searched by value: an id such as `constructor` is no name of anything else here. */
export function refundOf({ refunds }: OrderState, refundId: string): KnownRefund | undefined {
  return refunds.find((refund) => refund.refundId === refundId);
}

/** All refunds but this one. */
export function othersThan({ refunds }: OrderState, refundId: string): KnownRefund[] {
  return refunds.filter((refund) => refund.refundId !== refundId);
}

/** A payment that the order knows. */
export function originalNamed({ originals }: OrderState, original: string): Original | undefined {
  return originals.find(({ name }) => name === original);
}

/** Whether a share takes something of its original: it is held, or has moved. */
export function isTaken({ status }: Share): boolean {
  return status !== 'released';
}

/** Whether a share takes something of this original. */
export function takes(share: Share, original: string): boolean {
  return share.original === original && isTaken(share);
}

/** What a refund takes of an original, in points or minor units. */
export function takenBy({ shares }: KnownRefund, original: string): number {
  return shares
    .filter((share) => takes(share, original))
    .reduce((sum, { amount }) => sum + sizeOf(amount), 0);
}

/** Of which kind an amount is. */
export function kindOf(amount: Amount): 'points' | 'money' {
  return 'points' in amount ? 'points' : 'money';
}

/** How many points or minor units an amount has. */
export function sizeOf(amount: Amount): number {
  return 'points' in amount ? amount.points : amount.amountMinor;
}
