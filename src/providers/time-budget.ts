/** How long an attempt may take, and how much of that is left. Milliseconds. */
export interface TimeBudget {
  remainingMs(): number;
  /** Whether a movement of money may still be sent: at least half is left, so that its answer can be waited for. */
  mayBegin(): boolean;
}

/**
 * Starts a budget now. A clock can be set back, and a machine that sleeps does not count: of the two clocks the one is
 * believed by which more time has passed.
 */
export function startBudget(totalMs: number): TimeBudget {
  const begun = { steady: performance.now(), wall: Date.now() };
  const remainingMs = () => totalMs - Math.max(performance.now() - begun.steady, Date.now() - begun.wall);
  return { remainingMs, mayBegin: () => remainingMs() >= totalMs / 2 };
}
