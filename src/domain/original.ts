import type { RequestLeg } from './request';

/** The payment that a leg refunds, at its provider: whatever names the same one is the same original. */
export function originalOf(leg: RequestLeg): string {
  return `${leg.provider}:${idOf(leg)}`;
}

function idOf(leg: RequestLeg): string {
  switch (leg.provider) {
    case 'paywall':
      return leg.externalReference;
    case 'wyre':
      return leg.orderId;
    case 'dsquares':
    case 'mircate':
    case 'sipay':
      return leg.transactionId;
  }
}

/** Whether a provider refunds an original only as a whole, and so once (sheets of paywall and wyre). */
export function isWholeOnly({ provider }: RequestLeg): boolean {
  return provider === 'paywall' || provider === 'wyre';
}
