/** How far the clock of a provider, or of a worker, and ours may differ (design 5, rule 3). Milliseconds. */
export const CLOCK_TOLERANCE_MS = 60_000;
