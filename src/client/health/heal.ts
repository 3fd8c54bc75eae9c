import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { MESSAGES } from '../../domain/contract';
import { askWorker } from '../ask-worker';
import { call, describeRun, GRPC, handleOf } from '../temporal-calls';
import type { Access } from '../temporal-calls';
import { isReset } from './in-doubt';
import type { KeptEvents } from './kept-history';
import { decoderOf } from './facts';
import { forgottenBy, isCompletedTask } from './forgotten';
import type { HistoryEvent } from './movement-events';
import { TemporalServerError, WorkerUnavailableError } from '../server-errors';
import { aloneWith } from './heal-lock';
import {
  doesNotHang,
  healedByAnother,
  HealRefusedError,
  HINTS,
  isFlooded,
  isPaused,
  noTask,
  whyForgets,
} from './heal-refusals';
import { hangOf, isOfSize } from '../hanging';
import { idInCommand } from '../shell';

/** A refund whose run hung or was cut off, and was reset to a workflow task that it had completed. */
export interface HealedRefund {
  refundId: string;
  workflowId: string;
  /** The run that hung or was cut off; it is over now. */
  hungRunId: string;
  /** The run that goes on. */
  runId: string;
  /** The completed workflow task that is made anew, an event of the run that hung. */
  resetTo: string;
  /** How many tasks are made anew: the last one, and those that the workers' code does not replay. */
  tasksAnew: number;
  /** What the server said of the tasks that failed; `terminated` or `timed out` where the run was cut off. */
  problem: string;
  /** Whether a cancel came after that task; it was sent again to the new run. */
  cancelSentAgain: boolean;
}

const { ResetReapplyType } = temporal.api.enums.v1;

/**
 * Finds the last completed task up to which the workers' code replays a run: the index of its event, undefined where
 * that cannot be told.
 */
export type FindReplayable = (kept: KeptEvents) => Promise<number | undefined>;

/** How a run is healed. */
export interface HealOptions {
  /** Left out, a run is reset to the last task that it completed, whatever code that was. */
  findReplayable?: FindReplayable | undefined;
}

/**
 * Resets a refund's run whose workflow task fails over and over, or that was cut off, to the last task that it
 * completed and up to which the workers' code replays it. What was said to it later (signals, updates, a cancel) is
 * delivered again. The new run looks up what an earlier one may have sent before it sends anything. The workers that run
 * by then take it up: heal only when their code is right. When the new run hangs as well, healing it goes back further.
 * @throws HealRefusedError, RefundNotFoundError
 */
export async function heal(
  access: Access,
  refundId: string,
  options: HealOptions = {},
): Promise<HealedRefund> {
  // What cannot be healed is told without the lock, and looked at again with it.
  await findProblem(access, refundId, options);
  return aloneWith(access, refundId, async () => {
    const { run, events, problem, taskAnew } = await findProblem(access, refundId, options);
    const hints = HINTS[isCutOff(problem) ? 'cutOff' : 'hung'];
    const { runId: hungRunId, workflowId } = run;
    const task = await taskAnew();
    const { point, later } = resetPoint(refundId, { events, task }, hints);
    const forgotten = await forgottenBy(events, task, decoderOf(access, run));
    if (forgotten) throw new HealRefusedError(refundId, whyForgets(refundId, forgotten, hints));
    // The lock ends by itself: whoever took longer must not undo what another run has done since.
    if ((await describeRun(access, refundId)).runId !== hungRunId)
      throw new HealRefusedError(refundId, healedByAnother(refundId));
    const runId = await reset(access, refundId, run, { point, reason: `refund heal: ${problem}` });
    const cancelSentAgain = later.some((event) => event.workflowExecutionCancelRequestedEventAttributes);
    if (cancelSentAgain) await cancelAgain(access, refundId, runId);
    const tasksAnew = 1 + later.filter(isCompletedTask).length;
    const resetTo = point.toString();
    return { refundId, workflowId, hungRunId, runId, resetTo, tasksAnew, problem, cancelSentAgain };
  });
}

