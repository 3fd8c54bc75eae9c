import { FAILURES } from './contract';
import type { Baseline, CheckAnswer, LookUpAnswer, MovementAnswer, Retryable } from './provider-answers';
import type { EndOfRefund } from './order/end';
import type { ApprovalPlan, LegName, ProviderName, RefundPlan } from './plan';
import type { RefundRequest, RequestLeg } from './request';
import type { ResolutionOutcome } from './resolution';
import type { Sight } from './seen';

/** What the planning activity is given: the request exactly as it was sent. */
export interface PlanInput {
  request: unknown;
  /** The first run of this refund: any other run id in the activity means that the run was reset. */
  firstRunId: string;
  since: string;
  /** It came in clear, and these workers take only what is encrypted. */
  sentInClear?: true;
}

/**
 * What planning ends in.
 * - `planned`: a plan
 * - `invalid`: what is wrong with the request; `earlier`: what an earlier run may have moved all the same
 * - `orderAway`: the order did not answer whether the refund may have its shares
 */
export type PlanResult = (
  | { kind: 'planned'; plan: RefundPlan; requestHash: string }
  | { kind: 'invalid'; problems: string[]; hasEarlierRuns: boolean; earlier?: RefundPlan }
  | { kind: 'orderAway'; hasEarlierRuns: boolean }
) & {
  /** The worker that planned it has a receiver of notices, and the ids are ones that it may be told. */
  notices?: true;
};

/** What every activity that speaks to a provider about one leg is given. */
export interface LegInput {
  leg: RequestLeg;
  /** The currency of money and its decimals, as planned; points have neither. */
  currency?: string;
  exponent?: number;
  key: string;
  /** The end of the first run's id: an activity of a run with another one works for a run that was reset. */
  firstRun: string;
  /** An older run under this id may have moved money, and this is not a reset of it. */
  hasEarlierRuns?: true;
  /** Start of the refund's first execution, ISO 8601; only questions need it. */
  since?: string;
  /** Only of a look-up: a movement older than this is not ours. ISO 8601, with the tolerance for clocks. */
  notBefore?: string;
  /** Only of a look-up of a reversal: when the refund that it reverses was made, as far as that is known. ISO 8601. */
  refundedAt?: string;
  /** Only of a look-up: rows of which a person said that they are not ours. */
  notOurs?: string[];
  /** The run in which a look-up or a person cleared this movement to be sent (again). */
  clearedIn?: string;
  baseline?: Baseline;
  /** Only of a reversal: what the provider said that the points are worth. */
  worth?: string;
  /** Only of the last leg: the order to be told that the refund is done, once this leg is. */
  orderId?: string;
  /** Only where it was cleared to be sent (again). */
  hold?: Hold;
}

/** What a run that was reset reserves anew before it sends anything, and what a person was asked before, if one was. */
export interface Hold {
  request: RefundRequest;
  approval?: ApprovalPlan;
}

/**
 * How a movement ended, when it is no failure that may be retried; `at` is ISO 8601.
 * `uncleared`: nothing was sent, because an earlier run may have sent it and this one has not been cleared to.
 * `overCap`: nothing was sent, because other refunds of the order took what an earlier run had released.
 */
export type MovementResult = (
  Exclude<MovementAnswer, Retryable> | { kind: 'uncleared' } | { kind: 'overCap'; message: string }
) & {
  at: string;
  /** The order was told that the refund is done. */
  told?: true;
  /** The run of the attempt, where it is not done. */
  runId?: string;
  /** When the request was sent, by the clock of the worker, where it is not done. ISO 8601. */
  sentAt?: string;
};

/**
 * What a look-up found out, when, and in which run.
 * `absenceAfterMs`: how long after a request its absence is proven, as the worker that asked is configured.
 */
export type LookUpResult = LookUpAnswer & { at: string; runId: string; absenceAfterMs?: number };

/** A decision whose statement is to be checked, and what it must be about. */
export interface DecisionInput {
  request: unknown;
  firstRunId: string;
  decision: 'approve' | 'reject';
  by: string;
  statement: string;
}

/** Whether a statement is its approver's and about this decision; `statementHash` finds it again after a reset. */
export type CheckedDecision =
  { kind: 'accepted'; statementHash: string } | { kind: 'refused'; reason: string };

