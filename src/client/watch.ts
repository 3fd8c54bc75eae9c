import { setTimeout as pause } from 'node:timers/promises';
import type { RefundState } from '../domain/state';
import { describeRun } from './access';
import type { Access } from './access';
import { WorkerUnavailableError } from './errors';
import { readState } from './outcome';

/** Something that happened to a refund while it was watched. */
export type RefundChange =
  | { kind: 'state'; state: RefundState }
  /** The run was reset: another one goes on. */
  | { kind: 'reset'; runId: string }
  /** Its worker is away, or cannot go on with it. */
  | { kind: 'noWorker'; message: string };

/**
 * Yields each change of a refund until its run has closed. Looks at the server alone, and asks a worker only when
 * something happened: queries on a timer are not good for a run (docs/adr/004).
 */
export async function* watch(
  access: Access,
  refundId: string,
  everyMs: number,
): AsyncGenerator<RefundChange> {
  let seen = { runId: '', events: -1, told: '' };
  for (;;) {
    const run = await describeRun(access, refundId);
    if (seen.runId !== '' && seen.runId !== run.runId) yield { kind: 'reset', runId: run.runId };
    if (run.closeTime) return;
    if (seen.runId !== run.runId || seen.events !== run.historyLength) {
      const change = await changeOf(access, refundId);
      const told = JSON.stringify(change);
      if (told !== seen.told) yield change;
      // Unanswered, it is asked again at the next look.
      const events = change.kind === 'state' ? run.historyLength : -1;
      seen = { runId: run.runId, events, told };
    }
    await pause(everyMs);
  }
}

async function changeOf(access: Access, refundId: string): Promise<RefundChange> {
  try {
    return { kind: 'state', state: await readState(access, refundId) };
  } catch (error) {
    if (!(error instanceof WorkerUnavailableError)) throw error;
    return { kind: 'noWorker', message: error.message };
  }
}
