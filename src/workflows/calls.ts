import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import { RETRYABLE_FAILURES } from '../domain/exchange';
import type {
  AttemptFailure,
  LegInput,
  LookUpResult,
  MovementResult,
  PlanResult,
  RefundActivities,
} from '../domain/exchange';
import { showAmount } from '../domain/money';
import type { Baseline } from '../domain/outcome';
import { idempotencyKey } from '../domain/plan';
import type { LegPlan } from '../domain/plan';
import type { Side } from '../domain/state';
import type { PlannedRun } from './run';

/** What can come of one attempt at a movement, or at a preflight question. */
export type Attempt =
  | MovementResult
  | { kind: 'passed'; baseline?: Baseline }
  | ({ kind: 'failed' } & Partial<AttemptFailure> & { message: string })
  | { kind: 'stopped' };

const { planRefund } = proxyLocalActivities<RefundActivities>({
  startToCloseTimeout: '10m',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

/** Plans the refund and asks the preflight questions, in one local activity. */
export async function requestPlan(request: unknown): Promise<PlanResult> {
  const { firstExecutionRunId, startTime } = workflowInfo();
  return planRefund({ request, firstRunId: firstExecutionRunId, since: startTime.toISOString() });
}

/** Asks one preflight question again. */
export function askAgain(run: PlannedRun, plan: LegPlan, retries: number): Promise<Attempt> {
  const { checkLeg } = activitiesFor(run, plan, 'Check', retries);
  return checkLeg(legInput(run, plan, 'refund')).then(
    (result) =>
      result.kind === 'passed' ? result : ({ ...result, kind: 'declined', at: '', runId: '' } as Attempt),
    (error: unknown) => readFailure(error) ?? { kind: 'failed', message: 'The question was cut off.' },
  );
}

/** Sends a refund or a reversal; the engine retries only attempts for which nothing can have moved. */
export function send(
  run: PlannedRun,
  plan: LegPlan,
  side: Side,
  clearedIn: string | undefined,
  retries: number,
): Promise<Attempt> {
  const activities = activitiesFor(run, plan, side === 'refund' ? 'Refund' : 'Take back', retries);
  const input = { ...legInput(run, plan, side), ...(clearedIn !== undefined && { clearedIn }) };
  const result = side === 'refund' ? activities.refundLeg(input) : activities.reverseLeg(input);
  return result.catch(
    (error: unknown) =>
      readFailure(error) ?? {
        kind: 'ambiguous',
        message: 'The call was cut off in the middle (its worker stopped); it may have reached the provider.',
        at: '',
        runId: '',
      },
  );
}

/** Asks the provider what became of a movement; undefined when the asking itself was cut off. */
export async function lookUp(run: PlannedRun, plan: LegPlan, side: Side): Promise<LookUpResult | undefined> {
  const activities = activitiesFor(run, plan, 'Look up', 0);
  const input = legInput(run, plan, side);
  try {
    return await (side === 'refund' ? activities.lookUpRefund(input) : activities.lookUpReversal(input));
  } catch (error) {
    if (error instanceof ActivityFailure) return undefined;
    throw error;
  }
}

function activitiesFor(run: PlannedRun, plan: LegPlan, verb: string, retries: number) {
  const amount = showAmount(plan.amount, run.request.currency, run.plan.exponent);
  const options: ActivityOptions = {
    startToCloseTimeout: plan.timeoutMs,
    // Set explicitly: left out, a cancel would lose the result of a call in flight.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: `${verb} ${amount} · ${plan.leg} · ${plan.provider}`,
    retry: {
      maximumAttempts: retries + 1,
      initialInterval: '2s',
      maximumInterval: '30s',
      // An attempt that ran out of time may have moved money: it is the only one.
      nonRetryableErrorTypes: ['TemporalTimeout:StartToClose', 'TemporalTimeout:Heartbeat'],
    },
    ...(plan.taskQueue !== undefined && { taskQueue: plan.taskQueue }),
  };
  return proxyActivities<RefundActivities>(options);
}

function legInput({ request, plan: { exponent } }: PlannedRun, plan: LegPlan, side: Side): LegInput {
  const leg = request[plan.leg];
  if (!leg) throw new TypeError(`the request has no ${plan.leg} leg`);
  const { firstExecutionRunId, startTime } = workflowInfo();
  return {
    leg,
    currency: request.currency,
    exponent,
    key: idempotencyKey(request.refundId, plan.leg, side),
    since: startTime.toISOString(),
    firstRunId: firstExecutionRunId,
    ...(plan.baseline && { baseline: plan.baseline }),
  };
}

function readFailure(error: unknown): Attempt | undefined {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof CancelledFailure) return { kind: 'stopped' };
  if (cause instanceof ApplicationFailure && RETRYABLE_FAILURES.includes(cause.type ?? '')) {
    return { kind: 'failed', ...(cause.details?.[0] as AttemptFailure) };
  }
  return undefined;
}
