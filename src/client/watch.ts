import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { RefundState } from '../domain/state';
import { describeRun } from './temporal-calls';
import type { Access } from './temporal-calls';
import { RefundPausedError } from './errors';
import { WorkerUnavailableError } from './server-errors';
import { readState } from './outcome';
import { rowOf } from './overview';
import { beginWait } from './wait';
import type { Wait } from './wait';

/** Something that happened to a refund while it was watched. */
export type RefundChange =
  | { kind: 'state'; state: RefundState }
  /** The run was reset: another one goes on. */
  | { kind: 'reset'; runId: string }
  /** Somebody started another run under its id, by other means than this library. */
  | { kind: 'startedAnew'; runId: string }
  /** A start under its id was refused as invalid: that run has failed, and sent nothing. */
  | { kind: 'refused'; runId: string }
  /** Its worker is away or cannot go on with it, or it is paused. */
  | { kind: 'noWorker'; message: string };

/** How to watch. */
export interface WatchOptions {
  /** Between two looks at the server, in milliseconds. Default: 1 000. */
  everyMs?: number;
  /** Ends the watch, not the refund. */
  signal?: AbortSignal;
}

/** What the last look saw. */
interface Seen {
  runId: string;
  firstRunId: string;
  events: number;
  told: string;
}

/**
 * Yields each change of a refund until its run has closed, and bears a server that is away for no longer than the patience.
 * Looks at the server alone, and asks a worker only when something happened: queries on a timer are not good for a run
 * (docs/adr/004).
 */
export async function* watch(
  access: Access,
  refundId: string,
  patienceMs: number,
  { everyMs = 1_000, signal }: WatchOptions = {},
): AsyncGenerator<RefundChange> {
  const wait = beginWait(refundId, patienceMs, { signal });
  let seen: Seen = { runId: '', firstRunId: '', events: -1, told: '' };
  for (;;) {
    const run = await borne(wait, () => describeRun(access, refundId));
    const firstRunId = run.raw.workflowExecutionInfo?.firstRunId ?? run.runId;
    const other = otherRun(seen, { ...run, firstRunId });
    if (other) yield other;
    if (run.closeTime) return;
    if (seen.runId !== run.runId || seen.events !== run.historyLength) {
      const change = await borne(wait, () => changeOf(access, refundId));
      const told = JSON.stringify(change);
      if (told !== seen.told) yield change;
      // Unanswered, it is asked again at the next look.
      const events = change.kind === 'state' ? run.historyLength : -1;
      seen = { runId: run.runId, firstRunId, events, told };
    }
    await wait.orAborted(() => pause(everyMs));
  }
}

/** What is to be told of a run other than the one seen before; of a refused start also when it was seen while it was open. */
function otherRun(
  seen: Seen,
  run: WorkflowExecutionDescription & { firstRunId: string },
): RefundChange | undefined {
  const { runId, firstRunId } = run;
  const isRefused = rowOf(run.raw.workflowExecutionInfo ?? {}).status === 'invalid';
  if (seen.runId === '') return undefined;
  if (isRefused && run.closeTime) return { kind: 'refused', runId };
  if (seen.runId === runId) return undefined;
  return { kind: firstRunId === seen.firstRunId ? 'reset' : 'startedAnew', runId };
}

/** Asks until the server answers. */
async function borne<Answer>(wait: Wait, ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      const answer = await wait.orAborted(ask);
      wait.answered();
      return answer;
    } catch (error) {
      await wait.bear(error);
    }
  }
}

async function changeOf(access: Access, refundId: string): Promise<RefundChange> {
  try {
    return { kind: 'state', state: await readState(access, refundId) };
  } catch (error) {
    if (!(error instanceof WorkerUnavailableError || error instanceof RefundPausedError)) throw error;
    return { kind: 'noWorker', message: error.message };
  }
}
