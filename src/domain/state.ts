import type { ProblemCode, Receipt } from './outcome';
import type { LegName, ProviderName } from './plan';

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

/** Which of a leg's two movements is meant: giving back, or taking back what was given. */
export type Side = 'refund' | 'reversal';

/** Why a leg waits or ended without its money, in words for an operator. */
export interface Problem {
  side: Side;
  code: ProblemCode;
  message: string;
  /** What the last look-up showed, and when (ISO 8601). */
  evidence?: { message: string; at: string };
}

/** One leg as everybody sees it. */
export interface LegState {
  provider: ProviderName;
  status: LegStatus;
  receipt?: Receipt;
  /** How the leg was taken back, once it is `reversed` or `waived`. */
  reversal?: Partial<Receipt> & { by?: string };
  problem?: Problem;
}

/** The manual decision; absent when none is needed. */
export interface Approval {
  required: boolean;
  /** Only decisions with a signed statement count. */
  signed?: true;
  decision: null | 'approved' | 'rejected' | 'expired';
  by?: string;
  note?: string;
  at?: string;
}

/** The result of a run and the answer of `getRefund` at any time (design: public contract 3.2). */
export interface RefundState {
  refundId: string;
  orderId: string;
  status: RefundStatus;
  waitingOn: 'approval' | 'operator' | ProviderName | null;
  approval?: Approval;
  legs: Partial<Record<LegName, LegState>>;
}

/** Whether a person must act now: decide, or settle a parked leg. */
export function needsAttention(state: RefundState): boolean {
  return state.waitingOn === 'approval' || state.waitingOn === 'operator';
}

/** Whether this status is one of the six that complete a run. */
export function isFinal(status: RefundStatus): status is FinalStatus {
  return (FINAL_STATUSES as readonly string[]).includes(status);
}
