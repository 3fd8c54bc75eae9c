import { engineRetries, isOutOfPatience, waitBeforeRound } from '../domain/patience';
import type { LegPlan } from '../domain/plan';
import type { Problem } from '../domain/state';
import { readFailure, send } from './calls';
import type { Attempt } from './calls';
import { askOnce, findOut } from './find-out';
import type { Doubt } from './find-out';
import { confirm, declined, end, problemOf, providerOf, sendingStatus, waitForProvider } from './movement';
import type { Ending, Movement, Next } from './movement';
import { park } from './parking';
import { legState, pivotPassed, stopping } from './run';
import type { PlannedRun } from './run';
import { cancelledScope, pause } from './waiting';

const NO_REVERSAL: Problem = {
  side: 'reversal',
  code: 'noReversal',
  message: 'This provider offers no faithful way to take a refund back.',
};

/** Makes a movement happen once or not at all; returns only when it is known which. */
export function settle(run: PlannedRun, plan: LegPlan, kind: Movement['kind']): Promise<Ending> {
  const hasNoWay = kind === 'reversal' && plan.reversal === 'none';
  return walk(begin(run, plan, kind, false), hasNoWay ? { park: NO_REVERSAL } : 'again');
}

/** Finds out whether an earlier run made a refund that this run never sent. Sends nothing. */
export async function trace(run: PlannedRun, plan: LegPlan): Promise<Ending> {
  const movement = begin(run, plan, 'refund', true);
  return walk(movement, await findOut(movement, EARLIER_RUN));
}

const EARLIER_RUN: Doubt = {
  kind: 'ambiguous',
  message: 'This run was reset: an earlier one may have sent this already.',
  at: '',
};

function begin(run: PlannedRun, plan: LegPlan, kind: Movement['kind'], tracing: boolean): Movement {
  return {
    run,
    plan,
    kind,
    tracing,
    failedRounds: 0,
    ambiguousForMs: 0,
    wasInDoubt: false,
    lookUpFirst: false,
  };
}

async function walk(movement: Movement, first: Next): Promise<Ending> {
  let next = first;
  for (;;) {
    if (next === 'again') next = await attempt(movement);
    else if (typeof next === 'object') next = await park(movement, next.park);
    else return next;
  }
}

function attempt(movement: Movement): Promise<Next> {
  const { run, plan, kind } = movement;
  legState(run, plan.leg).status = sendingStatus(movement);
  const retries = engineRetries(run.plan.policy, movement.failedRounds);
  const call = () => send(movement, retries);
  return scoped(movement, call).then(
    (result) => judge(movement, result),
    (error: unknown) => judge(movement, readFailure(error, kind)),
  );
}

function scoped<Result>({ run, kind, tracing }: Movement, call: () => Promise<Result>): Promise<Result> {
  if (tracing) return cancelledScope().run(call);
  return kind === 'reversal' || pivotPassed(run) ? call() : run.stoppable.run(call);
}

function judge(movement: Movement, result: Attempt): Next | Promise<Next> {
  switch (result.kind) {
    case 'passed':
      if (result.baseline) movement.plan.baseline = result.baseline;
      return end(movement, 'pending', 'done');
    case 'done':
      return confirm(movement, result, result.at, 'answer');
    case 'refused':
      return declined(movement, result);
    case 'declined':
      if (movement.wasInDoubt) return findOut(movement, { ...result, kind: 'alreadyDone' });
      return declined(movement, result);
    case 'stopped':
      return end(movement, 'pending', 'stopped');
    case 'failed':
      return tryLater(movement, result);
    case 'transient':
      movement.lookUpFirst = true;
      return tryLater(movement, { ...result, failedAt: Date.parse(result.at) });
    case 'alreadyDone':
    case 'ambiguous':
      return findOut(movement, result);
  }
}

/** Nothing moved: waits and lets another attempt follow, until our patience ends. */
async function tryLater(
  movement: Movement,
  failure: Omit<Extract<Attempt, { kind: 'failed' }>, 'kind'>,
): Promise<Next> {
  const { run } = movement;
  const { policy } = run.plan;
  const { message, failedAt, retryAfterMs } = failure;
  movement.startedAt ??= failure.startedAt ?? failedAt;
  movement.failedRounds += 1;
  if (isOutOfPatience(policy, movement.startedAt, failedAt, retryAfterMs)) {
    return { park: problemOf(movement, { code: 'providerDown', message }) };
  }
  const trouble = { message, ...timeOf(failedAt), patienceMs: policy.giveUpAfterMs };
  waitForProvider(movement, sendingStatus(movement), trouble);
  const wait = Math.max(waitBeforeRound(policy, movement.failedRounds), retryAfterMs ?? 0);
  const stop = () => movement.kind !== 'reversal' && stopping(run);
  await pause(wait, stop, `Wait before the next try · ${movement.plan.leg} · ${providerOf(movement)}`);
  return movement.lookUpFirst ? askOnce(movement, { code: 'ambiguous', message }) : 'again';
}

/** A time as it is shown; a worker's clock may say anything. */
function timeOf(milliseconds = NaN): { at?: string } {
  const at = new Date(milliseconds);
  return Number.isNaN(at.getTime()) ? {} : { at: at.toISOString() };
}
