import { idempotencyKey } from '../plan';
import type { LegName } from '../plan';
import type { RequestLeg } from '../request';
import type { Side } from '../state';

/**
 * By what a movement is recognised at its provider (docs/providers): the original it belongs to, and our reference where
 * the provider keeps one. No phone and no account number.
 */
export function lookForAt(refundId: string, name: LegName, leg: RequestLeg, side: Side): string {
  const reference = `our reference \`${idempotencyKey(refundId, name, side)}\``;
  const back = side === 'reversal';
  switch (leg.provider) {
    case 'dsquares':
      return back
        ? `a redemption whose comment is ${reference}`
        : `a refund of redemption ${code(leg.transactionId)}, ${reference}`;
    case 'mircate':
      return back
        ? `a spend whose description is ${reference}`
        : `a refund of spend ${code(leg.transactionId)} (it keeps no reference of ours: compare amount and time)`;
    case 'paywall':
      return `${back ? '' : 'the refund of '}sale ${code(leg.externalReference)}`;
    case 'sipay':
      return back
        ? `payment ${code(leg.transactionId)}`
        : `a refund of payment ${code(leg.transactionId)}, ${reference}`;
    case 'wyre':
      return `${back ? '' : 'the refund of '}order ${code(leg.orderId)}`;
  }
}

function code(text: string): string {
  return `\`${text.replace(/[|`<>]/g, ' ')}\``;
}
