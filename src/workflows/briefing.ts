import { workflowInfo } from '@temporalio/workflow';
import type { Briefing, Choice, LegBriefing } from '../domain/briefing';
import { CONSEQUENCES } from '../domain/consequences';
import type { Settled } from '../domain/consequences';
import { amountOf, showAmount } from '../domain/money';
import type { LegPlan } from '../domain/plan';
import { acceptedOutcomes } from '../domain/resolution';
import { lookForAt } from '../domain/story/look-for';
import { legState, pivotPassed, requestedLeg, stopping, textOf } from './run';
import type { PlannedRun, Run } from './run';

/** What a person needs to know now beside the state. */
export function briefingOf(run: Run): Briefing {
  const { request, cancelRequested, decideBefore, ignored } = run;
  const { runId, firstExecutionRunId } = workflowInfo();
  return {
    requestedBy: textOf(request, 'requestedBy'),
    reason: textOf(request, 'reason'),
    cancelRequested,
    wasReset: runId !== firstExecutionRunId,
    ...(decideBefore !== undefined && { decideBefore }),
    legs: isPlanned(run)
      ? Object.fromEntries(run.plan.legs.map((plan) => [plan.leg, legBriefing(run, plan)]))
      : {},
    ignored,
  };
}

/** What a leg accepts from an operator now, and what that does; nothing unless it is parked. */
export function choicesFor(run: Run, leg: LegPlan['leg']): Choice[] {
  const plan = run.plan?.legs.find((planned) => planned.leg === leg);
  const { status, problem } = run.state.legs[leg] ?? {};
  if (!plan || status !== 'parked' || !problem) return [];
  const parked: Settled = {
    problem,
    pivotPassed: pivotPassed(run),
    stopping: stopping(run),
    planning: run.state.status === 'planning',
    hasReversal: plan.reversal !== 'none',
    lookUp: plan.lookUp,
    reversal: plan.reversal,
  };
  return acceptedOutcomes(parked).map((outcome) => ({ outcome, consequence: CONSEQUENCES[outcome](parked) }));
}

function legBriefing(run: PlannedRun, { leg }: LegPlan): LegBriefing {
  const { request, plan, troubles } = run;
  const requested = requestedLeg(run, leg);
  const trouble = troubles.get(leg);
  return {
    amount: showAmount(amountOf(requested), request.currency, plan.exponent),
    lookFor: lookForAt(request.refundId, leg, requested, legState(run, leg).problem?.side ?? 'refund'),
    choices: choicesFor(run, leg),
    ...(trouble && { trouble }),
  };
}

function isPlanned(run: Run): run is PlannedRun {
  return run.plan !== undefined;
}
