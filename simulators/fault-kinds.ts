import type { Operation, ProviderName } from './options';

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
  /** The provider's error code in place of the usual one, for `refuse`. */
  code?: string;
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
}
