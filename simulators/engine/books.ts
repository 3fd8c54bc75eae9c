import type { ProviderName } from '../options';

/** One movement of money or points that really happened at a provider. */
export interface BookEntry {
  provider: ProviderName;
  /** `other`: moves value without being a refund or its reversal (a commission, a cashback, a customer's purchase). */
  kind: 'refund' | 'reversal' | 'other';
  /** What it belongs to: the transaction, sale or order that was paid; `wallet:<id>` for a debit nobody can attribute. */
  original: string;
  /** Our own reference, where the provider's API carries one. */
  key?: string;
  points?: number;
  amountMinor?: number;
  /** The provider's id of the movement. */
  providerReference: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Whether someone other than the saga did it; `own` leaves these out. */
  byHand?: true;
}

const SIGN = { refund: 1, reversal: -1, other: 0 } as const;

/** The providers' own truth: what moved, whatever was answered. Entries are only ever added. */
export class Books {
  readonly #entries: BookEntry[] = [];
  readonly #byOriginal = new Map<string, BookEntry[]>();

  /** How many movements there are. */
  get size(): number {
    return this.#entries.length;
  }

  /** Every movement in the order in which it happened. */
  entries(): readonly BookEntry[] {
    return [...this.#entries];
  }

  /** The movements after the first `count`. */
  since(count: number): readonly BookEntry[] {
    return this.#entries.slice(count);
  }

  /** The movements of one transaction, sale or order. */
  of(provider: ProviderName, original: string): readonly BookEntry[] {
    return [...(this.#byOriginal.get(`${provider} ${original}`) ?? [])];
  }

  /** Refunds minus reversals, in points or minor units, whoever made them. */
  effective(provider: ProviderName, original: string): number {
    return effectiveOf(this.of(provider, original));
  }

  /** The most that was refunded at any instant, in points or minor units, by whomever. */
  peak(provider: ProviderName, original: string): number {
    return peakOf(this.of(provider, original));
  }

  /** The newest refund that meets a test and was not reversed yet; how a debit without a reference finds its original. */
  newestUnreversed(
    provider: ProviderName,
    points: number,
    meets: (refund: BookEntry) => boolean,
  ): string | undefined {
    return this.#entries.findLast(
      (entry) =>
        entry.provider === provider &&
        entry.kind === 'refund' &&
        entry.points === points &&
        meets(entry) &&
        this.effective(provider, entry.original) >= points,
    )?.original;
  }

  /** Writes down a movement. */
  add(entry: BookEntry): void {
    this.#entries.push(entry);
    const place = `${entry.provider} ${entry.original}`;
    this.#byOriginal.set(place, [...(this.#byOriginal.get(place) ?? []), entry]);
  }
}

/** The movements that the saga made, without those that someone else made by hand. */
export function own(entries: readonly BookEntry[]): readonly BookEntry[] {
  return entries.filter(({ byHand }) => !byHand);
}

/** Refunds minus reversals of these movements, in points or minor units. */
export function effectiveOf(entries: readonly BookEntry[]): number {
  return entries.reduce((sum, entry) => sum + valueOf(entry), 0);
}

/** The most that these movements had refunded at any instant, in points or minor units. */
export function peakOf(entries: readonly BookEntry[]): number {
  let effective = 0;
  return Math.max(0, ...entries.map((entry) => (effective += valueOf(entry))));
}

function valueOf(entry: BookEntry): number {
  return SIGN[entry.kind] * (entry.points ?? entry.amountMinor ?? 0);
}
