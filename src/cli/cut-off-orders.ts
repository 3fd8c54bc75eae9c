import type { CutOffOrder } from '../client/operator';
import { restoreCommand } from '../client/health/cut-off-orders';
import { idInCommand } from '../client/shell';
import { timeWithAge } from './ages';
import { showNext } from './next';
import { plain } from './text';

/** An order that was cut off, with what it means for the money and the commands to send next. */
export type OrderFinding = CutOffOrder & { kind: 'orderCutOff'; meaning: string; next: string[] };

/** Adds to an order that was cut off what it means and what to do. */
export function orderFinding(order: CutOffOrder): OrderFinding {
  return {
    kind: 'orderCutOff',
    ...order,
    meaning:
      'What its refunds hold is kept and not read: its next refund waits in planning, and has sent nothing. Refunds that ' +
      'were planned go on, and the order is not told of their end.',
    next: [
      restoreCommand(order),
      `refund order ${idInCommand(order.orderId)}   (then: what ended meanwhile, with what to send)`,
    ],
  };
}

/** An order that was cut off, in words. */
export function showOrderFinding({ orderId, since, why, meaning, next }: OrderFinding): string {
  return [
    plain(`The memory of order ${orderId} was cut off at ${timeWithAge(since)} (${why}).`),
    `  ${meaning}`,
    ...next.map(showNext),
  ].join('\n');
}
