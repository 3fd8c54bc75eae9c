import type { History } from './endings';
import { timeOf } from './endings';
import type { Killed } from './workers';

/**
 * How long refunds stood still because the worker that worked on them was killed: from the kill until another worker
 * took them up. Milliseconds.
 */
export function stallTimes({ events = [] }: History, killed: readonly Killed[]): number[] {
  const times: number[] = [];
  for (const event of events ?? []) {
    const task = event.workflowTaskStartedEventAttributes ?? event.activityTaskStartedEventAttributes;
    const kill = killed.find(({ pid }) => task?.identity?.startsWith(`${pid}@`));
    if (!kill || timeOf(event) > kill.at) continue;
    const startedId = String(event.eventId);
    const ended = (events ?? []).find(
      ({ workflowTaskTimedOutEventAttributes: one, activityTaskTimedOutEventAttributes: other }) =>
        String((one ?? other)?.startedEventId) === startedId,
    );
    const next = ended && (events ?? []).find((later) => isTakenUp(later) && timeOf(later) >= timeOf(ended));
    if (next) times.push(timeOf(next) - kill.at);
  }
  return times;
}

function isTakenUp({
  workflowTaskCompletedEventAttributes: task,
}: NonNullable<History['events']>[number]): boolean {
  return task !== null && task !== undefined;
}
