import { faultOfPerson, faultOfWords } from '../persons-words';
import { LEG_NAMES } from '../plan';
import type { EndOfRefund } from './end';
import type { ShareStatus } from './ledger';
import type { Reservation, RequestedShare } from './reservation';

/** The argument of the update `releaseHold`. */
export interface ReleaseHoldMessage {
  refundId: string;
  by: string;
  evidence: string;
}

/** Longer than this Temporal keeps no timer, and no duration of our configuration is. Milliseconds. */
const LONGEST_MEMORY_MS = 3_650 * 86_400_000;

/** Whether an order can be kept for so long. */
export function isMemory(value: unknown): value is number {
  return isPositive(value) && (value as number) <= LONGEST_MEMORY_MS;
}

/** More than any currency has. */
const MOST_DECIMALS = 8;

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LONGEST_EVIDENCE = 500;

/** What is wrong with a word on a hold, in words for its sender; undefined when nothing is. */
export function faultOfReleaseHold(message: unknown): string | undefined {
  const { refundId, by, evidence } = fieldsOf(message);
  if (typeof refundId !== 'string' || !ID.test(refundId)) return NEEDED;
  const faultOfBy = faultOfPerson(by);
  if (faultOfBy !== undefined) return `by ${faultOfBy}`;
  const fault = faultOfWords(evidence, LONGEST_EVIDENCE);
  return fault === undefined ? undefined : `evidence ${fault}`;
}

const NEEDED = `it needs {"refundId", "by": an id, "evidence": what you saw, up to ${LONGEST_EVIDENCE} characters}`;

/** Whether something is a reservation as our planning activity sends it. */
export function isReservation(value: unknown): value is Reservation {
  const { refundId, firstRun, runId, requestHash, requestedBy } = fieldsOf(value);
  const { currency, exponent, at, memoryMs, shares } = fieldsOf(value);
  const texts = [refundId, firstRun, runId, requestHash, requestedBy, currency, at];
  return (
    texts.every((text) => typeof text === 'string' && text.length <= 200) &&
    ID.test(refundId as string) &&
    isPositive((exponent as number) + 1) &&
    (exponent as number) <= MOST_DECIMALS &&
    isMemory(memoryMs) &&
    Array.isArray(shares) &&
    shares.length > 0 &&
    shares.length <= LEG_NAMES.length &&
    shares.every(isRequestedShare)
  );
}

function isRequestedShare(value: unknown): value is RequestedShare {
  const { leg, original, amount, isWholeOnly, paid } = fieldsOf(value);
  const { points, amountMinor } = fieldsOf(amount);
  return (
    isLegName(leg) &&
    typeof original === 'string' &&
    original.length <= 300 &&
    isPositive(points ?? amountMinor) &&
    Object.keys(fieldsOf(amount)).length === 1 &&
    typeof isWholeOnly === 'boolean' &&
    (paid === undefined || isPositive(paid))
  );
}

const SHARE_STATUSES: readonly unknown[] = ['held', 'moved', 'released'] satisfies ShareStatus[];

/** Whether something tells of the end of a refund as our saga does. */
export function isEndOfRefund(value: unknown): value is EndOfRefund {
  const { refundId, firstRun, runId, shares } = fieldsOf(value);
  return (
    typeof refundId === 'string' &&
    ID.test(refundId) &&
    [firstRun, runId].every((text) => typeof text === 'string' && text.length <= 200) &&
    typeof shares === 'object' &&
    shares !== null &&
    Object.entries(shares).every(([leg, status]) => isLegName(leg) && SHARE_STATUSES.includes(status))
  );
}

function isLegName(value: unknown): boolean {
  return (LEG_NAMES as readonly unknown[]).includes(value);
}

function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
