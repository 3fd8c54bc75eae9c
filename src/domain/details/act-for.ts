import type { Briefing } from '../briefing';
import type { LegName } from '../plan';
import type { RefundState } from '../state';
import { actOf } from './acts';

/** What a person does about a parked leg of this refund; empty when it is not parked. */
export function actFor(name: LegName, state: RefundState, briefing: Briefing): string {
  const { status, provider, problem } = state.legs[name] ?? {};
  const { choices = [], sends = 0 } = briefing.legs[name] ?? {};
  if (status !== 'parked' || !provider || !problem) return '';
  const { code, side } = problem;
  return actOf({
    ...{ provider, code, side, isQuestion: state.status === 'planning' },
    mayRetry: choices.some(({ outcome }) => outcome === 'retry'),
    wasSent: sends > 0,
    wasReset: briefing.wasReset,
  });
}
