import type { Baseline, ProblemCode } from './outcome';

/** The wallets a refund gives back to, in the order in which the saga walks them. */
export const LEG_NAMES = ['loyalty', 'sale', 'cash'] as const;
/** One wallet's share of a refund. */
export type LegName = (typeof LEG_NAMES)[number];

/** The APIs behind the legs. */
export const PROVIDER_NAMES = ['dsquares', 'mircate', 'paywall', 'sipay', 'wyre'] as const;
/** The API behind a leg. */
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** What the saga needs to know of one leg's provider, recorded when the refund is planned. */
export interface LegPlan {
  leg: LegName;
  /** Whether a look-up after an ambiguous refund settles it, or is only evidence for an operator. */
  lookUp: 'decides' | 'evidence';
  /** Whether a refunded leg can be taken back, and whether that movement can be looked up in its turn. */
  reversal: 'none' | 'blind' | 'lookUp';
  /** Longest life of one activity attempt, in milliseconds. */
  timeoutMs: number;
  /** How long after a request an empty look-up can prove that it was never applied, where the policy's is not meant. */
  absenceAfterMs?: number;
  /** The provider's own task queue, when its rate is limited. */
  taskQueue?: string;
  baseline?: Baseline;
}

/** The rules in force when the refund was planned; later configuration never changes a running refund. Milliseconds. */
export interface Policy {
  approvalTimeoutMs: number;
  fastRetries: number;
  slowRetryMs: number;
  giveUpAfterMs: number;
  lookUpDelaysMs: number[];
  absenceAfterMs: number;
}

/** A provider's "no" before anything moved. */
export interface PlanRefusal {
  leg: LegName;
  code: ProblemCode;
  message: string;
}

/** Everything decided before money moves; it lies in the history and can be read there. */
export interface RefundPlan {
  legs: LegPlan[];
  /** Decimals of the refund's currency. */
  exponent: number;
  approvalRequired: boolean;
  /** Whether a decision must come with its approver's signed statement. */
  signedDecisions?: true;
  policy: Policy;
  refusals?: PlanRefusal[];
  /** Legs whose preflight question got no answer and must be asked again. */
  unanswered?: LegName[];
}

/** The first leg that cannot be taken back faithfully; once it is refunded the saga only goes forward. */
export function pivotOf(legs: readonly { leg: LegName }[]): LegName | undefined {
  const present = new Set(legs.map(({ leg }) => leg));
  return (['sale', 'cash'] as const).find((leg) => present.has(leg));
}

/** Our idempotency key of a movement: the same on every attempt and in every run. */
export function idempotencyKey(refundId: string, leg: LegName, side: 'refund' | 'reversal'): string {
  return side === 'refund' ? `${refundId}:${leg}` : `${refundId}:${leg}:undo`;
}
