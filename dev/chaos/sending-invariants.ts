import type { LoggedRequest } from '../../simulators';
import {
  nothingBeforeApproval,
  nothingSent,
  retryAfterHonoured,
  sendsNothing,
  tooSoon,
} from '../checkers/sending';
import type { Actions } from './actions';
import type { Ending } from './endings';
import { legsOf } from './legs';
import type { Sends } from './legs';
import { each } from './violations';
import type { Violation } from './violations';

/** What the providers' request logs say against the approval of one refund. */
export function checkApproval(
  sends: Sends,
  actions: Actions,
  { script, state, status: ended }: Ending,
): Violation[] {
  const { refundId, request, approvalNeeded, valid } = script;
  const status = state?.status ?? (ended === 'RUNNING' ? 'running' : 'invalid');
  const sent = legsOf(request).flatMap((leg) => sends.of(leg));
  const approvedAt = approvalNeeded ? (actions.approvedAt(refundId) ?? Infinity) : 0;
  // A run that ended like this and was reset asks again, and may be approved then.
  const never = !valid || (sendsNothing(status) && !actions.hasEarlierRuns(refundId));
  return each('approvedFirst', refundId, [
    ...nothingBeforeApproval(sent, ({ at }) => at < approvedAt),
    ...(never ? nothingSent(status, sent) : []),
  ]);
}

/** What the request logs say against the waiting times of the saga. */
export function checkRetryAfter(requests: readonly LoggedRequest[]): Violation[] {
  return retryAfterHonoured(requests).map((what) => ({ invariant: 'retryAfter', what }));
}

/** How many questions were asked again sooner than a provider wished; they move nothing. */
export function countImpatientQuestions(requests: readonly LoggedRequest[]): number {
  return tooSoon(requests.filter(({ operation }) => operation === 'lookUp' || operation === 'check')).length;
}