/** What is wrong with the newest run of a refund. @throws HealRefusedError when it goes its way */
async function findProblem(access: Access, refundId: string, { findReplayable }: HealOptions) {
  const run = await describeRun(access, refundId);
  const cutOff = CUT_OFF_BY[run.status.name];
  if (run.closeTime && cutOff === undefined)
    throw new HealRefusedError(refundId, `refund ${refundId} has already ended.`);
  if (run.status.name === 'PAUSED') throw new HealRefusedError(refundId, isPaused(refundId, run.workflowId));
  const history = await call(access, () => handleOf(access, refundId, run.runId).fetchHistory());
  const events = history.events ?? [];
  const lastTask = events.findLastIndex(isCompletedTask);
  let found: Promise<number> | undefined;
  // A replay takes its time: it is made once, and only where it matters.
  const taskAnew = () => (found ??= replayableTask(access, { run, events, lastTask }, findReplayable));
  const wouldHang = async () => ((await taskAnew()) === lastTask ? undefined : unfitFor(access, refundId));
  const problem = cutOff ?? hangOf(run, events) ?? (await wouldHang());
  if (problem === undefined) throw new HealRefusedError(refundId, doesNotHang(refundId));
  if (isOfSize(problem)) throw new HealRefusedError(refundId, isFlooded(refundId));
  return { run, events, problem, taskAnew };
}

/** The task from which the workers' code can go on; the last one where that cannot be told. */
async function replayableTask(
  access: Access,
  { run, events, lastTask }: { run: WorkflowExecutionDescription; events: HistoryEvent[]; lastTask: number },
  findReplayable: FindReplayable | undefined,
): Promise<number> {
  const { namespace, loadedDataConverter } = access.client.workflow.options;
  const kept = { workflowId: run.workflowId, namespace, events, codecs: loadedDataConverter.payloadCodecs };
  return (await findReplayable?.(kept)) ?? lastTask;
}

/** A run that waits shows only when it is sent something that its workers cannot go on with it: they are asked. */
async function unfitFor(access: Access, refundId: string): Promise<string | undefined> {
  try {
    await askWorker(access, refundId, (handle) => handle.query(MESSAGES.getRefund));
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkerUnavailableError)) throw error;
    return error.why === 'wrongVersion' ? 'the code of the workers does not fit its history' : undefined;
  }
}

/** What `problem` says of a run that was cut off, by its status: somebody terminated it, or started it with a timeout. */
export const CUT_OFF_BY: Partial<Record<string, string>> = {
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed out',
};

function isCutOff(problem: string): boolean {
  return Object.values(CUT_OFF_BY).includes(problem);
}

type EventId = NonNullable<HistoryEvent['eventId']>;

/** The task that is made anew, and what came after it. */
function resetPoint(
  refundId: string,
  { events, task }: { events: readonly HistoryEvent[]; task: number },
  hints: (typeof HINTS)[keyof typeof HINTS],
): { point: EventId; later: HistoryEvent[] } {
  const point = events[task]?.eventId;
  const wasReset = events.some(isReset);
  if (!point) throw new HealRefusedError(refundId, `${noTask(refundId, { wasReset })} ${hints.noTask}`);
  return { point, later: events.slice(task + 1) };
}

async function reset(
  access: Access,
  refundId: string,
  { workflowId, runId }: WorkflowExecutionDescription,
  { point, reason }: { point: EventId; reason: string },
): Promise<string> {
  const { workflow } = access.client;
  try {
    const request = {
      namespace: workflow.options.namespace,
      workflowExecution: { workflowId, runId },
      workflowTaskFinishEventId: point,
      reason,
      requestId: randomUUID(),
      resetReapplyType: ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
      identity: workflow.options.identity,
    };
    const reset = () => workflow.workflowService.resetWorkflowExecution(request);
    return (await call(access, reset, 'message')).runId;
  } catch (error) {
    throw error instanceof TemporalServerError && error.grpcCode === GRPC.invalidArgument
      ? new HealRefusedError(refundId, `the server cannot reset this run. ${error.message}`)
      : error;
  }
}

/** The server delivers signals and updates again after a reset, but no cancel. */
async function cancelAgain(access: Access, refundId: string, runId: string): Promise<void> {
  try {
    await call(access, () => handleOf(access, refundId, runId).cancel(), 'message');
  } catch (error) {
    const message =
      `Refund ${refundId} was reset and continues, but its cancel could not be sent again. ` +
      `Send it now: refund cancel ${idInCommand(refundId)}`;
    throw new TemporalServerError('unanswered', message, undefined, { cause: error });
  }
}
