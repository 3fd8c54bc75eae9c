import { effectiveOf, own } from '../../simulators';
import type { Simulators } from '../../simulators';
import type { RefundState } from '../../src/domain/state';
import {
  neverOverpaid,
  noFalseReversal,
  nothingAfterTheEnd,
  nothingUnknown,
  onceOrNotAtAll,
  statusAgrees,
} from '../checkers/money';
import { sendsNothing } from '../checkers/sending';
import type { Actions } from './actions';
import type { Ending } from './endings';
import { bookedEvidence, legsOf, paidFor } from './legs';
import type { BookedLeg } from './legs';
import { isTaken } from './receipts';
import type { Script } from './scripts';
import { each } from './violations';
import type { Violation } from './violations';

/** What the providers' books say against one refund, however often it was started or reset. */
export function checkOriginals(simulators: Simulators, { refundId, request }: Script): Violation[] {
  return legsOf(request).flatMap((leg) => {
    const evidence = bookedEvidence(simulators, leg);
    return [
      ...each('onceOrNotAtAll', refundId, onceOrNotAtAll(evidence)),
      ...each('neverOverpaid', refundId, neverOverpaid(evidence, paidFor(simulators, leg))),
      ...each('noFalseReversal', refundId, noFalseReversal(evidence)),
    ];
  });
}

/**
 * What the books say against the end of one run.
 * @param isLast no later run of the same content began, so that nothing may move any more
 */
export function checkEnd(
  simulators: Simulators,
  actions: Actions,
  ending: Ending,
  isLast: boolean,
): Violation[] {
  const { script, status: ended, state, closedAt } = ending;
  const { refundId, request } = script;
  if (ended === 'RUNNING' || ended === 'TERMINATED') return [];
  return legsOf(request).flatMap((leg) => {
    const evidence = bookedEvidence(simulators, leg);
    const legStatus = state?.legs[leg.leg]?.status;
    const unknown = state ? nothingUnknown(evidence, { status: state.status, legStatus }) : [];
    return [
      ...each('statusAgrees', refundId, checkStatus(simulators, actions, ending, leg)),
      ...each('nothingUnknown', refundId, unknown),
      ...each('nothingUnknown', refundId, isLast ? nothingAfterTheEnd(evidence, closedAt) : []),
    ];
  });
}

/** Refunded: every leg is, in full. Any other end: nothing is left moved, but for what an operator resolved by hand. */
function checkStatus(simulators: Simulators, actions: Actions, ending: Ending, leg: BookedLeg): string[] {
  const { script, state, closedAt } = ending;
  if (state && actions.settledAnotherWay(script.refundId, leg.leg)) return [];
  const evidence = bookedEvidence(simulators, leg);
  const all = evidence.entries.filter(({ at }) => at <= closedAt);
  const entries = isTaken(leg, state, all) ? all : own(all);
  const disagrees = statusAgrees(evidence, state?.status ?? 'invalid', effectiveOf(entries));
  // An earlier run can have refunded and reversed; only the balance counts then.
  const mayHaveMoved = actions.hasEarlierRuns(script.refundId) || !endsUntouched(state);
  if (disagrees.length > 0 || mayHaveMoved || entries.length === 0) return disagrees;
  return [`${state?.status ?? 'invalid'}, but ${leg.leg} at ${leg.provider} moved`];
}

function endsUntouched(state: RefundState | undefined): boolean {
  const status = state?.status ?? 'invalid';
  return status === 'declined' || sendsNothing(status);
}
