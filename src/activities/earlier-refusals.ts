import { Context } from '@temporalio/activity';
import type { PlanResult } from '../domain/activity-types';
import type { PlanRefusal } from '../domain/plan';
import { historyOf, resultIn, thisRunAndThoseBefore } from './histories';
import type { HistoryEvent } from './histories';

/**
 * What preflight refused in an earlier run: that run sent nothing, and the refusal stands.
 * - `none`: no earlier run was refused
 * - `all`: every earlier run was, so that none of them sent anything
 * - `some`: another one may have sent something
 */
export type EarlierRefusals = { kind: 'none' } | { kind: 'all' | 'some'; refusals: PlanRefusal[] };

/** Finds out what preflight refused in the runs that were reset, and in older ones with these ids. */
export type FindEarlierRefusals = (older: readonly string[]) => Promise<EarlierRefusals>;

/** Reads it in the histories of those runs. Fails where one cannot be read here, so that another worker plans. */
export async function earlierRefusals(older: readonly string[]): Promise<EarlierRefusals> {
  const own = Context.current().info.workflowExecution?.runId;
  const runs = new Map<string, readonly HistoryEvent[] | undefined>();
  for await (const { runId, events } of thisRunAndThoseBefore()) if (runId !== own) runs.set(runId, events);
  for (const runId of older) if (!runs.has(runId)) runs.set(runId, await historyOf(runId));
  const refused = await Promise.all([...runs.values()].map(async (events) => refusalsIn(events ?? [])));
  const refusals = refused.find((some) => some.length > 0);
  if (!refusals) return { kind: 'none' };
  return { kind: refused.every((some) => some.length > 0) ? 'all' : 'some', refusals };
}

/** What the plan of a run refused; an order is asked anew what it has left, and its "no" does not stand. */
async function refusalsIn(events: readonly HistoryEvent[]): Promise<PlanRefusal[]> {
  for (const event of events.toReversed()) {
    const result = (await resultIn(event)) as Partial<PlanResult> | null | undefined;
    if (result?.kind === 'planned') return refusalsOf(result);
  }
  return [];
}

function refusalsOf({ plan }: Partial<Extract<PlanResult, { kind: 'planned' }>>): PlanRefusal[] {
  return (plan?.refusals ?? []).filter(({ code }) => code !== 'overCap');
}
