import type { Policy } from './plan';

const FIRST_RETRY_MS = 1_000;
const LONGEST_SLOW_RETRY_MS = 3_600_000;

/**
 * How many retries the engine may make by itself in the next round of attempts. The first round is a single attempt,
 * so that a refund that does not get through is seen at once; the second makes the rest of the fast retries.
 */
export function engineRetries({ fastRetries }: Policy, failedRounds: number): number {
  return failedRounds === 1 ? Math.max(0, fastRetries - 1) : 0;
}

/** How long to wait before the next round, in milliseconds: one second, then slowly, doubling to an hour. */
export function waitBeforeRound({ fastRetries, slowRetryMs }: Policy, failedRounds: number): number {
  const fastRounds = fastRetries > 0 ? 1 : 0;
  if (failedRounds <= fastRounds) return FIRST_RETRY_MS;
  const doubled = slowRetryMs * 2 ** (failedRounds - fastRounds - 1);
  return Math.min(doubled, Math.max(slowRetryMs, LONGEST_SLOW_RETRY_MS));
}

/** Whether an attempt that failed so late, or that may only be made again so late, ends our patience. */
export function isOutOfPatience(
  { giveUpAfterMs }: Policy,
  startedAt: number | undefined,
  failedAt: number | undefined,
  retryAfterMs = 0,
): boolean {
  const age = startedAt === undefined || failedAt === undefined ? 0 : failedAt - startedAt;
  return age > giveUpAfterMs || retryAfterMs > giveUpAfterMs;
}
