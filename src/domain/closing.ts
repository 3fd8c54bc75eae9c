import { isUnclear } from './state';
import type { LegState, Problem, RefundState } from './state';

const DAY_MS = 86_400_000;

/** How long after its purchase Wyre refunds an order (docs/providers/wyre.md). */
export const WYRE_WINDOW_MS = 30 * DAY_MS;

/** What is said of a refund that Wyre keeps as failed: it takes no other one for the same order. */
export const WYRE_FAILED_FOR_EVER =
  'The refund failed at Wyre, which never takes a second one for the same order.';

/** How far back Sipay's list goes where it is given no dates (docs/providers/sipay.md); our look-ups give them. */
const SIPAY_LIST_MS = DAY_MS;

/** Something that is over at a certain time while a refund waits for a person. */
export interface Closing {
  /** ISO 8601. */
  at: string;
  why: string;
}

/** What tells when something closes, beside the state. */
export interface ClosingFacts {
  /** When an open question expires, ISO 8601. */
  decideBefore?: string | undefined;
  /** When the order at Wyre was bought, ISO 8601. */
  purchasedAt?: string | undefined;
  /** Since when the refund at Sipay is in doubt, ISO 8601: it was sent a moment before. */
  inDoubtSince?: string | undefined;
}

/** Whether the time of a purchase tells when something closes: the cash is still to be refunded at Wyre. */
export function hasWyreWindow({ status, legs: { cash } }: RefundState): boolean {
  return status !== 'compensating' && cash?.provider === 'wyre' && isToBeRefunded(cash);
}

/** Whether somebody has to find the refund of the cash in Sipay's list. */
export function hasSipayWindow({ legs: { cash } }: RefundState): boolean {
  const { provider, status, problem } = cash ?? {};
  return provider === 'sipay' && status === 'parked' && problem?.side === 'refund' && isUnclear(problem);
}

/** What closes, the soonest first. */
export function closingsOf(state: RefundState, facts: ClosingFacts): Closing[] {
  const { decideBefore, purchasedAt, inDoubtSince } = facts;
  const found: (Closing | undefined)[] = [
    state.waitingOn === 'approval' ? closing(decideBefore, 0, APPROVAL) : undefined,
    hasWyreWindow(state) ? closing(purchasedAt, WYRE_WINDOW_MS, WYRE) : undefined,
    hasSipayWindow(state) ? closing(inDoubtSince, SIPAY_LIST_MS, SIPAY) : undefined,
  ];
  return found.filter((one) => one !== undefined).sort((one, other) => (one.at < other.at ? -1 : 1));
}

const APPROVAL = 'without a decision it expires';
const WYRE = 'Wyre refunds only within 30 days of the purchase';
const SIPAY = "later Sipay's list shows what became of it only where it is given dates";

function isToBeRefunded({ status, problem }: LegState): boolean {
  return (
    status === 'pending' ||
    status === 'refunding' ||
    status === 'lookingUp' ||
    (status === 'parked' && problem?.side === 'refund' && !hasFailedForEver(problem))
  );
}

function hasFailedForEver({ message, evidence }: Problem): boolean {
  return [message, evidence?.message].includes(WYRE_FAILED_FOR_EVER);
}

function closing(from: string | undefined, afterMs: number, why: string): Closing | undefined {
  const at = Date.parse(from ?? '') + afterMs;
  return Number.isNaN(at) ? undefined : { at: new Date(at).toISOString(), why };
}
