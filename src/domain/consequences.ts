import type { ParkedLeg } from './resolution';
import { isUnclear } from './state';

/* What an outcome does to the money where that depends on how the leg is parked. */

/** What `retry` of a refund does to the money. */
export function retriedRefund(parked: ParkedLeg): string {
  const { problem, planning, lookUp, reconciling, hasCandidate, hasMovedOtherwise } = parked;
  if (planning) return 'ask the provider again; that sends nothing';
  if (reconciling) return 'look it up again; that sends nothing';
  if (problem.code === 'merchantBalance')
    return 'top up our balance at the provider first; then it is sent again';
  if (problem.code === 'declined' || problem.code === 'providerDown')
    return 'try again; where the provider can be asked first, it is';
  if (hasMovedOtherwise || hasCandidate)
    return 'look it up once more; if no refund of ours is found it parks again, and is not sent';
  return lookUp === 'evidence'
    ? 'look it up once more; it is sent again only if there is no sign of it, otherwise it parks again'
    : 'look it up once more; it is sent again only if no refund is found';
}

/** What `retry` of a reversal does to the money. */
export function retriedReversal({ problem, reversal }: ParkedLeg): string {
  if (reversal === 'lookUp') return 'look it up once more; it is reversed only if no reversal is found';
  return isUnclear(problem)
    ? 'only if you saw that it was NOT reversed: it is sent again without a look-up, and could be reversed twice'
    : 'try to reverse it again';
}

/** What `declined` says. */
export function givenUp({ problem }: ParkedLeg): string {
  return isUnclear(problem)
    ? 'you saw at the provider that it was not refunded, and will not be'
    : 'give up this leg';
}

/** What follows from `declined`. */
export function afterDeclined({ planning, pivotPassed, reconciling }: ParkedLeg): string {
  if (planning) return 'the refund ends as declined';
  if (reconciling) return 'it counts as not refunded by an earlier run';
  return pivotPassed
    ? 'the customer is still owed it, so the leg parks again until someone says how they get it'
    : 'what was refunded before is reversed, and the refund ends';
}
