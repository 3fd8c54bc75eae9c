import type { WorkflowHandle } from '@temporalio/client';

/** What one run cost the server. */
export interface Cost {
  events: number;
  workflowTasks: number;
  stateTransitions: number;
  historyBytes: number;
}

/** Reads from the server what a run has cost until now. */
export async function costOf(handle: WorkflowHandle): Promise<Cost> {
  const [{ events }, { raw, historySize }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  return {
    events: events?.length ?? 0,
    workflowTasks: (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length,
    stateTransitions: Number(raw.workflowExecutionInfo?.stateTransitionCount ?? 0),
    historyBytes: historySize ?? 0,
  };
}

/** The dearest of several runs, count by count. */
export function dearest(costs: readonly Cost[]): Cost {
  const most = (name: keyof Cost) => Math.max(...costs.map((cost) => cost[name]));
  return {
    events: most('events'),
    workflowTasks: most('workflowTasks'),
    stateTransitions: most('stateTransitions'),
    historyBytes: most('historyBytes'),
  };
}
