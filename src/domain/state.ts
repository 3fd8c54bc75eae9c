import type { ProblemCode, Receipt } from './provider-answers';
import { LEG_NAMES } from './plan';
import type { LegName, ProviderName } from './plan';
import type { ResolutionOutcome } from './resolution';

/** Statuses with which a run completes: a business outcome is a result, not an error. */
export const FINAL_STATUSES = [
  'refunded',
  'declined',
  'compensated',
  'cancelled',
  'rejected',
  'expired',
] as const;
/** How a refund ended. */
export type FinalStatus = (typeof FINAL_STATUSES)[number];

/** Where a refund stands; `invalid` is that of a run that failed because its request was wrong. */
export type RefundStatus =
  'planning' | 'awaitingApproval' | 'refunding' | 'compensating' | FinalStatus | 'invalid';

/** Where one leg stands; `pending` also means that it was never begun. */
export type LegStatus =
  | 'pending'
  | 'refunding'
  | 'lookingUp'
  | 'refunded'
  | 'declined'
  | 'parked'
  | 'reversing'
  | 'reversed'
  | 'waived';

/** Which of a leg's two movements is meant: the refund, or its reversal. */
export type Side = 'refund' | 'reversal';

/** Why a leg waits or ended without its money, in words for an operator. */
export interface Problem {
  readonly side: Side;
  readonly code: ProblemCode;
  readonly message: string;
  /** What the last look-up showed, and when (ISO 8601). */
  readonly evidence?: { readonly message: string; readonly at: string };
}

/** One leg as everybody sees it. */
export interface LegState {
  readonly provider: ProviderName;
  readonly status: LegStatus;
  readonly receipt?: Readonly<Receipt>;
  /** How the leg was reversed, once it is `reversed` or `waived`. */
  readonly reversal?: Readonly<Partial<Receipt>>;
  readonly problem?: Problem;
}

/** The manual decision; absent when none is needed. */
export interface Approval {
  readonly required: boolean;
  /** Only decisions with a signed statement count. */
  readonly signed?: true;
  readonly decision: null | 'approved' | 'rejected' | 'expired';
  readonly by?: string;
  readonly note?: string;
  readonly at?: string;
}

/** What a person said, and counted. `said` is the verb of their message; `at` is ISO 8601. */
export type PersonsWord =
  | {
      readonly at: string;
      readonly by: string;
      readonly said: 'approve' | 'reject';
      readonly note?: string;
    }
  | {
      readonly at: string;
      readonly by: string;
      readonly said: ResolutionOutcome;
      readonly leg: LegName;
      readonly evidence: string;
      /** It was to count whatever the provider showed. */
      readonly despiteProvider?: boolean;
    };

/**
 * The result of a run, and the reply to `getRefund` at any time. Only `transition` makes a new one.
 */
export interface RefundState {
  readonly refundId: string;
  readonly orderId: string;
  /** SHA-256 of the request's content; absent until the refund is planned. */
  readonly requestHash?: string;
  readonly status: RefundStatus;
  readonly waitingOn: 'approval' | 'operator' | ProviderName | null;
  readonly approval?: Approval;
  readonly legs: Readonly<Partial<Record<LegName, LegState>>>;
  /** Every word of a person that counted, the oldest first. */
  readonly people: readonly PersonsWord[];
}

/** The state with which a run completes. */
export type FinalState = RefundState & { readonly status: FinalStatus };

/** A leg whose problem is over. */
export function withoutProblem({ problem, ...leg }: LegState): LegState {
  return leg;
}

/** Whether nobody knows if the movement happened. */
export function isUnclear({ code }: Pick<Problem, 'code'>): boolean {
  return code === 'ambiguous' || code === 'alreadyDone';
}

/** Whether `retry` only finds out more, or sends what was not made: of an unclear reversal it says that it was not. */
export function retryClaimsNothing(problem: Pick<Problem, 'code' | 'side'>): boolean {
  return problem.side === 'refund' || !isUnclear(problem);
}

/** Whether nothing can have moved for it, though it was not refused either. */
export function isUntouched({ code }: Pick<Problem, 'code'>): boolean {
  return code === 'providerDown' || code === 'merchantBalance' || code === 'overCap';
}

/** Whether a person must act now: decide, or resolve a parked leg. */
export function needsAttention(state: RefundState): boolean {
  return state.waitingOn === 'approval' || state.waitingOn === 'operator';
}

/** The leg that waits for an operator; undefined where none does. */
export function parkedLegOf({ legs }: Pick<RefundState, 'legs'>): LegName | undefined {
  return LEG_NAMES.find((name) => legs[name]?.status === 'parked');
}

/** Why a person must act: `approval`, or `<provider>:<code>` of the parked leg; null while nobody must. */
export function attentionReason({ waitingOn, legs }: Pick<RefundState, 'waitingOn' | 'legs'>): string | null {
  if (waitingOn === 'approval') return waitingOn;
  const parked = Object.values(legs).find(({ status, problem }) => status === 'parked' && problem);
  if (waitingOn !== 'operator' || !parked?.problem) return null;
  return `${parked.provider}:${parked.problem.code}`;
}

/** Whether this status is one of the six that complete a run. */
export function isFinal(status: RefundStatus): status is FinalStatus {
  return (FINAL_STATUSES as readonly string[]).includes(status);
}
