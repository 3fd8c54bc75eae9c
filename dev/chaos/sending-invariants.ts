import type { LoggedRequest } from '../../simulators';
import type { Deeds } from './deeds';
import type { Ending } from './endings';
import { legsOf } from './legs';
import type { Sends } from './legs';
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
    ({ provider, path, body, earlyMs }) => ({
      invariant: 'retryAfter',
      what: `${provider}: sent again ${earlyMs} ms sooner than a 429 allowed: ${path} ${body}`,
    }),
  );
}

/** How many questions were asked again sooner than a provider wished; they move nothing. */
export function countImpatientQuestions(requests: readonly LoggedRequest[]): number {
  return tooSoon(requests.filter(({ operation }) => operation === 'lookUp' || operation === 'check')).length;
}

function tooSoon(requests: readonly LoggedRequest[]): (LoggedRequest & { earlyMs: number })[] {
  const allowedAt = new Map<string, number>();
  const found: (LoggedRequest & { earlyMs: number })[] = [];
  for (const request of requests) {
    const { provider, path, body, at, retryAfter, status } = request;
    const place = `${provider} ${path} ${body}`;
    const earlyMs = (allowedAt.get(place) ?? 0) - at;
    if (earlyMs > 0) found.push({ ...request, earlyMs });
    if (status !== 429 || retryAfter === undefined) continue;
    allowedAt.set(place, typeof retryAfter === 'number' ? at + retryAfter * 1_000 : Date.parse(retryAfter));
  }
  return found;
}
