import type { LegPlan } from './plan';
import { isUnclear } from './resolution';
import type { ParkedLeg, ResolutionOutcome } from './resolution';

/** A parked leg, with what its provider can be asked. */
export type Settled = ParkedLeg & Pick<LegPlan, 'lookUp' | 'reversal'>;

/** What each decision does to the money. */
export const DECISION_CONSEQUENCES = {
  approve: 'each wallet is given back at once, in this order',
  reject: 'nothing is sent, and the refund ends as rejected',
} as const;

/** What each outcome of a parked leg does to the money, told to whoever is about to choose it. */
export const CONSEQUENCES: Record<ResolutionOutcome, (leg: Settled) => string> = {
  retry: (leg) => (leg.problem.side === 'reversal' ? retriedReversal(leg) : retriedRefund(leg)),
  refunded: ({ problem }) =>
    isUnclear(problem)
      ? 'you saw at the provider that it was given back (add its `providerReference`): it counts as done, and the refund goes on'
      : 'you gave it back in another way (add a `providerReference`): it counts as done, and the refund goes on',
  declined: (leg) => `${givenUp(leg)}; ${afterDeclined(leg)}`,
  reversed: () =>
    'you saw at the provider that it was taken back, or took it back by hand: it counts as taken back',
  waived: () => 'the customer keeps it; nothing more is sent for this leg',
  turnBack: () =>
    'give up this leg and take back the others; what has no automatic way back (sale, cash) then waits for you',
};

function retriedRefund({ problem, planning, lookUp }: Settled): string {
  if (planning) return 'ask the provider again; nothing moves by that';
  if (isUnclear(problem)) {
    return lookUp === 'decides'
      ? 'the provider is asked once more, and it is sent again only if there is no trace of it'
      : 'only if you saw that it was not made: the provider is asked once more, and it is sent again unless there is a trace';
  }
  if (problem.code === 'merchantBalance') return 'send it again; top up our balance at the provider first';
  return 'send it again; it is certain that the last attempt moved nothing';
}

function retriedReversal({ problem, reversal }: Settled): string {
  if (!isUnclear(problem))
    return 'try to take it back again; it is certain that the last attempt moved nothing';
  return reversal === 'lookUp'
    ? 'the provider is asked once more, and it is taken back again only if there is no trace of it'
    : 'only if you saw that it was NOT taken back: it is taken back again without a look-up, and could be taken twice';
}

function givenUp({ problem }: Settled): string {
  return isUnclear(problem)
    ? 'you saw at the provider that it was not given back, and will not be'
    : 'give up this leg, of which nothing was sent';
}

function afterDeclined({ planning, pivotPassed }: Settled): string {
  if (planning) return 'the refund ends as declined';
  return pivotPassed
    ? 'the customer is still owed it, so the leg waits again for how they get it'
    : 'what was given back before is taken back, and the refund ends';
}
