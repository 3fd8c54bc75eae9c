import { workflowInfo } from '@temporalio/workflow';
import type { Briefing, Choice, LegBriefing } from '../domain/briefing';
import { amountOf, showAmount } from '../domain/money';
import { whyOverLimit } from '../domain/over-limit';
import type { LegPlan } from '../domain/plan';
import { acceptedOutcomes, offeredOutcomes, OUTCOMES } from '../domain/resolution';
import type { ParkedLeg, ResolutionOutcome } from '../domain/resolution';
import { seenOf } from '../domain/seen';
import { lookForAt } from '../domain/details/look-for';
import { isPlanned, legState, pivotPassed, legRequest, stopping, textOf } from './run';
import type { PlannedRun, Run } from './run';

/** What a person needs to know now in addition to the state. */
export function briefingOf(run: Run): Briefing {
  const { request, cancelRequested, shown } = run;
  const { runId, firstExecutionRunId } = workflowInfo();
  const { exponent = 0, approval } = run.refundPlan ?? {};
  const currency = textOf(request, 'currency');
  return {
    requestedBy: textOf(request, 'requestedBy'),
    reason: textOf(request, 'reason'),
    cancelRequested,
    wasReset: runId !== firstExecutionRunId || (run.refundPlan?.hasEarlierRuns ?? false),
    ...(run.refundPlan?.policy.signed && { signed: true }),
    ...(shown.waitsForOrder && { waitsForOrder: true }),
    ...(approval?.overLimits && {
      overLimits: approval.overLimits.map((reason) => whyOverLimit(reason, currency, exponent)),
    }),
    ...(approval?.repeats && { repeats: approval.repeats }),
    ...(shown.decideBefore !== null && { decideBefore: shown.decideBefore }),
    legs: isPlanned(run)
      ? Object.fromEntries(run.refundPlan.legs.map((legPlan) => [legPlan.leg, legBriefing(run, legPlan)]))
      : {},
    ignored: shown.ignored,
  };
}

/** What a leg accepts from an operator now; nothing unless it is parked. */
export function acceptedFor(run: Run, leg: LegPlan['leg']): ResolutionOutcome[] {
  const parked = parkedLeg(run, leg);
  return parked ? acceptedOutcomes(parked) : [];
}

/** What an operator is offered for a leg now, and what that does; nothing unless it is parked. */
function choicesFor(parked: ParkedLeg | undefined): Choice[] {
  if (!parked) return [];
  return offeredOutcomes(parked).map((outcome) => ({
    outcome,
    consequence: OUTCOMES[outcome].consequence(parked),
  }));
}

/** What decides what a leg accepts from an operator now; undefined unless it is parked. */
export function parkedLeg(run: Run, leg: LegPlan['leg']): ParkedLeg | undefined {
  const { movement, problem } = run.desk.parked ?? {};
  if (!movement || !problem || movement.legPlan.leg !== leg || run.state.legs[leg]?.status !== 'parked')
    return undefined;
  const { legPlan, kind, purpose, onlyByWord, evidence, certainty } = movement;
  return {
    problem,
    pivotPassed: pivotPassed(run),
    stopping: stopping(run),
    planning: kind === 'check',
    reconciling: purpose === 'reconcile',
    onlyByWord,
    hasCandidate: evidence.shown !== null,
    hasMovedOtherwise: certainty.kind !== 'undoubted' && certainty.ambiguity.cause === 'otherMovement',
    lookUp: legPlan.lookUp,
    ...(legPlan.reversal && { reversal: legPlan.reversal }),
  };
}

function legBriefing(run: PlannedRun, { leg }: LegPlan): LegBriefing {
  const { request, refundPlan, shown } = run;
  const { problem, receipt } = legState(run, leg);
  const money = (amountMinor: number) => showAmount({ amountMinor }, request.currency, refundPlan.exponent);
  const requested = legRequest(run, leg);
  const trouble = shown.troubles.get(leg);
  const declinedBy = shown.declinedBy.get(leg);
  const sentAt = shown.sentAt.get(leg);
  const before = run.baselines.get(leg);
  const parked = parkedLeg(run, leg);
  const seen = seenOf(run.state, leg);
  return {
    amount: showAmount(amountOf(requested), request.currency, refundPlan.exponent),
    lookFor: lookForAt(request.refundId, leg, requested, problem?.side ?? 'refund'),
    choices: choicesFor(parked),
    ...(parked?.onlyByWord && { onlyByWord: true as const }),
    ...(seen !== undefined && { seen }),
    sends: shown.sends.get(leg) ?? 0,
    ...(sentAt && { sentAt }),
    ...(before && { before }),
    mayHaveMovedMore: shown.mayHaveMovedMore.has(leg),
    ...(declinedBy !== undefined && { declinedBy }),
    ...(receipt?.cashbackMinor !== undefined && { cashback: money(receipt.cashbackMinor) }),
    ...(receipt?.feeMinor !== undefined && { fee: money(receipt.feeMinor) }),
    ...(trouble && { trouble }),
  };
}
