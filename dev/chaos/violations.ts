/** What must hold, whatever breaks. */
export const INVARIANTS = {
  onceOrNotAtAll: 'at most one effective refund per leg at every instant',
  approvedFirst: 'nothing is sent before a valid approval, and nothing for rejected, expired or invalid',
  noFalseReversal: 'no reversal of what did not happen',
  statusAgrees: 'the final status agrees with the books',
  nothingUnknown: 'nothing ends while anything is unknown',
  retryAfter: 'no attempt sooner than Retry-After',
  endsWell: 'every run ends, and none fails, is terminated or times out',
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
}
