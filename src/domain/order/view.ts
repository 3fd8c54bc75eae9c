import type { LegName } from '../plan';
import { showAmount } from '../money';
import { takenOf } from './ledger';
import type { KnownRefund, OrderState, Share } from './ledger';

/** One share as people read it. */
export interface ShareRow {
  refundId: string;
  leg: LegName;
  amount: string;
  state: string;
  /** ISO 8601. */
  since: string;
}

/** One payment as people read it; `paid` and `left` are null where nobody said what was paid. */
export interface PaymentRow {
  name: string;
  paid: string | null;
  held: string;
  refunded: string;
  left: string | null;
}

/** Every share of every refund, the oldest refund first. */
export function shareRows({ refunds }: OrderState): ShareRow[] {
  return refunds.toSorted(byAge).flatMap((refund) => {
    const { refundId, currency, exponent, since, shares } = refund;
    return shares.map((share) => ({
      ...{ refundId, leg: share.leg, since },
      amount: showAmount(share.amount, currency, exponent),
      state: stateOf(share, refund),
    }));
  });
}

function stateOf({ status, releasedBy }: Share, { isOpen }: KnownRefund): string {
  switch (status) {
    case 'moved':
      return 'refunded';
    case 'held':
      return isOpen ? 'held' : 'held after its end';
    case 'released':
      return releasedBy ? `free again, says ${releasedBy.by}` : 'free again';
  }
}

/** Every payment that refunds of the order turn to. */
export function paymentRows(order: OrderState): PaymentRow[] {
  return order.originals.map(({ name, paid, currency }) => {
    const { held, moved } = takenOf(order, name);
    const exponent = order.refunds.find((refund) => refund.currency === currency)?.exponent ?? 0;
    const show = (size: number) =>
      showAmount(currency === undefined ? { points: size } : { amountMinor: size }, currency ?? '', exponent);
    return {
      ...{ name, held: show(held), refunded: show(moved) },
      paid: paid === null ? null : show(paid),
      left: paid === null ? null : show(Math.max(0, paid - held - moved)),
    };
  });
}

/** Refunds that hold something; those whose end their order was told of, or the others. */
export function holding({ refunds }: OrderState, which: 'ended' | 'notEnded'): KnownRefund[] {
  return refunds.filter(
    ({ isOpen, shares }) =>
      isOpen === (which === 'notEnded') && shares.some(({ status }) => status === 'held'),
  );
}

/** How such a hold is released, in a terminal. */
export function releaseCommand(orderId: string, refundId: string): string {
  return `refund order release ${orderId} --refund ${refundId} \\\n  --by YOU --evidence "WHAT YOU SAW"`;
}

function byAge(one: KnownRefund, other: KnownRefund): number {
  return one.since < other.since ? -1 : one.since > other.since ? 1 : 0;
}
