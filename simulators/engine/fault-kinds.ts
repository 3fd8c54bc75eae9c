import type { Operation, ProviderName } from '../options';

/**
 * What can go wrong, and whether the movement is applied to the books.
 * - `refuse` a documented business refusal; not applied
 * - `alreadyDone` answers "already refunded" though nothing happened; not applied
 * - `slow` applied, then `delayMs` until the answer · `slowBefore` `delayMs`, then applied (whether the caller waits or not)
 * - `dropBefore`, `dropAfter` the socket is destroyed without an answer, before or after applying
 * - `errorBefore`, `errorAfter` `status` (500) before or after applying; `retryAfter` if given
 * - `malformed` applied, half a body with 200 · `empty` applied, 200 without a body
 * - `contradictory` applied; the body says success and failure
 * - `wrongAmount`, `wrongReference` applied as asked; the answer tells another amount or reference
 * - `tooMany` 429, with `retryAfter` if given; not applied · `unauthorized` 401; not applied
 * - `down` the connection is destroyed at once; not applied · `redirect` 302 to another address; not applied
 * - `staleLookUp` a look-up shows the books of `delayMs` (60 000) ago
 * - `pending` applied; sipay answers 504 and lists the row with status 10, wyre answers CREATED; complete after `reads` (2)
 * - `huge` applied; a body of 2 MB · `bomb` applied; 20 kB that unpack to 20 MB
 * - `transient` wyre's 500 with `transient: true`, elsewhere a plain 500; not applied
 * - `panelRefund` somebody refunds the same original in the provider's panel (the same amount; at paywall neither fee nor
 *   cashback is rolled back), then the request is applied as usual, or refused where once is all; the panel's part is
 *   `byHand` in the books. Where the provider refuses the panel too (already refunded, capped), nothing comes before
 * - `repeated` a gateway sends the request twice; applied as often as the provider lets it, the second answer is delivered
 * - `filteredBefore`, `filteredAfter` a filter answers `status` (403) with `body` (a page in HTML), before or after applying
 * - `unlistedBefore`, `unlistedAfter` the provider's own envelope says no with `code`, by default one that no document
 *   lists, before or after applying
 * - `exponentNumbers` applied; every number of the answer is written as an exponent or with more zeros, equal by value
 * - `unaskedCashback` paywall; applied, and the cashback (7.77 where the sale earned none) is rolled back though nobody asked
 * - `keptCashback` paywall; applied, and a cashback whose rollback was asked for stays: the answer tells 0
 *
 * A list that lags longer than an absence takes is a `staleLookUp` with its `delayMs` and `times`. A success that names
 * another of our references is `wrongReference`.
 */
export const FAULT_KINDS = [
  'refuse',
  'alreadyDone',
  'slow',
  'slowBefore',
  'dropBefore',
  'dropAfter',
  'errorBefore',
  'errorAfter',
  'malformed',
  'empty',
  'contradictory',
  'wrongAmount',
  'wrongReference',
  'tooMany',
  'unauthorized',
  'down',
  'redirect',
  'staleLookUp',
  'pending',
  'huge',
  'bomb',
  'transient',
  'panelRefund',
  'repeated',
  'filteredBefore',
  'filteredAfter',
  'unlistedBefore',
  'unlistedAfter',
  'exponentNumbers',
  'unaskedCashback',
  'keptCashback',
] as const;
/** One way to go wrong; see `FAULT_KINDS`. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One kind of trouble with its numbers. */
export interface Trouble {
  kind: FaultKind;
  delayMs?: number;
  /** HTTP status in place of the kind's own. */
  status?: number;
  /** `Retry-After`, in seconds or as an HTTP date. */
  retryAfter?: number | string;
  /** How many look-ups see a `pending` movement unfinished. */
  reads?: number;
  /**
   * The provider's error code in place of the usual one, for `refuse` and `unlisted…`. Where the provider has none it is
   * the message (mircate), or the only text of the errors (paywall's `unlisted…`).
   */
  code?: string;
  /** What a filter's answer looks like, for `filtered…`; `json` is another system's. @default 'html' */
  body?: 'html' | 'text' | 'json';
}

/** Trouble for the requests that it names. The first fault that fits a request is used up by it. */
export interface Fault extends Trouble {
  provider: ProviderName;
  /** Absent: every operation that the kind makes sense for. */
  operation?: Operation;
  /** @default 1 */
  times?: number;
  /** How many fitting requests pass first. @default 0 */
  skip?: number;
  /** Only requests whose path or body contains it. */
  match?: string;
}

/** The share of requests that each kind strikes: 0.1 is every tenth. Their sum is at most 1. */
export type FaultRates = Partial<Record<FaultKind, number>>;

/** Which requests a random mix strikes, and its numbers. */
export interface RandomScope extends Omit<Trouble, 'kind'> {
  providers?: readonly ProviderName[];
  operations?: readonly Operation[];
  /** Numbers of one kind alone, on top of those for all. */
  of?: Partial<Record<FaultKind, KindNumbers>>;
}

/** What a random mix may set for one kind. */
export interface KindNumbers extends Omit<Trouble, 'kind'> {
  /** Once drawn, the kind strikes so many requests of that movement and operation in a row. @default 1 */
  times?: number;
}
