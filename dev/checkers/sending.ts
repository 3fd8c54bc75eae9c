import type { LoggedRequest } from '../../simulators';

/** Ends before which nothing was ever sent, unless an earlier run sent it. */
const NEVER_SENT: readonly string[] = ['rejected', 'expired', 'invalid'];

/** Whether a refund that ends like this has sent nothing. */
export const sendsNothing = (status: string | undefined): boolean =>
  status !== undefined && NEVER_SENT.includes(status);

/** Nothing is sent for a refund that was never to be sent. */
export function nothingSent(status: string, sent: readonly LoggedRequest[]): string[] {
  return sent.length > 0 ? [`${status}, but ${sent.length} refunds were sent`] : [];
}

/** Nothing is sent before a valid approval. */
export function nothingBeforeApproval(
  sent: readonly LoggedRequest[],
  isEarly: (request: LoggedRequest) => boolean,
): string[] {
  const early = sent.filter(isEarly);
  return early.length > 0 ? [`${early.length} refunds sent before a valid approval`] : [];
}

/** The requests that move money. */
export const movements = (requests: readonly LoggedRequest[]): LoggedRequest[] =>
  requests.filter(({ operation }) => operation === 'refund' || operation === 'reverse');

/** The requests that were sent again sooner than a 429 allowed, and by how much. */
export function tooSoon(requests: readonly LoggedRequest[]): (LoggedRequest & { earlyMs: number })[] {
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

/** No movement is sent sooner than Retry-After. */
export function retryAfterHonoured(requests: readonly LoggedRequest[]): string[] {
  return tooSoon(movements(requests)).map(
    ({ provider, path, body, earlyMs }) =>
      `${provider}: sent again ${earlyMs} ms sooner than a 429 allowed: ${path} ${body}`,
  );
}
