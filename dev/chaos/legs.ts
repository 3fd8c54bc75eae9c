import { effectiveOf, own } from '../../simulators';
import type { BookEntry, LoggedRequest, ProviderName, Simulators } from '../../simulators';
import { evidenceOf } from '../checkers/evidence';
import type { LegEvidence } from '../checkers/evidence';
import { LEG_NAMES } from '../../src/domain/plan';
import type { LegName } from '../../src/domain/plan';
import { namedOriginal, originalOf, paidFor as paidWith, wantedOf } from '../../simulators/originals';
import type { RefundRequest, RequestLeg } from '../../src/domain/request';

/** One leg as the providers' books know it. */
export interface BookedLeg {
  leg: LegName;
  provider: ProviderName;
  /** The transaction, sale or order that was paid. */
  original: string;
  /** Points or minor units. */
  amount: number;
  /** Our idempotency key. */
  key: string;
  /** The leg as it is requested. */
  requested: RequestLeg;
}

/** The legs of a request as the books know them. */
export function legsOf(request: RefundRequest): BookedLeg[] {
  return LEG_NAMES.flatMap((name) => {
    const requested = request[name];
    return requested ? [bookedLeg(name, requested, `${request.refundId}:${name}`)] : [];
  });
}

function bookedLeg(leg: LegName, requested: RequestLeg, key: string): BookedLeg {
  const { provider } = requested;
  return { leg, provider, original: originalOf(requested), amount: wantedOf(requested), key, requested };
}

/** What the books say of a leg now. */
export function bookedEvidence({ books }: Simulators, { leg, requested }: BookedLeg): LegEvidence {
  return evidenceOf(books, leg, requested);
}

/** What was paid with the original of a leg, in points or minor units. */
export function paidFor(simulators: Simulators, { provider, original }: BookedLeg): number {
  return paidWith(simulators, provider, original);
}

/** What the saga moved for a leg, the oldest first. */
export function ownEntries({ books }: Simulators, { provider, original }: BookedLeg): readonly BookEntry[] {
  return own(books.of(provider, original));
}

/** Whether the saga's own refund of a leg stands in the books now, in full and no more. */
export function isRefunded(simulators: Simulators, leg: BookedLeg): boolean {
  return effectiveOf(ownEntries(simulators, leg)) === leg.amount;
}

/** The requests that move money, by the original that they name. */
export class Sends {
  readonly #refunds = new Map<string, LoggedRequest[]>();

  constructor(requests: readonly LoggedRequest[]) {
    for (const request of requests) {
      if (request.operation !== 'refund') continue;
      const place = `${request.provider} ${namedOriginal(request)}`;
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