/** What comes next while a signed decision is awaited: the oldest that was not checked yet, or what ends the waiting. */
export type DecisionCheckInput = DecisionInput | { otherwise: 'cancelled' | 'expired' };

/** The result of that check. */
export type DecisionCheck = CheckedDecision | { kind: 'cancelled' | 'expired' };

/** What an operator signs of a parked leg, and what of the refund they had before them. */
export interface SignedOutcome extends Sight {
  leg: LegName;
  outcome: ResolutionOutcome;
  evidence: string;
  providerReference?: string;
  despiteProvider?: boolean;
}

/** A word about a parked leg whose statement is to be checked. */
export interface OutcomeInput extends Pick<DecisionInput, 'request' | 'by' | 'statement'> {
  said: SignedOutcome;
}

/** What comes next while a parked leg waits: the oldest word not checked yet, one that needs no statement, or a cancel. */
export type OutcomeCheckInput = OutcomeInput | { otherwise: 'accepted' | 'cancelled' };

/** The result of that check. */
export type OutcomeCheck = { kind: 'accepted' | 'cancelled' } | { kind: 'refused'; reason: string };

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

/** Failure type of an attempt whose provider a person has stopped. */
export const PROVIDER_STOPPED = 'ProviderStopped';

/** Failure type of an attempt that the worker which took it from the queue of refunds leaves to the provider's own queue. */
export const NOT_HERE = 'NotHere';

/** Failure types of attempts for which nothing can have moved. */
export const RETRYABLE_FAILURES: readonly string[] = ['NotSent', 'TurnedAway', PROVIDER_STOPPED];

/** Failure types of attempts whose input their worker could not read: none of our code ran. */
export const UNREADABLE_FAILURES: readonly string[] = [FAILURES.notDecodable, 'ValueError'];

/** The run that asked, and whether another one was the refund's first. */
export interface RunIdentity {
  runId: string;
  wasReset: boolean;
}

/** What became of a refund's shares, for its order. */
export interface EndInput {
  orderId: string;
  shares: EndOfRefund['shares'];
}

/** The activities of the refund saga; every one but the first six is one exchange with one provider. */
export interface RefundActivities {
  planRefund: (input: PlanInput) => Promise<PlanResult>;
  /** Which run asks, and whether it goes on from a reset, so that an earlier one may have moved money. */
  identifyRun: (input: { firstRunId: string }) => Promise<RunIdentity>;
  /** Checks a signed decision, for the approvers' keys are only here; or repeats what ended the waiting for one. */
  verifyDecision: (input: DecisionCheckInput) => Promise<DecisionCheck>;
  /** Checks a signed word about a parked leg, likewise. */
  verifyOutcome: (input: OutcomeCheckInput) => Promise<OutcomeCheck>;
  /** Tells the order what became of the refund's shares. */
  endRefund: (input: Pick<LegInput, 'firstRun'> & EndInput) => Promise<void>;
  /** Ends once a provider is not stopped (any more); fails, to be made again, while it is. */
  awaitResumption: (input: { provider: ProviderName }) => Promise<void>;
  checkLeg: (input: LegInput) => Promise<CheckResult>;
  refundLeg: (input: LegInput) => Promise<MovementResult>;
  lookUpRefund: (input: LegInput) => Promise<LookUpResult>;
  reverseLeg: (input: LegInput) => Promise<MovementResult>;
  lookUpReversal: (input: LegInput) => Promise<LookUpResult>;
}

/**
 * What became of a refund. `mayBeUnderWay`: its run is over, but until then (ISO 8601) its last request may be applied.
 * `moved`: the legs that its runs knew as refunded, as far as they say.
 */
export type FoundRefund =
  { kind: 'open' } | { kind: 'over'; moved: LegName[] } | { kind: 'mayBeUnderWay'; until: string };

/** The activities of an order. */
export interface OrderActivities {
  /** Whether a refund may still move what it holds; `runIds` are those that reserved, and `askedAt` is by the clock of the server, ISO 8601. */
  findRefund: (input: { refundId: string; runIds: string[]; askedAt: string }) => Promise<FoundRefund>;
}
