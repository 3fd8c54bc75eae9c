import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { RetryPolicy } from '@temporalio/common';
import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import { RETRYABLE_FAILURES } from '../domain/exchange';
import type {
  AttemptFailure,
  CheckResult,
  LegInput,
  LookUpResult,
  MovementResult,
  PlanResult,
  RefundActivities,
} from '../domain/exchange';
import { amountOf, showAmount } from '../domain/money';
import { idempotencyKey } from '../domain/plan';
import type { LegPlan } from '../domain/plan';
import type { Side } from '../domain/state';
import type { Movement } from './movement';
import { requestedLeg } from './run';
import type { PlannedRun } from './run';

/** What can come of one attempt at a movement, or at a preflight question. */
export type Attempt =
  | MovementResult
  | CheckResult
  | ({ kind: 'failed' } & Partial<AttemptFailure> & { message: string })
  | { kind: 'stopped' };

const { planRefund } = localActivities('Plan, and ask the providers');
const { wasReset } = localActivities(
  'Find out whether an earlier run, before a reset, may have sent anything',
);

function localActivities(summary: string) {
  return proxyLocalActivities<RefundActivities>({
    summary,
    startToCloseTimeout: '10m',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });
}

/** Plans the refund and asks the preflight questions, in one local activity. */
export function requestPlan(request: unknown): Promise<PlanResult> {
  const { firstExecutionRunId, startTime } = workflowInfo();
  return planRefund({ request, firstRunId: firstExecutionRunId, since: startTime.toISOString() });
}

/** Whether an earlier run of this refund may have moved money. */
export async function hasEarlierRuns(): Promise<boolean> {
  return wasReset({ firstRunId: workflowInfo().firstExecutionRunId });
}

/** Sends a refund or a reversal, or asks a preflight question again. */
export function send(
  { run, plan, kind, clearedIn }: Movement,
  retries: number,
): Promise<MovementResult | CheckResult> {
  const { verb, activity } = SENDINGS[kind];
  const input = legInput(run, plan, kind === 'reversal' ? kind : 'refund', kind === 'check');
  return activitiesFor(run, plan, verb, retries)[activity]({
    ...input,
    ...(clearedIn !== undefined && { clearedIn }),
  });
}

const SENDINGS = {
  check: { verb: 'Ask before the refund of', activity: 'checkLeg' },
  refund: { verb: 'Refund', activity: 'refundLeg' },
  reversal: { verb: 'Take back', activity: 'reverseLeg' },
} as const;

/** What the failure of something sent says; the engine retries only attempts for which nothing can have moved. */
export function readFailure(error: unknown, kind: Movement['kind']): Attempt {
  if (error instanceof CancelledFailure) return { kind: 'stopped' };
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof CancelledFailure) return { kind: 'stopped' };
  if (cause instanceof ApplicationFailure && RETRYABLE_FAILURES.includes(cause.type ?? '')) {
    return { kind: 'failed', ...(cause.details?.[0] as AttemptFailure) };
  }
  return kind === 'check' ? { kind: 'failed', message: 'The question was cut off.' } : CUT_OFF;
}

const CUT_OFF: Attempt = {
  kind: 'ambiguous',
  message: 'The call was cut off in the middle (its worker stopped); it may have reached the provider.',
  at: '',
};

/** Asks the provider what became of a movement; undefined when the asking itself was cut off. */
export async function lookUp(run: PlannedRun, plan: LegPlan, side: Side): Promise<LookUpResult | undefined> {
  const activities = activitiesFor(
    run,
    plan,
    side === 'refund' ? 'Look up refund of' : 'Look up taking back',
    0,
  );
  const input = legInput(run, plan, side, true);
  try {
    return await (side === 'refund' ? activities.lookUpRefund(input) : activities.lookUpReversal(input));
  } catch (error) {
    if (error instanceof ActivityFailure) return undefined;
    throw error;
  }
}

const ONCE: RetryPolicy = { maximumAttempts: 1 };

const RETRIES: RetryPolicy = {
  initialInterval: '2s',
  maximumInterval: '30s',
  // An attempt that ran out of time may have moved money: it is the only one.
  nonRetryableErrorTypes: ['TemporalTimeout:StartToClose', 'TemporalTimeout:Heartbeat'],
};

function activitiesFor(run: PlannedRun, plan: LegPlan, verb: string, retries: number) {
  const leg = requestedLeg(run, plan.leg);
  const amount = showAmount(amountOf(leg), run.request.currency, run.plan.exponent);
  const options: ActivityOptions = {
    startToCloseTimeout: plan.timeoutMs,
    // Set explicitly: left out, a cancel would lose the result of a call in flight.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: `${verb} ${amount} · ${plan.leg} · ${leg.provider}`,
    retry: retries === 0 ? ONCE : { ...RETRIES, maximumAttempts: retries + 1 },
    ...(plan.taskQueue !== undefined && { taskQueue: plan.taskQueue }),
  };
  return proxyActivities<RefundActivities>(options);
}

function legInput(run: PlannedRun, { leg, baseline }: LegPlan, side: Side, isQuestion: boolean): LegInput {
  const { firstExecutionRunId, startTime } = workflowInfo();
  return {
    leg: requestedLeg(run, leg),
    currency: run.request.currency,
    key: idempotencyKey(run.request.refundId, leg, side),
    firstRunId: firstExecutionRunId,
    ...(isQuestion && { since: startTime.toISOString() }),
    ...(isQuestion && baseline && { baseline }),
  };
}
