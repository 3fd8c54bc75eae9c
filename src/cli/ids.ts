import { orderWorkflowIdOf, workflowIdOf } from '../domain/contract';
import { idInCommand } from '../client/shell';
import { UsageError } from './exit-codes';

const REFUND = workflowIdOf('');
const ORDER = orderWorkflowIdOf('');

/**
 * Reads a refund id as the services name it, or as the UI shows it: `refund:ID`.
 * @throws UsageError where it is the id of an order
 */
export function refundIdOf(text: string): string {
  if (text.startsWith(ORDER))
    throw new UsageError(
      `That is an order, and not a refund. Look at it with: refund order ${idInCommand(text.slice(ORDER.length))}`,
    );
  return without(REFUND, text);
}

/**
 * Reads an order id as the services name it, or as the UI shows it: `order:ID`.
 * @throws UsageError where it is the id of a refund
 */
export function orderIdOf(text: string): string {
  if (text.startsWith(REFUND))
    throw new UsageError(
      `That is a refund, and not an order. Look at it with: refund show ${idInCommand(text.slice(REFUND.length))}`,
    );
  return without(ORDER, text);
}

function without(prefix: string, text: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
