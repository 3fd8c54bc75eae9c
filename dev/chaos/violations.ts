/** What must hold, whatever breaks. */
export const INVARIANTS = {
  onceOrNotAtAll: 'at most one effective refund per leg at every instant',
  neverOverpaid: 'per original never more than was paid, whoever refunded it',
  ourReceipts: 'no receipt names a record that is not ours',
  approvedFirst: 'nothing is sent before a valid approval, and nothing for rejected, expired or invalid',
  noFalseReversal: 'no reversal of what did not happen',
  statusAgrees: 'the final status agrees with the books',
  nothingUnknown: 'nothing ends while anything is unknown',
  retryAfter: 'no attempt sooner than Retry-After',
  endsWell: 'every run ends, and none fails, is terminated or times out',
  detailsTrue: 'the details say nothing about the money that the books contradict',
  deafToHostile: 'no message counts that must not',
  noHangs: 'no run hangs, and every history replays',
  noLeaks: 'no secret and no personal data outside payloads',
} as const;
/** One of them. */
export type Invariant = keyof typeof INVARIANTS;

/** An invariant that did not hold. */
export interface Violation {
  invariant: Invariant;
  /** Absent where no single refund is to blame. */
  refundId?: string;
  what: string;
  /** What was shown, where that is to blame. */
  details?: string;
}

/** What a checker found, as violations of one invariant by one refund. */
export function each(invariant: Invariant, refundId: string, found: readonly string[]): Violation[] {
  return found.map((what) => ({ invariant, refundId, what }));
}
