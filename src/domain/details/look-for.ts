import { idempotencyKey } from '../plan';
import type { LegName } from '../plan';
import type { RequestLeg } from '../request';
import type { Side } from '../state';
import { asCode } from './markdown';

/**
 * By what a movement is recognised at its provider (docs/providers): the original it belongs to, and our reference where
 * the provider keeps one. No phone and no account number.
 */
export function lookForAt(refundId: string, name: LegName, leg: RequestLeg, side: Side): string {
  const reference = `our reference ${asCode(idempotencyKey(refundId, name, side))}`;
  const isReversal = side === 'reversal';
  switch (leg.provider) {
    case 'dsquares':
      return isReversal
        ? `a redemption whose comment is ${reference}`
        : `a refund of redemption ${asCode(leg.transactionId)}, ${reference}`;
    case 'mircate':
      return isReversal
        ? `a spend whose description is ${reference}`
        : `a refund of spend ${asCode(leg.transactionId)} (it keeps no reference of ours: compare amount and time)`;
    case 'paywall':
      return `${isReversal ? '' : 'the refund of '}sale ${asCode(leg.externalReference)}`;
    case 'sipay':
      return isReversal
        ? `payment ${asCode(leg.transactionId)}`
        : `a refund of payment ${asCode(leg.transactionId)}, ${reference}`;
    case 'wyre':
      return `${isReversal ? '' : 'the refund of '}order ${asCode(leg.orderId)}`;
  }
}
