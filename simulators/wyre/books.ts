import { HOUR_MS } from '../engine/fields';
import type { World } from '../engine/provider';

/** An order to seed. */
export interface Order {
  orderId: string;
  amountMinor: number;
  currency: string;
  /** ISO 8601, or milliseconds. @default an hour ago */
  purchasedAt?: string | number;
  /** What the order itself tells, as `purchasedAt`; the older of the two opens the window. @default purchasedAt */
  createdAt?: string | number;
  /** COMPLETE, FAILED or any other text; only a complete order is refunded. @default 'COMPLETE' */
  status?: string;
  /** Whose order it is; another's cannot be refunded. @default ours */
  owner?: string;
}

/** The account that the simulator's API key belongs to. */
export const WYRE_ACCOUNT = 'account:AC_DEMO0000001';

/** The one refund of an order. */
export interface Refund {
  at: number;
  status: 'COMPLETED' | 'FAILED';
  failedReason: string | null;
  /** How many look-ups will still see it as CREATED. */
  pendingReads: number;
}

/** An order and what became of it. */
export interface Ordered {
  orderId: string;
  amountMinor: number;
  currency: string;
  purchasedAt: number;
  createdAt: number;
  status: string;
  owner: string;
  failsNext: boolean;
  refund?: Refund;
}

/** The orders of Wyre and our float there. */
export class WyreBooks {
  readonly #orders = new Map<string, Ordered>();
  readonly #balances = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly openingBalance: number,
  ) {}

  /** Seeds an order. */
  addOrder({
    orderId,
    purchasedAt,
    createdAt,
    status = 'COMPLETE',
    owner = WYRE_ACCOUNT,
    ...paid
  }: Order): void {
    const bought = purchasedAt === undefined ? this.world.now() - HOUR_MS : new Date(purchasedAt).getTime();
    const made = createdAt === undefined ? bought : new Date(createdAt).getTime();
    const times = { purchasedAt: bought, createdAt: made };
    this.#orders.set(orderId, { orderId, ...paid, ...times, status, owner, failsNext: false });
  }

  /** Sets our float in a currency, in minor units. */
  setPartnerBalance(currency: string, amountMinor: number): void {
    this.#balances.set(currency, amountMinor);
  }

  /** Our float in a currency now, in minor units. */
  partnerBalance(currency: string): number {
    return this.#balances.get(currency) ?? this.openingBalance;
  }

  /** Makes the next refund of an order end as FAILED, which is final. */
  failNext(orderId: string): void {
    this.#existing(orderId).failsNext = true;
  }

  /** Someone else refunds an order. */
  refundByHand(orderId: string, at = this.world.now()): void {
    this.#complete(this.#existing(orderId), { at, byHand: true });
  }

  /** The order with this id. */
  ordered(orderId: string | undefined): Ordered | undefined {
    return this.#orders.get(orderId ?? '');
  }

  /** Refunds an order for good, or fails for good when that was scripted. */
  refund(order: Ordered, pendingReads: number): Refund {
    const at = this.world.now();
    return order.failsNext
      ? this.fail(order, 'Card network rejected the refund')
      : this.#complete(order, { at, pendingReads });
  }

  /** Uses up the only attempt without moving anything. */
  fail(order: Ordered, failedReason: string): Refund {
    return (order.refund = { at: this.world.now(), status: 'FAILED', failedReason, pendingReads: 0 });
  }

  #complete(order: Ordered, how: { at: number; pendingReads?: number; byHand?: true }): Refund {
    const { orderId, currency, amountMinor } = order;
    const { at, pendingReads = 0, byHand } = how;
    this.#balances.set(currency, this.partnerBalance(currency) - amountMinor);
    const entry = { original: orderId, amountMinor, providerReference: orderId, at };
    this.world.books.add({ provider: 'wyre', kind: 'refund', ...entry, ...(byHand && { byHand }) });
    return (order.refund = { at, status: 'COMPLETED', failedReason: null, pendingReads });
  }

  #existing(orderId: string): Ordered {
    const order = this.#orders.get(orderId);
    if (!order) throw new Error(`wyre: no order ${orderId}`);
    return order;
  }
}
