import type { Repeated } from './order/reservation';
import type { Baseline, ProblemCode } from './provider-answers';

/** The wallets that a refund pays into, in the order in which the saga refunds them. */
export const LEG_NAMES = ['loyalty', 'sale', 'cash'] as const;
/** One wallet's share of a refund. */
export type LegName = (typeof LEG_NAMES)[number];

/** The APIs behind the legs. */
export const PROVIDER_NAMES = ['dsquares', 'mircate', 'paywall', 'sipay', 'wyre'] as const;
/** The API behind a leg. */
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/**
 * What a look-up of a refund rests on.
 * - `ownReference`: our own reference; it decides
 * - `original`: the original alone, whose records carry no reference of ours; it decides, by age
 * - `evidence`: nothing that decides; a person compares
 */
export type LookUpKind = 'ownReference' | 'original' | 'evidence';

/** What the saga needs to know of one leg's provider, recorded when the refund is planned. */
export interface LegPlan {
  leg: LegName;
  lookUp: LookUpKind;
  /** How a refunded leg can be reversed: with a look-up of the reversal or without one. Absent: not through its API. */
  reversal?: 'blind' | 'lookUp';
  /** Longest life of one attempt to move money, in milliseconds. */
  timeoutMs: number;
  /** Longest life of one attempt to ask a question, where it is longer. Milliseconds. */
  questionTimeoutMs?: number;
  /** How long after a request an empty look-up can prove that it was never applied, where it differs from the policy. */
  absenceAfterMs?: number;
  baseline?: Baseline;
  /**
   * Its refund is only tried on the provider's own queue. Left out, it is first tried on the queue of refunds, where the
   * worker that runs the workflow may take it up at once.
   */
  ownQueue?: true;
  /** Nobody in the fleet serves its provider any more: it is asked on the queue of refunds, whose workers say so at once. */
  unserved?: true;
}

/** The rules in force when the refund was planned; later configuration never changes a running refund. Milliseconds. */
export interface Policy {
  fastRetries: number;
  slowRetryMs: number;
  giveUpAfterMs: number;
  lookUpDelaysMs: number[];
  absenceAfterMs: number;
  /** Decisions, and words about parked legs that move or write off money, need their person's signed statement. */
  signed?: true;
}

/** More than a limit allows without a person: this refund and the order's others together; no limit: any amount is. */
export interface OverLimit {
  kind: 'overLimit';
  of: 'points' | 'money';
  /** Points or minor units. */
  asked: number;
  others: number;
  limit: number | null;
}

/** How a person is asked before anything moves. */
export interface ApprovalPlan {
  /** How long they may take. Milliseconds. */
  timeoutMs: number;
  /** The limits that the order's refunds exceed together. */
  overLimits?: OverLimit[];
  /** Other refunds of the order with the same leg and amount, open or done. */
  repeats?: Repeated[];
}

/** A provider's "no" before anything moved. */
export interface PlanRefusal {
  leg: LegName;
  code: ProblemCode;
  message: string;
}

/**
 * A preflight question without an answer: it is asked again, no sooner than `retryAfterMs` (milliseconds). `notAsked`: the
 * worker that planned does not serve the provider, or did not wait for it; it is asked at once, on the provider's queue.
 */
export type UnansweredQuestion = { leg: LegName } & (
  { message: string; retryAfterMs?: number } | { notAsked: true }
);

/** Everything decided before money moves; it lies in the history and can be read there. */
export interface RefundPlan {
  legs: LegPlan[];
  /** Decimals of the refund's currency. */
  exponent: number;
  /** Absent: no person is asked. */
  approval?: ApprovalPlan;
  policy: Policy;
  refusals?: PlanRefusal[];
  /** Legs whose preflight question got no answer, and must be asked before anything else is done. */
  unanswered?: UnansweredQuestion[];
  /** Its shares are reserved at its order, which is told of the end. */
  held?: true;
  /** An older run under this id, a reset one or another start, may have moved money. */
  hasEarlierRuns?: true;
  /** When the oldest of them began, where this one is not a reset of it. ISO 8601. */
  earliestStart?: string;
}

/** The first leg that has no API to reverse it; once it is refunded the saga only goes forward. */
export function pivotOf(legs: readonly { leg: LegName }[]): LegName | undefined {
  const present = new Set(legs.map(({ leg }) => leg));
  return (['sale', 'cash'] as const).find((leg) => present.has(leg));
}

/** The queue of a provider's calls: only workers poll it that serve the provider, and its rate can be limited for all of them together. */
export function providerQueue(taskQueue: string, provider: ProviderName): string {
  return `${taskQueue}-${provider}`;
}

/** The part of a run id by which runs of one refund are told apart: it is in the history of every call. */
export function endOfRunId(runId: string): string {
  return runId.slice(-12);
}

/** Our idempotency key of a movement: the same on every attempt and in every run. */
export function idempotencyKey(refundId: string, leg: LegName, side: 'refund' | 'reversal'): string {
  return side === 'refund' ? `${refundId}:${leg}` : `${refundId}:${leg}:undo`;
}
