import { ActivityFailure } from '@temporalio/common';
import type { RetryPolicy } from '@temporalio/common';
import { isCancellation, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import type {
  CheckResult,
  EndInput,
  LegInput,
  LookUpResult,
  MovementResult,
  PlanInput,
  PlanResult,
  RefundActivities,
  RunIdentity,
} from '../domain/activity-types';
import { amountOf, showAmount } from '../domain/money';
import { endOfRunId, idempotencyKey, providerQueue } from '../domain/plan';
import type { LegPlan, ProviderName, RefundPlan } from '../domain/plan';
import { isLookUpResult } from '../domain/result-shapes';
import { longestQueueWait } from '../domain/retry-schedule';
import type { Side } from '../domain/state';
import type { Movement } from './movement';
import { legRequest } from './run';
import type { PlannedRun, Run } from './run';

const { planRefund } = localActivities('Preflight');
const { identifyRun } = localActivities('Find out whether an earlier run may have sent anything');
const { endRefund } = localActivities('Tell the order what became of it', { scheduleToCloseTimeout: '2m' });

function localActivities(summary: string, more: LocalActivityOptions = {}) {
  return proxyLocalActivities<RefundActivities>({
    summary,
    ...more,
    startToCloseTimeout: '10m',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });
}

/** Plans the refund and asks the preflight questions, in one local activity. */
export function requestPlan(run: Run): Promise<PlanResult> {
  return planRefund(planInput(run));
}

function planInput({ request, sentInClear }: Run): PlanInput {
  return {
    request,
    firstRunId: workflowInfo().firstExecutionRunId,
    since: startOfRefund(null),
    ...(sentInClear && { sentInClear }),
  };
}

/** Tells the order what became of the refund's shares. One that cannot be told holds them: no refund waits for that. */
export async function tellOrder(input: EndInput): Promise<void> {
  const firstRun = endOfRunId(workflowInfo().firstExecutionRunId);
  await endRefund({ ...input, firstRun }).catch((error: unknown) => {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
  });
}

/** The same outside of a workflow task, until the order answers. */
export function requestPlanAgain(run: Run): Promise<PlanResult> {
  const again = proxyActivities<RefundActivities>({
    summary: 'Plan, once the order answers',
    startToCloseTimeout: '10m',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  });
  return again.planRefund(planInput(run));
}

/** The queue of a provider's calls. */
export function queueOf(provider: ProviderName): string {
  return providerQueue(workflowInfo().taskQueue, provider);
}

/** When the refund's first run began, or the oldest one under its id, ISO 8601. */
export function startOfRefund(refundPlan: RefundPlan | null): string {
  return refundPlan?.earliestStart ?? workflowInfo().startTime.toISOString();
}

/** Which run this is now, and whether it goes on from a reset. */
export function whoIs(): Promise<RunIdentity> {
  return identifyRun({ firstRunId: workflowInfo().firstExecutionRunId });
}

/**
 * Which run this is, and whether an earlier one may have moved money. Asked anew each time: what a run was told before it
 * was reset lies in the history of the run that goes on, and holds for it no more.
 */
export async function identify(run: PlannedRun): Promise<{ runId: string; hasEarlierRuns: boolean }> {
  const { runId, wasReset } = await whoIs();
  return { runId, hasEarlierRuns: wasReset || run.refundPlan.hasEarlierRuns === true };
}

/** Sends a refund or a reversal, or asks a preflight question again. */
export function requestMovement(
  { run, legPlan, kind, clearance }: Movement,
  { retries, eager }: { retries: number; eager: boolean },
): Promise<MovementResult | CheckResult> {
  const { verb, activity } = SENDINGS[kind];
  const timeoutMs = kind === 'check' ? questionTimeout(legPlan) : legPlan.timeoutMs;
  const worth = kind === 'reversal' ? run.state.legs[legPlan.leg]?.receipt?.worth : undefined;
  return activitiesFor(run, legPlan, { verb, retries, timeoutMs, eager })[activity]({
    ...legInput(run, legPlan, kind === 'reversal' ? kind : 'refund'),
    ...(kind === 'check' && { since: startOfRefund(run.refundPlan) }),
    // M1: the activity sends nothing that its run was not cleared to send.
    ...(clearance.kind === 'cleared' && { clearedIn: clearance.runId }),
    ...(kind === 'refund' && atOrder(run, legPlan, { isCleared: clearance.kind === 'cleared' })),
    ...(worth !== undefined && { worth }),
  });
}

/** What the activity says to the order: that it holds the share, where it may not any more, and that all is done. */
function atOrder(
  { refundPlan: { held, legs, approval }, request }: PlannedRun,
  { leg }: LegPlan,
  { isCleared }: { isCleared: boolean },
): Pick<LegInput, 'orderId' | 'hold'> {
  if (!held) return {};
  return {
    ...(legs.at(-1)?.leg === leg && { orderId: request.orderId }),
    ...(isCleared && { hold: { request, ...(approval && { approval }) } }),
  };
}

/** Waits until the provider is not stopped any more. On the queue of refunds, so that no limit of the provider's counts it. */
export function awaitResumption(movement: Movement): Promise<void> {
  const { run, legPlan } = movement;
  const { provider } = legRequest(run, legPlan.leg);
  const activities = proxyActivities<RefundActivities>({
    summary: `Wait until ${provider} is resumed · ${legPlan.leg}`,
    startToCloseTimeout: '10s',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { initialInterval: '5s', backoffCoefficient: 1.5, maximumInterval: '30s' },
  });
  return activities.awaitResumption({ provider });
}

const SENDINGS = {
  check: { verb: 'Check before the refund of', activity: 'checkLeg' },
  refund: { verb: 'Refund', activity: 'refundLeg' },
  reversal: { verb: 'Reverse', activity: 'reverseLeg' },
} as const;

/** Asks the provider what became of a movement; undefined when the asking itself was cut off. */
export async function requestLookUp(
  { run, legPlan, kind, evidence: { notOurs } }: Movement,
  { notBefore, withinMs }: { notBefore: string; withinMs: number | undefined },
): Promise<LookUpResult | undefined> {
  const side = kind === 'reversal' ? 'reversal' : 'refund';
  const verb = side === 'refund' ? 'Look up the refund of' : 'Look up the reversal of';
  const activities = activitiesFor(run, legPlan, {
    verb,
    retries: 0,
    timeoutMs: questionTimeout(legPlan),
    withinMs,
  });
  const refundedAt = run.refundedAt.get(legPlan.leg) ?? run.state.legs[legPlan.leg]?.receipt?.at;
  const input: LegInput = {
    ...legInput(run, legPlan, side),
    since: startOfRefund(run.refundPlan),
    notBefore,
    ...(side === 'reversal' && refundedAt !== undefined && { refundedAt }),
    ...(notOurs.length > 0 && { notOurs }),
  };
  try {
    const ask = side === 'refund' ? activities.lookUpRefund(input) : activities.lookUpReversal(input);
    const result: unknown = await ask;
    // What somebody else completed the activity with says nothing.
    return isLookUpResult(result) ? result : undefined;
  } catch (error) {
    if (error instanceof ActivityFailure) return undefined;
    throw error;
  }
}

function questionTimeout({ timeoutMs, questionTimeoutMs }: LegPlan): number {
  return questionTimeoutMs ?? timeoutMs;
}

/** An attempt that ran out of time may have moved money: it is the only one, even if an operator changes its options. */
const NEVER_AGAIN = ['TemporalTimeout:StartToClose', 'TemporalTimeout:Heartbeat'];

const ONCE: RetryPolicy = { maximumAttempts: 1, nonRetryableErrorTypes: NEVER_AGAIN };

const RETRIES: RetryPolicy = {
  initialInterval: '2s',
  maximumInterval: '30s',
  nonRetryableErrorTypes: NEVER_AGAIN,
};

interface How {
  verb: string;
  retries: number;
  timeoutMs: number;
  /** The longest that all of it may take, waiting for a worker too; undefined: as long as that takes. */
  withinMs?: number | undefined;
  /** On the queue of refunds, which is polled by the workers that run this code. */
  eager?: boolean;
}

function activitiesFor(run: PlannedRun, legPlan: LegPlan, how: How) {
  const { verb, retries, timeoutMs, withinMs, eager = false } = how;
  const request = legRequest(run, legPlan.leg);
  const amount = showAmount(amountOf(request), run.request.currency, run.refundPlan.exponent);
  const options: ActivityOptions = {
    ...(withinMs !== undefined && { scheduleToCloseTimeout: withinMs }),
    startToCloseTimeout: timeoutMs,
    // Set explicitly: left out, a cancel would lose the result of a call in flight.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    summary: `${verb} ${amount} · ${legPlan.leg} · ${request.provider}`,
    retry: retries === 0 ? ONCE : { ...RETRIES, maximumAttempts: retries + 1 },
    ...(!eager &&
      !legPlan.unserved && {
        taskQueue: queueOf(request.provider),
        scheduleToStartTimeout: longestQueueWait(run.refundPlan.policy),
      }),
  };
  return proxyActivities<RefundActivities>(options);
}

function legInput(run: PlannedRun, { leg }: LegPlan, side: Side): LegInput {
  const baseline = run.baselines.get(leg);
  const requested = legRequest(run, leg);
  return {
    leg: requested,
    ...('amountMinor' in requested && { currency: run.request.currency, exponent: run.refundPlan.exponent }),
    key: idempotencyKey(run.request.refundId, leg, side),
    firstRun: endOfRunId(workflowInfo().firstExecutionRunId),
    ...(run.refundPlan.hasEarlierRuns && { hasEarlierRuns: true }),
    ...(baseline && { baseline }),
  };
}
