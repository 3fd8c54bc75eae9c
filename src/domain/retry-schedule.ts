import type { Policy } from './plan';

const FIRST_RETRY_MS = 1_000;
const LONGEST_SLOW_RETRY_MS = 3_600_000;
const SHORTEST_QUEUE_WAIT_MS = 60_000;

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

/**
 * How long an attempt waits in a queue of its own for a worker, in milliseconds: without a limit it would wait for ever
 * where nobody polls. Long, because under a rate limit others may be before it.
 */
export function longestQueueWait({ slowRetryMs, giveUpAfterMs }: Policy): number {
  return Math.min(giveUpAfterMs, Math.max(SHORTEST_QUEUE_WAIT_MS, slowRetryMs));
}

/** How long a movement has been tried. Times in milliseconds since the epoch, by the clocks of workers. */
export interface TriedFor {
  startedAt: number | null;
  failedAt: number | null;
  /** Waited out in timers and queues, which no clock of a worker can falsify. Milliseconds. */
  waitedMs: number;
  /** What the provider asks for before the next attempt. Milliseconds. */
  retryAfterMs?: number | undefined;
}

/** Whether an attempt that failed so late, or that may only be made again so late, is the last one. */
export function hasGivenUp({ giveUpAfterMs }: Policy, tried: TriedFor): boolean {
  const { startedAt, failedAt, waitedMs, retryAfterMs = 0 } = tried;
  const age = startedAt === null || failedAt === null ? 0 : failedAt - startedAt;
  return age > giveUpAfterMs || waitedMs > giveUpAfterMs || retryAfterMs > giveUpAfterMs;
}
