import { existsSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import type { ReplayWorkerOptions } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { KeptEvents } from '../client/health/kept-history';
import { dataConverterFor } from '../encryption/codec';
import { BUNDLE_PATH, encryptedBundlePath } from '../runtime/workers';
import { watching } from './missing-keys';
import { beQuiet } from './quiet';

/**
 * Finds the last completed task of a run up to which the workflow code of this installation replays its history: from
 * there its workers can go on, whatever other code made of the run later.
 * @returns the index of that task's event; undefined where it cannot be told here, for want of the code or of keys
 */
export async function lastReplayable(
  { events, workflowId, namespace, codecs }: KeptEvents,
  plainBundlePath = BUNDLE_PATH,
): Promise<number | undefined> {
  const codePath = codecs.length > 0 ? encryptedBundlePath(plainBundlePath) : plainBundlePath;
  if (!existsSync(codePath)) return undefined;
  beQuiet();
  const keys = { areMissing: false };
  const options: ReplayWorkerOptions & { namespace: string } = {
    workflowBundle: { codePath },
    // The codec asks for whom a payload was encrypted: the namespace is part of that.
    namespace,
    dataConverter: { ...dataConverterFor([]), payloadCodecs: [watching(keys), ...codecs] },
  };
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
