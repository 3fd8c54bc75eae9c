import type { Orders, ReservationAnswer } from '../../../src/activities/order';
import { endRefund } from '../../../src/domain/order/end';
import { newOrder } from '../../../src/domain/order/ledger';
import { refusalOfReservation, replyTo, reserve } from '../../../src/domain/order/reservation';
import type { EndOfRefund } from '../../../src/domain/order/end';
import type { OrderState } from '../../../src/domain/order/ledger';
import type { Reservation } from '../../../src/domain/order/reservation';

/** Orders that answer at once, by the rules of the real one. */
export class SimulatedOrders implements Orders {
  readonly #orders = new Map<string, OrderState>();

  /** What an order knows. */
  of(orderId: string): OrderState {
    return this.#orders.get(orderId) ?? newOrder(orderId, 1);
  }

  reserve(orderId: string, reservation: Reservation): Promise<ReservationAnswer> {
    const order = this.of(orderId);
    const refusal = refusalOfReservation(order, reservation);
    if (refusal) return Promise.resolve(refusal);
    this.#orders.set(orderId, reserve(order, reservation));
    return Promise.resolve({ kind: 'reserved', ...replyTo(order, reservation) });
  }

  endRefund(orderId: string, end: EndOfRefund): Promise<void> {
    this.#orders.set(orderId, endRefund(this.of(orderId), end));
    return Promise.resolve();
  }
}
