import type { LoggedRequest, ProviderName, Simulators } from '../../simulators';
import { LEG_NAMES } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';

/** One leg as the providers' books know it. */
export interface BookedLeg {
  leg: LegName;
  provider: ProviderName;
  /** The transaction, sale or order that was paid. */
  original: string;
  /** Points or minor units. */
  amount: number;
  /** Where a debit is booked that belongs to no refund. */
  wallet?: string;
}

/** The legs of a request as the books know them. */
export function legsOf(request: RefundRequest): BookedLeg[] {
  return LEG_NAMES.flatMap((name) => (request[name] ? [bookedLeg(name, request[name])] : []));
}

function bookedLeg(
  leg: LegName,
  requested: NonNullable<RefundRequest['loyalty'] | RefundRequest['sale'] | RefundRequest['cash']>,
): BookedLeg {
  const { provider } = requested;
  switch (provider) {
    case 'dsquares': {
      const { transactionId, points, walletCode } = requested;
      return { leg, provider, original: transactionId, amount: points, wallet: `wallet:${walletCode}` };
    }
    case 'mircate': {
      const { transactionId, points, accountNumber, walletId = '', walletCurrency = '' } = requested;
      const wallet = `wallet:${accountNumber ?? `${walletId} ${walletCurrency}`}`;
      return { leg, provider, original: transactionId, amount: points, wallet };
    }
    case 'paywall':
      return { leg, provider, original: requested.externalReference, amount: requested.amountMinor };
    case 'sipay':
      return { leg, provider, original: requested.transactionId, amount: requested.amountMinor };
    case 'wyre':
      return { leg, provider, original: requested.orderId, amount: requested.amountMinor };
  }
}

/** Whether a leg is refunded in the books now, in full and no more. */
export function isRefunded({ books }: Simulators, { provider, original, amount }: BookedLeg): boolean {
  return books.effective(provider, original) === amount;
}

/** The requests that move money, by the original that they name. */
export class Sends {
  readonly #refunds = new Map<string, LoggedRequest[]>();

  constructor(requests: readonly LoggedRequest[]) {
    for (const request of requests) {
      if (request.operation !== 'refund') continue;
      const place = `${request.provider} ${originalOf(request)}`;
      this.#refunds.set(place, [...(this.#refunds.get(place) ?? []), request]);
    }
  }

  /** The refunds that were sent for one leg, oldest first. */
  of({ provider, original }: BookedLeg): readonly LoggedRequest[] {
    return this.#refunds.get(`${provider} ${original}`) ?? [];
  }

  /** How many refunds were sent beyond the first one of each leg. */
  get repeated(): number {
    return [...this.#refunds.values()].reduce((sum, sent) => sum + sent.length - 1, 0);
  }
}

const FIELDS: Partial<Record<ProviderName, string>> = {
  dsquares: 'TransactionId',
  mircate: 'transactionId',
  paywall: 'ExternalReference',
  sipay: 'tx_correlation_id',
};

function originalOf({ provider, path, body }: LoggedRequest): string {
  const field = FIELDS[provider];
  if (field === undefined) return /^\/v3\/orders\/([^/]+)\//.exec(path)?.[1] ?? path;
  return String((JSON.parse(body) as Record<string, unknown>)[field]);
}
