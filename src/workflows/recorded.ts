import { workflowInfo } from '@temporalio/workflow';
import type { Marks, Run } from './run';

/*
 * A query can make a worker take in events, and send commands for them, before their workflow task has started
 * (docs/adr/004). If the worker accepted an update within that task, a replay, which accepts it first, would differ from
 * the live run. So updates wait until the task that parked the leg, asked the question or took in a cancel is in the
 * history; a validator is never replayed, and may look at the length.
 */

/** Between what a task was told and what the next one is told lie at least: completed, scheduled, started. */
const EVENTS_BETWEEN_TASKS = 3;

/** Notes how long the history was when a leg was parked, a person was asked, or something came between. */
export function markMoment({ marks }: Run, mark: keyof Marks): void {
  marks[mark] = workflowInfo().historyLength;
}

/** Whether the task that parked the leg, asked the person, or took in what came between, is in the history by now. */
export function isRecorded({ marks }: Run, mark: keyof Marks): boolean {
  const markedAt = marks[mark];
  return markedAt === null || isLaterTask(markedAt, workflowInfo().historyLength);
}

/** Whether a history of this length belongs to a later task than the one with the mark. */
export function isLaterTask(markedAt: number, length: number): boolean {
  return length >= markedAt + EVENTS_BETWEEN_TASKS;
}

/**
 * What came since of the notices lengthens the history too.
 * @param length that of the history with it
 */
export function countEventAfter({ marks }: Run, length: number): void {
  for (const mark of ['parked', 'asked', 'interrupted'] as const) {
    const markedAt = marks[mark];
    // A mark that was set with it, or after it, has it in already.
    if (markedAt !== null && markedAt < length) marks[mark] = markedAt + 1;
  }
}

/** A signal or a cancel that came since lengthens the history, and says nothing of the task. */
export function countEventBetween({ marks }: Run): void {
  for (const mark of ['parked', 'asked', 'interrupted'] as const) {
    const markedAt = marks[mark];
    if (markedAt !== null) marks[mark] = markedAt + 1;
  }
}
