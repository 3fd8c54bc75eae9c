import { existsSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { KeptEvents } from '../client/health/kept-history';
import { beQuiet } from './quiet';
import { codeOfWorkers, replayOptions } from './replay-options';

/**
 * Finds the last completed task of a run up to which the workflow code of this installation replays its history: from
 * there its workers can go on, whatever other code made of the run later.
 * @returns the index of that task's event; undefined where it cannot be told here, for want of the code or of keys
 */
export async function lastReplayable(
  kept: KeptEvents,
  plainBundlePath?: string,
): Promise<number | undefined> {
  const codePath = codeOfWorkers(kept, plainBundlePath);
  if (!existsSync(codePath)) return undefined;
  beQuiet();
  const { options, keys } = replayOptions(codePath, kept);
  const { events, workflowId } = kept;
  const tasks = events
    .flatMap((event, index) => (event.workflowTaskCompletedEventAttributes ? [index] : []))
    .reverse();
  // A history that ends before a task was completed holds what the tasks before it asked for, and nothing of its own.
  const histories = tasks.map((index) => ({ workflowId, history: { events: events.slice(0, index) } }));
  let found: number | undefined;
  try {
    for await (const { error } of Worker.runReplayHistories(options, histories)) {
      if (keys.areMissing) return undefined;
      const index = tasks.shift();
      if (error instanceof DeterminismViolationError) continue;
      found = error ? undefined : index;
      break;
    }
  } catch {
    return undefined;
  }
  return found;
}
