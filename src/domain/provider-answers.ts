/** What a provider confirmed, and how we came to know it. Times are ISO 8601 in UTC. */
export interface Receipt {
  providerReference: string;
  points?: number;
  amountMinor?: number;
  /** Cashback that the provider says it rolled back, in minor units. */
  cashbackMinor?: number;
  /** Fee that the provider says it kept, in minor units. */
  feeMinor?: number;
  /** What the provider says that the points are worth: money as an exact decimal. A reversal may need it. */
  worth?: string;
  at: string;
  confirmedBy: 'answer' | 'lookUp' | 'operator';
  /** Who confirmed it, when it was an operator. */
  by?: string;
  /** Something to reconcile later, such as a fee that the provider kept. */
  note?: string;
}

/** Why a leg is not refunded or not reversed. Part of the public contract. */
export const PROBLEM_CODES = [
  'ambiguous',
  'declined',
  'alreadyDone',
  'amountMismatch',
  'windowClosed',
  'merchantBalance',
  'providerDown',
  'noReversal',
  'overCap',
] as const;
/** One of them. */
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** What a provider tells of a movement that it made. */
export type ProviderRecord = Pick<
  Receipt,
  'providerReference' | 'cashbackMinor' | 'feeMinor' | 'worth' | 'note'
> & {
  /** When the provider says that it made it, ISO 8601. */
  madeAt?: string;
};

/**
 * The provider said no by a code that its sheet lists, and nothing moved. `lookUpFirst`: a later attempt must ask first
 * whether this one moved anything.
 */
export interface Declined {
  kind: 'declined';
  code: Exclude<ProblemCode, 'ambiguous' | 'alreadyDone' | 'providerDown' | 'overCap'>;
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
 * - `unlistedRefusal`: a "no" in the provider's own envelope that its sheet does not list: a doubt until it is looked up
 * - `alreadyDone`: it says that this was done before, by us or by someone else
 * - `ambiguous`: it may have moved and nobody knows; never send again blindly
 * - `otherMovement`: it confirmed something else than was asked for; no empty look-up ever clears that
 * - `transient`: it documents that trying again is safe, after a look-up
 */
export type MovementAnswer =
  | ({ kind: 'done' } & ProviderRecord)
  | Declined
  | { kind: 'unlistedRefusal'; code: 'declined' | 'windowClosed'; message: string }
  | { kind: 'alreadyDone'; message: string }
  | { kind: 'ambiguous'; message: string; retryAfterMs?: number }
  | { kind: 'otherMovement'; code: 'ambiguous' | 'alreadyDone'; message: string }
  | { kind: 'transient'; message: string; retryAfterMs?: number }
  | Retryable;

/**
 * What a look-up found out about one movement.
 * - `found`: it happened, it is ours (reference, original, amount and age agree)
 * - `declined`: it was refused for good
 * - `absent`: the look-up works and shows no sign of it; where counters are all there is, they have not moved
 * - `unrelated`: counters moved, but not as this movement would have moved them
 * - `pending`: it is under way at the provider
 * - `candidate`: something that may be ours; a person must compare. `seen` names the rows
 * - `conflict`: something else happened to the original (another refund, a cancellation, a double); `notMade`: what is
 *   shown is called failed or cancelled
 * - `unreadable`: something that may be ours is shown, and cannot be read for certain: what comes later does not undo it
 * - `unanswered`: the look-up proves nothing, and shows nothing that may be ours
 */
export type LookUpAnswer =
  | ({ kind: 'found' } & ProviderRecord)
  | { kind: 'declined' | 'absent' | 'unrelated' | 'pending'; message: string }
  | { kind: 'conflict'; message: string; notMade?: true }
  | { kind: 'candidate'; message: string; seen?: string[] }
  | Unreadable
  | Unanswered;

/**
 * A question that proves nothing, and whose answer shows nothing that may have moved: it may be asked again no sooner than
 * `retryAfterMs`, and is then forgotten.
 */
export interface Unanswered {
  kind: 'unanswered';
  message: string;
  retryAfterMs?: number;
}

/** A question that proves nothing, and whose answer shows something that may have moved; it may be asked again likewise. */
export interface Unreadable {
  kind: 'unreadable';
  message: string;
  retryAfterMs?: number;
}

/**
 * What preflight learned. `baseline` is what a later look-up compares with. A refund that is shown and cannot be read for
 * certain is `refused` as `alreadyDone`: an empty answer later would not undo it.
 */
export type CheckAnswer =
  | { kind: 'passed'; baseline?: Baseline }
  | { kind: 'refused'; code: ProblemCode; message: string }
  | Unanswered;

/** What preflight read before anything moved, to compare with later; no personal data. */
export type Baseline = Counters | SeenRows | SaleParts;

/** Counters of a wallet (dsquares). */
export interface Counters {
  kind: 'counters';
  totalPoints: number;
  redeemedPoints: number;
  totalTransactions: number;
}

/** Rows that were there before and could be taken for ours (mircate): never candidates later. */
export interface SeenRows {
  kind: 'rows';
  ids: string[];
  /** One row of any age: a later list that does not show it proves nothing. Absent where there was none. */
  control?: string;
}

/** The parts of a sale (paywall), in minor units. */
export interface SaleParts {
  kind: 'sale';
  /** Paid from a gift balance; absent: nothing. */
  giftMinor?: number;
  cashbackMinor: number;
}
