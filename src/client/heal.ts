import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { RefundActivities } from '../domain/exchange';
import { call, describeRun, GRPC, handleOf } from './access';
import type { Access } from './access';
import { activityIn } from './doubts';
import type { HistoryEvent } from './doubts';
import { TemporalServerError } from './errors';
import { doesNotHang, forgetsReversal, HealRefusedError, HINTS, noTask } from './heal-refusals';
import { hangOf } from './hanging';

/** A refund whose run hung or was terminated, and was reset: it goes on from its last completed workflow task. */
export interface HealedRefund {
  refundId: string;
  workflowId: string;
  /** The run that hung or was terminated; it is over now. */
  hungRunId: string;
  /** The run that goes on. */
  runId: string;
  /** The completed workflow task that is made anew, an event of the run that hung. */
  resetTo: string;
  /** What the server said of the tasks that failed; `terminated` where somebody terminated the run. */
  problem: string;
  /** Whether a cancel came after that task; it was sent again to the new run. */
  cancelSentAgain: boolean;
}

const { ResetReapplyType } = temporal.api.enums.v1;
const REVERSAL: keyof RefundActivities = 'reverseLeg';

/**
 * Resets a refund's run whose workflow task fails over and over, or that was terminated, to the last task that it
 * completed. What was said to it later (signals, updates, a cancel) is delivered again. The new run looks up what an
 * earlier one may have sent before it sends anything. The workers that run by then take it up: heal only when their code
 * is right. When the new run hangs as well, healing it goes back one task further.
 * @throws HealRefusedError, RefundNotFoundError
 */
export async function heal(access: Access, refundId: string): Promise<HealedRefund> {
  const run = await describeRun(access, refundId);
  const { runId, workflowId } = run;
  const isTerminated = run.status.name === 'TERMINATED';
  if (run.closeTime && !isTerminated)
    throw new HealRefusedError(refundId, `refund ${refundId} has already ended.`);
  const { events } = await call(access, () => handleOf(access, refundId, runId).fetchHistory());
  const problem = isTerminated ? TERMINATED : hangOf(run, events ?? []);
  if (problem === undefined) throw new HealRefusedError(refundId, doesNotHang(refundId));
  const { point, later } = resetPoint(refundId, events ?? [], HINTS[isTerminated ? 'terminated' : 'hung']);
  const newRunId = await reset(access, refundId, run, point, problem);
  const cancelSentAgain = later.some((event) => event.workflowExecutionCancelRequestedEventAttributes);
  if (cancelSentAgain) await cancelAgain(access, refundId, newRunId);
  const resetTo = point.toString();
  return { refundId, workflowId, hungRunId: runId, runId: newRunId, resetTo, problem, cancelSentAgain };
}

/** What `problem` says of a run that somebody terminated. */
export const TERMINATED = 'terminated';

type EventId = NonNullable<HistoryEvent['eventId']>;

/** The last completed task, unless a movement back was begun after it: the new run would know nothing of that. */
function resetPoint(
  refundId: string,
  events: readonly HistoryEvent[],
  hints: (typeof HINTS)[keyof typeof HINTS],
): { point: EventId; later: HistoryEvent[] } {
  const last = events.findLastIndex((event) => event.workflowTaskCompletedEventAttributes);
  const point = events[last]?.eventId;
  if (!point) throw new HealRefusedError(refundId, `${noTask(refundId)} ${hints.noTask}`);
  const later = events.slice(last + 1);
  if (later.some((event) => activityIn(event) === REVERSAL))
    throw new HealRefusedError(refundId, `${forgetsReversal(refundId)} ${hints.reversal}`);
  return { point, later };
}

async function reset(
  access: Access,
  refundId: string,
  { workflowId, runId }: WorkflowExecutionDescription,
  point: EventId,
  problem: string,
): Promise<string> {
  const { workflow } = access.client;
  try {
    const answer = await call(access, () =>
      workflow.workflowService.resetWorkflowExecution({
        namespace: workflow.options.namespace,
        workflowExecution: { workflowId, runId },
        workflowTaskFinishEventId: point,
        reason: `refund heal: ${problem}`,
        requestId: randomUUID(),
        resetReapplyType: ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
        identity: workflow.options.identity,
      }),
    );
    return answer.runId;
  } catch (error) {
    throw error instanceof TemporalServerError && error.code === GRPC.invalidArgument
      ? new HealRefusedError(refundId, `the server cannot reset this run. ${error.message}`)
      : error;
  }
}

/** The server delivers signals and updates again after a reset, but no cancel. */
async function cancelAgain(access: Access, refundId: string, runId: string): Promise<void> {
  try {
    await call(access, () => handleOf(access, refundId, runId).cancel());
  } catch (error) {
    const message =
      `Refund ${refundId} was reset and goes on, but the cancel that it had been sent could not be sent again. ` +
      `Send it now: refund cancel ${refundId}`;
    throw new TemporalServerError('unanswered', message, undefined, { cause: error });
  }
}
