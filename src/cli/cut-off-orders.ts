import type { CutOffOrder } from '../client/operator';
import { restoreCommand } from '../client/health/cut-off-orders';
import { idInCommand, quoted } from '../client/shell';
import { timeWithAge } from './ages';
import { showNext } from './next';
import { plain } from './text';

/** An order that was cut off, with what it means for the money and the commands to send next. */
export type OrderFinding = CutOffOrder & { kind: 'orderCutOff'; meaning: string; next: string[] };

/** Adds to an order that was cut off what it means and what to do. */
export function orderFinding(order: CutOffOrder): OrderFinding {
  return { kind: 'orderCutOff', ...order, ...(order.isBegunAnew ? begunAnew(order) : cutOff(order)) };
}

function cutOff(order: CutOffOrder): Pick<OrderFinding, 'meaning' | 'next'> {
  return {
    meaning:
      'What its refunds hold is kept and not read: its next refund waits in planning, and has sent nothing. Refunds that ' +
      'were planned go on, and the order is not told of their end.',
    next: [
      restoreCommand(order),
      `refund order ${idInCommand(order.orderId)}   (then: what ended meanwhile, with what to send)`,
    ],
  };
}

function begunAnew({ orderId, workflowId, runId }: CutOffOrder): Pick<OrderFinding, 'meaning' | 'next'> {
  const run = `--workflow-id ${quoted(workflowId, 'WORKFLOW_ID')} --run-id ${quoted(runId, 'RUN_ID')}`;
  return {
    meaning:
      'Somebody began it anew since, without what it knew: other refunds may take what its refunds hold or have refunded. ' +
      'Compare both with the providers before any refund of this order is approved or sent again.',
    next: [
      `temporal workflow query ${run} --type getOrder   (what it knew)`,
      `refund order ${idInCommand(orderId)}   (what it knows now)`,
      `temporal workflow delete ${run}   (once both were compared: it is told of until then)`,
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
