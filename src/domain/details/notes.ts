import type { Briefing } from '../briefing';
import { pivotOf } from '../plan';
import type { LegName } from '../plan';
import { isFinal } from '../state';
import type { RefundState } from '../state';

/** What a cancel means now; empty if none was requested, or if the headline says it. */
export function cancelNote(state: RefundState, { cancelRequested }: Briefing): string {
  if (!cancelRequested) return '';
  if (isFinal(state.status)) {
    return state.status === 'refunded' ? 'A cancel was requested, too late to stop the refund.' : '';
  }
  if (state.status === 'compensating') return 'A cancel was requested. The rollback continues to its end.';
  const pivot = refundedPivot(state);
  return pivot === undefined
    ? BEFORE_PIVOT
    : `A cancel was requested, but ${pivot} is refunded and cannot be reversed: the refund continues to its end.`;
}

const BEFORE_PIVOT =
  'A cancel was requested: no further leg is started. Once the outcome of the current leg is known, what was ' +
  'refunded is reversed, unless by then every leg is refunded, or one that cannot be reversed.';

function refundedPivot({ legs }: RefundState): LegName | undefined {
  const pivot = pivotOf((Object.keys(legs) as LegName[]).map((leg) => ({ leg })));
  return pivot !== undefined && legs[pivot]?.status === 'refunded' ? pivot : undefined;
}

/** That an earlier run may have sent something; empty once that was dealt with. */
export function earlierRunsNote({ status }: RefundState, { wasReset }: Briefing): string {
  if (!wasReset || isFinal(status)) return '';
  return status === 'invalid' ? EARLIER_RUNS : `${EARLIER_RUNS} ${FOUND_OUT}`;
}

const EARLIER_RUNS = 'An earlier run of this refund may have sent something.';
const FOUND_OUT =
  'Before this run sends anything or ends, it finds out from the providers or a person whether that happened; do not ' +
  'reset it by hand.';
