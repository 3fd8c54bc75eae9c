import type { LoggedRequest } from '../../simulators';
import type { Deeds } from './deeds';
import type { Ending } from './endings';
import { legsOf } from './legs';
import type { Sends } from './legs';
import { RETRY_AFTER_S } from './settings';
import type { Violation } from './violations';

const NEVER_SENT = ['rejected', 'expired', 'invalid'];

/** What the providers' request logs say against the approval of one refund. */
export function checkApproval(sends: Sends, deeds: Deeds, { script, state }: Ending): Violation[] {
  const { refundId, request, approvalNeeded, valid } = script;
  const status = state?.status ?? 'invalid';
  const sent = legsOf(request).flatMap((leg) => sends.of(leg));
  const approvedAt = approvalNeeded ? (deeds.approvedAt(refundId) ?? Infinity) : 0;
  const early = sent.filter(({ at }) => at < approvedAt);
  // A run that ended like this and was reset asks again, and may be approved then.
  const never = !valid || (NEVER_SENT.includes(status) && !deeds.resets.has(refundId));
  const problems = [
    ...(early.length > 0 ? [`${early.length} refunds sent before a valid approval`] : []),
    ...(never && sent.length > 0 ? [`${status}, but ${sent.length} refunds were sent`] : []),
  ];
  return problems.map((what) => ({ invariant: 'approvedFirst', refundId, what }));
}

/** What the request logs say against the patience of the saga. */
export function checkRetryAfter(requests: readonly LoggedRequest[]): Violation[] {
  return tooSoon(requests.filter(({ operation }) => operation === 'refund' || operation === 'reverse')).map(
    ({ provider, path, body, gap }) => ({
      invariant: 'retryAfter',
      what: `${provider}: sent again ${gap} ms after a 429 with Retry-After ${RETRY_AFTER_S} s: ${path} ${body}`,
    }),
  );
}

/** How many questions were asked again sooner than a provider wished; they move nothing. */
export function countImpatientQuestions(requests: readonly LoggedRequest[]): number {
  return tooSoon(requests.filter(({ operation }) => operation === 'lookUp' || operation === 'check')).length;
}

function tooSoon(requests: readonly LoggedRequest[]): (LoggedRequest & { gap: number })[] {
  const refusedAt = new Map<string, number>();
  const found: (LoggedRequest & { gap: number })[] = [];
  for (const request of requests) {
    const { provider, path, body, at, fault, status } = request;
    const place = `${provider} ${path} ${body}`;
    const gap = at - (refusedAt.get(place) ?? -Infinity);
    if (gap < RETRY_AFTER_S * 1_000) found.push({ ...request, gap });
    if (fault === 'tooMany' && status === 429) refusedAt.set(place, at);
  }
  return found;
}
