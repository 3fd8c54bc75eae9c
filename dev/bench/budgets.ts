import type { Cost } from './cost';

/** The most that a happy refund of three legs may cost the server; pinned by `test/budgets.test.ts` and `--quick`. */
export const BUDGET: Cost = { events: 26, workflowTasks: 4, stateTransitions: 12, historyBytes: 6_144 };

/**
 * The most bytes that our client may add: static summary and details, the memo, search attributes from the start, which
 * save an upsert. The worker's identity is not in them, which makes the whole history longer on a machine with a longer
 * name.
 */
export const CLIENT_BYTES = 500;

/** Events that those attributes save (docs/adr/016). */
export const EVENTS_SAVED_BY_CLIENT = 1;

/** The most events that an approval may add to a refund. */
export const APPROVAL_EVENTS = 7;

/** The most bytes of the built workflow bundle, without its inline source map. */
export const BUNDLE_BYTES = 330_000;

/** The most heap that one cached, parked run may retain in the worker. Bytes. */
export const HEAP_PER_PARKED_RUN = 100_000;

/** What is over its budget, in words. */
export function overBudget(cost: Cost, budget: Cost): string[] {
  return (Object.keys(budget) as (keyof Cost)[])
    .filter((name) => cost[name] > budget[name])
    .map((name) => `${name} ${cost[name]}, the budget is ${budget[name]}`);
}

/** The most that a notice adds to the history of its refund, where its receiver has not answered before the end. */
export const NOTICE = { events: 5, workflowTasks: 1, historyBytes: 1_024 };
