/** What a provider confirmed, and how we came to know it. Times are ISO 8601 in UTC. */
export interface Receipt {
  providerReference: string;
  points?: number;
  amountMinor?: number;
  at: string;
  confirmedBy: 'answer' | 'lookUp' | 'operator';
  /** Who confirmed it, when it was an operator. */
  by?: string;
  /** Something to reconcile later, such as a fee that the provider kept. */
  note?: string;
}

/** Why a leg is not refunded or not reversed. Part of the public contract. */
export type ProblemCode =
  | 'ambiguous'
  | 'declined'
  | 'alreadyDone'
  | 'amountMismatch'
  | 'windowClosed'
  | 'merchantBalance'
  | 'providerDown'
  | 'noReversal';

/** What a provider says in words: the record it made of a movement. */
export interface ProviderRecord {
  providerReference: string;
  note?: string;
}

/** The provider said no and nothing moved. `lookUpFirst`: a later attempt must ask first whether this one left a trace. */
export interface Declined {
  kind: 'declined';
  code: Exclude<ProblemCode, 'ambiguous' | 'alreadyDone' | 'providerDown'>;
  message: string;
  lookUpFirst?: boolean;
}

/** Nothing moved and the same request may be made again, no sooner than `retryAfterMs`. */
export interface Retryable {
  kind: 'notSent' | 'turnedAway';
  message: string;
  retryAfterMs?: number;
}

/**
 * How one request to move money ended.
 * - `done`: the provider confirmed it, by the explicit success test of its sheet
 * - `alreadyDone`: it says that this was done before, by us or by someone else
 * - `ambiguous`: it may have moved and nobody knows; never send again blindly
 * - `transient`: it documents that trying again is safe, after a look-up
 */
export type MovementAnswer =
  | ({ kind: 'done' } & ProviderRecord)
  | Declined
  | { kind: 'alreadyDone'; message: string }
  | { kind: 'ambiguous'; message: string }
  | { kind: 'transient'; message: string; retryAfterMs?: number }
  | Retryable;

/**
 * What a look-up found out about one movement.
 * - `found`: it happened, it is ours (reference, amount and age agree)
 * - `declined`: it was refused for good
 * - `absent`: the look-up works and shows no trace of it
 * - `pending`: it is under way at the provider
 * - `candidate`: something that may be ours; a person must compare
 * - `conflict`: something else happened to the original (another refund, a cancellation, a double)
 * - `unanswered`: the look-up proves nothing
 */
export type LookUpAnswer =
  | ({ kind: 'found' } & ProviderRecord)
  | { kind: 'declined' | 'absent' | 'pending' | 'candidate' | 'conflict'; message: string }
  | Unanswered;

/** A question that proves nothing; it may be asked again no sooner than `retryAfterMs`. */
export interface Unanswered {
  kind: 'unanswered';
  message: string;
  retryAfterMs?: number;
}

/** What preflight learned. `baseline` is what a later look-up compares with. */
export type CheckAnswer =
  | { kind: 'passed'; baseline?: Baseline }
  | { kind: 'refused'; code: ProblemCode; message: string }
  | Unanswered;

/** Counters of a wallet before anything moved (dsquares); no personal data. */
export interface Baseline {
  totalPoints: number;
  redeemedPoints: number;
  totalTransactions: number;
}
