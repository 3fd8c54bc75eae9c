import type { Baseline, CheckAnswer, LookUpAnswer, MovementAnswer, Retryable } from './outcome';
import type { RefundPlan } from './plan';
import type { RequestLeg } from './request';

/** What the planning activity is given: the request exactly as it was sent. */
export interface PlanInput {
  request: unknown;
  /** The first run of this refund: any other run id in the activity means that the run was reset. */
  firstRunId: string;
  since: string;
}

/** What planning ends in: a plan, or what is wrong with the request. */
export type PlanResult = { kind: 'planned'; plan: RefundPlan } | { kind: 'invalid'; problems: string[] };

/** What every activity that speaks to a provider about one leg is given. */
export interface LegInput {
  leg: RequestLeg;
  currency: string;
  key: string;
  firstRunId: string;
  /** Start of the refund's first execution, ISO 8601; only questions need it. */
  since?: string;
  /** The run in which a look-up or a person cleared this movement to be sent (again). */
  clearedIn?: string;
  baseline?: Baseline;
}

/** How a movement ended, when it is no failure that may be retried; `at` is ISO 8601. */
export type MovementResult = Exclude<MovementAnswer, Retryable> & {
  at: string;
  /** The run of the attempt, where the outcome is in doubt. */
  runId?: string;
};

/** What a look-up found out, when, and in which run. */
export type LookUpResult = LookUpAnswer & { at: string; runId: string };

/** A decision whose statement is to be checked, and what it must be about. */
export interface DecisionInput {
  request: unknown;
  firstRunId: string;
  decision: 'approve' | 'reject';
  by: string;
  statement: string;
}

/** Whether a statement is its approver's and about this decision; `statementHash` finds it again after a reset. */
export type DecisionVerdict =
  { kind: 'accepted'; statementHash: string } | { kind: 'refused'; reason: string };

/** What comes next while a signed decision is awaited: the oldest that was not heard yet, or what ends the waiting. */
export type HearingInput = DecisionInput | { otherwise: 'cancelled' | 'expired' };

/** What came of it. */
export type Heard = DecisionVerdict | { kind: 'cancelled' | 'expired' };

/** What preflight found out, when it was asked again. */
export type CheckResult = Exclude<CheckAnswer, { kind: 'unanswered' }>;

/** Details of a failed attempt: nothing moved, and it may be made again. Times in milliseconds since the epoch. */
export interface AttemptFailure {
  message: string;
  /** When its first attempt began. */
  startedAt: number;
  failedAt: number;
  retryAfterMs?: number;
}

/** Failure types of attempts for which nothing can have moved. */
export const RETRYABLE_FAILURES: readonly string[] = ['NotSent', 'TurnedAway'];

/** The activities of the refund saga; every one but the first three is one exchange with one provider. */
export interface RefundActivities {
  planRefund: (input: PlanInput) => Promise<PlanResult>;
  /** Whether this run goes on from a reset, so that an earlier one may have moved money. */
  wasReset: (input: { firstRunId: string }) => Promise<boolean>;
  /** Checks a signed decision, for the approvers' keys are only here; or repeats what ended the waiting for one. */
  verifyDecision: (input: HearingInput) => Promise<Heard>;
  checkLeg: (input: LegInput) => Promise<CheckResult>;
  refundLeg: (input: LegInput) => Promise<MovementResult>;
  lookUpRefund: (input: LegInput) => Promise<LookUpResult>;
  reverseLeg: (input: LegInput) => Promise<MovementResult>;
  lookUpReversal: (input: LegInput) => Promise<LookUpResult>;
}
