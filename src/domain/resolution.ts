import type { LegName } from './plan';
import { LEG_NAMES } from './plan';
import type { LegState, Problem, RefundState } from './state';
import { codePoints, isPrintable, isSamePerson } from './text';

/** What an operator can say about a parked leg. */
export const OUTCOMES = ['retry', 'refunded', 'declined', 'reversed', 'waived', 'turnBack'] as const;
/** What an operator says about a parked leg. */
export type ResolutionOutcome = (typeof OUTCOMES)[number];

/** The argument of the update `resolveLeg`. */
export interface ResolveLegMessage {
  leg: LegName;
  outcome: ResolutionOutcome;
  by: string;
  evidence: string;
  providerReference?: string;
}

/** What decides which outcomes a parked leg accepts. */
export interface ParkedLeg {
  problem: Problem;
  pivotPassed: boolean;
  /** A cancel was requested and no later leg may be started. */
  stopping: boolean;
  /** Preflight is still being asked. */
  planning: boolean;
  hasReversal: boolean;
}

/** The outcomes that settle a leg parked like this (design: table in 3.3). */
export function acceptedOutcomes(parked: ParkedLeg): ResolutionOutcome[] {
  const { problem, pivotPassed, stopping, planning, hasReversal } = parked;
  const unclear = isUnclear(problem);
  if (problem.side === 'reversal') {
    return unclear || hasReversal ? ['retry', 'reversed', 'waived'] : ['reversed', 'waived'];
  }
  const retry: ResolutionOutcome[] = stopping ? [] : ['retry'];
  if (unclear) return [...retry, 'refunded', 'declined'];
  if (planning) return [...retry, 'declined'];
  const nothingSent = problem.code === 'providerDown' || problem.code === 'merchantBalance';
  const refused: ResolutionOutcome[] = nothingSent ? ['declined'] : [];
  return pivotPassed ? [...retry, ...refused, 'refunded', 'turnBack'] : [...retry, ...refused];
}

/** Whether nobody knows if the movement happened. */
export function isUnclear({ code }: Problem): boolean {
  return code === 'ambiguous' || code === 'alreadyDone';
}

/**
 * Why this resolution changes nothing, naming what is accepted now; undefined when it counts.
 * @param acceptedFor the outcomes that a leg accepts now; empty when it is not parked
 */
export function refusalOfResolution(
  message: unknown,
  state: RefundState,
  requestedBy: string,
  acceptedFor: (leg: LegName) => ResolutionOutcome[],
): string | undefined {
  const fields = (typeof message === 'object' && message !== null ? message : {}) as Record<string, unknown>;
  const leg = LEG_NAMES.find((name) => name === fields.leg);
  if (!leg) return `leg must be one of ${Object.keys(state.legs).join(', ') || 'loyalty, sale, cash'}`;
  const accepted = acceptedFor(leg);
  if (accepted.length === 0)
    return `the ${leg} leg is not parked (${statusOf(state.legs[leg])}); ${parkedLegs(state)}`;
  const outcome = OUTCOMES.find((name) => name === fields.outcome);
  if (!outcome || !accepted.includes(outcome)) return `the ${leg} leg accepts now: ${accepted.join(', ')}`;
  if (!isPrintable(fields.by, 64)) return 'by must be 1 to 64 printable characters';
  if (isSamePerson(fields.by, requestedBy)) return 'whoever requested a refund cannot settle its legs';
  if (!isEvidence(fields.evidence))
    return 'evidence must be 1 to 500 characters: what you saw at the provider';
  return refusalOfReference(outcome, fields.providerReference);
}

function refusalOfReference(outcome: ResolutionOutcome, reference: unknown): string | undefined {
  if (reference === undefined && outcome !== 'refunded') return undefined;
  if (isPrintable(reference, 64)) return undefined;
  return outcome === 'refunded'
    ? 'refunded needs the providerReference: 1 to 64 printable characters'
    : 'providerReference must be 1 to 64 printable characters';
}

function isEvidence(evidence: unknown): boolean {
  return typeof evidence === 'string' && evidence.trim().length > 0 && codePoints(evidence) <= 500;
}

function statusOf(leg: LegState | undefined): string {
  return leg ? `it is ${leg.status}` : 'this refund has none';
}

function parkedLegs({ legs }: RefundState): string {
  const parked = LEG_NAMES.filter((name) => legs[name]?.status === 'parked');
  return parked.length > 0 ? `parked now: ${parked.join(', ')}` : 'no leg is parked now';
}
