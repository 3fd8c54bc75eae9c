import type { BookEntry, Simulators } from '../../simulators';
import { isUnclear } from '../../src/domain/state';
import type { ResolutionOutcome } from '../../src/domain/resolution';
import type { Problem } from '../../src/domain/state';
import { lookUpKindOf } from '../../simulators/originals';
import type { Chance } from './chance';
import type { Resolution } from './actions';
import { isRefunded, ownEntries } from './legs';
import type { BookedLeg } from './legs';

/** Something that an operator can truthfully say about a parked leg. */
export interface Decision {
  outcome: ResolutionOutcome;
  evidence: string;
  providerReference?: string;
  /** The books do not show that we did it: it was done by hand, at the provider or outside of it. */
  anotherWay: boolean;
}

/** What a person reads in the provider's panel about a parked leg. */
interface Panel {
  leg: BookedLeg;
  problem: Problem;
  /** Whether our own refund stands. */
  refunded: boolean;
  refund: BookEntry | undefined;
  reversal: BookEntry | undefined;
  /** The refund that somebody else made there. */
  byHand: BookEntry | undefined;
}

/** How often an operator lets the saga try again before settling a leg otherwise. */
const MOST_RETRIES = 3;

/**
 * What the books allow to be said about a parked leg, the preferred first; a leg accepts only some of it.
 * @param before what was said about this leg already
 */
export function decide(
  simulators: Simulators,
  leg: BookedLeg,
  problem: Problem,
  before: readonly Resolution[],
  chance: Chance,
): Decision[] {
  const panel = readPanel(simulators, leg, problem);
  const sentAgain = before.filter(({ outcome, side }) => AGAIN.includes(outcome) && side === problem.side);
  const mayRetry = sentAgain.length < MOST_RETRIES && chance.hits(0.7);
  const retry: Decision = { outcome: 'retry', evidence: 'try again', anotherWay: false };
  const decisions = problem.side === 'refund' ? aboutRefund(panel, chance) : aboutReversal(panel, chance);
  const settledByBooks = decisions[0]?.providerReference !== undefined && !decisions[0].anotherWay;
  if (!mayRetry || settledByBooks) return [...decisions, retry];
  return mayResend(panel) && chance.hits(0.5) ? [RESEND, retry, ...decisions] : [retry, ...decisions];
}

const AGAIN: readonly ResolutionOutcome[] = ['retry', 'resend'];
const RESEND: Decision = { outcome: 'resend', evidence: 'ours is not in the panel', anotherWay: false };

function readPanel(simulators: Simulators, leg: BookedLeg, problem: Problem): Panel {
  const own = ownEntries(simulators, leg);
  const all = simulators.books.of(leg.provider, leg.original);
  return {
    leg,
    problem,
    refunded: isRefunded(simulators, leg),
    refund: own.findLast(({ kind }) => kind === 'refund'),
    reversal: own.findLast(({ kind }) => kind === 'reversal'),
    byHand: all.findLast(({ kind, byHand }) => kind === 'refund' && byHand),
  };
}

/** Where look-ups are evidence only, a person can see that ours was not made, and have it sent without another one. */
function mayResend({ leg, problem, refunded }: Panel): boolean {
  const isEvidence = lookUpKindOf(leg.provider) === 'evidence';
  return problem.side === 'refund' && isUnclear(problem) && isEvidence && !refunded;
}

function aboutRefund({ problem, refunded, refund, byHand }: Panel, chance: Chance): Decision[] {
  if (refunded) {
    const providerReference = refund?.providerReference ?? '';
    return [{ outcome: 'refunded', evidence: 'it is in the books', providerReference, anotherWay: false }];
  }
  const declined: Decision = { outcome: 'declined', evidence: 'it is not in the books', anotherWay: false };
  const turnBack: Decision = { outcome: 'turnBack', evidence: 'the customer agreed', anotherWay: false };
  const paid = paidOtherwise('paid by bank transfer', 'transfer-1');
  // Only where the provider said no for good is another way the truth: what is ambiguous could still be refunded.
  if (isUnclear(problem)) {
    const seen = byHand && paidOtherwise('somebody refunded it in the panel', byHand.providerReference);
    return seen && chance.hits(0.5) ? [seen, declined] : [declined];
  }
  return chance.hits(0.5) ? [turnBack, paid, declined] : [paid, turnBack, declined];
}

function paidOtherwise(evidence: string, providerReference: string): Decision {
  return { outcome: 'refunded', evidence, providerReference, anotherWay: true };
}

function aboutReversal({ refunded, reversal }: Panel, chance: Chance): Decision[] {
  if (!refunded && reversal) {
    const { providerReference } = reversal;
    return [{ outcome: 'reversed', evidence: 'it is in the books', providerReference, anotherWay: false }];
  }
  const waived: Decision = { outcome: 'waived', evidence: 'the customer may keep it', anotherWay: true };
  const byHand: Decision = {
    outcome: 'reversed',
    evidence: 'the customer paid it back in the shop',
    providerReference: 'cash-desk-1',
    anotherWay: true,
  };
  return chance.hits(0.6) ? [waived] : [byHand];
}
