import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { RefundActivities } from '../domain/exchange';
import { call, describeRun, GRPC, handleOf } from './access';
import type { Access } from './access';
import { RefundError, TemporalServerError } from './errors';
import { hangOf } from './hanging';

/** A refund whose run hung and was reset: its newest run goes on from its last completed workflow task. */
export interface HealedRefund {
  refundId: string;
  workflowId: string;
  /** The run that hung; it is over now. */
  hungRunId: string;
  /** The run that goes on. */
  runId: string;
  /** The completed workflow task that is made anew, an event of the run that hung. */
  resetTo: string;
  /** What the server said of the tasks that failed. */
  problem: string;
  /** Whether a cancel came after that task; it was sent again to the new run. */
  cancelSentAgain: boolean;
}

/** The refund was not healed, because there is nothing to heal or because healing could cost money. */
export class HealRefusedError extends RefundError {
  constructor(
    readonly refundId: string,
    why: string,
  ) {
    super(`Refused, nothing was changed: ${why}`);
  }
}

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const { ResetReapplyType } = temporal.api.enums.v1;
const REVERSAL: keyof RefundActivities = 'reverseLeg';

/**
 * Resets a refund's run whose workflow task fails over and over to the last task that it completed. What was said to it
 * later (signals, updates, a cancel) is delivered again. The new run looks up what an earlier one may have sent before it
 * sends anything. The workers that run by then take it up: heal only when their code is right. When the new run hangs as
 * well, healing it goes back one task further.
 * @throws HealRefusedError, RefundNotFoundError
 */
export async function heal(access: Access, refundId: string): Promise<HealedRefund> {
  const run = await describeRun(access, refundId);
  if (run.closeTime) throw new HealRefusedError(refundId, `refund ${refundId} has already ended.`);
  const { runId, workflowId } = run;
  const { events } = await call(access, () => handleOf(access, refundId, runId).fetchHistory());
  const problem = hangOf(run, events ?? []);
  if (problem === undefined) throw new HealRefusedError(refundId, doesNotHang(refundId));
  const { point, later } = resetPoint(refundId, events ?? []);
  const newRunId = await reset(access, refundId, run, point, problem);
  const cancelSentAgain = later.some((event) => event.workflowExecutionCancelRequestedEventAttributes);
  if (cancelSentAgain) await cancelAgain(access, refundId, newRunId);
  const resetTo = point.toString();
  return { refundId, workflowId, hungRunId: runId, runId: newRunId, resetTo, problem, cancelSentAgain };
}

type EventId = NonNullable<HistoryEvent['eventId']>;

/** The last completed task, unless a movement back was begun after it: the new run would know nothing of that. */
function resetPoint(
  refundId: string,
  events: readonly HistoryEvent[],
): { point: EventId; later: HistoryEvent[] } {
  const last = events.findLastIndex((event) => event.workflowTaskCompletedEventAttributes);
  const point = events[last]?.eventId;
  if (!point) throw new HealRefusedError(refundId, noTask(refundId));
  const later = events.slice(last + 1);
  const isReversal = ({ activityTaskScheduledEventAttributes: scheduled }: HistoryEvent) =>
    scheduled?.activityType?.name === REVERSAL;
  if (later.some(isReversal)) throw new HealRefusedError(refundId, forgetsReversal(refundId));
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
        reason: `refund heal: the workflow task failed over and over (${problem})`,
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

function doesNotHang(refundId: string): string {
  return (
    `refund ${refundId} does not hang: no workflow task of it fails. Where it stands: refund show ${refundId}. ` +
    'A refund that nobody works on waits for a worker.'
  );
}

function noTask(refundId: string): string {
  return (
    `refund ${refundId} has no completed workflow task to go back to, and nothing was sent. It goes on by itself once ` +
    'a worker runs that can plan it.'
  );
}

function forgetsReversal(refundId: string): string {
  return (
    `refund ${refundId} has begun to take something back after the point it would be reset to, and the new run would ` +
    'not know of it. Run the version of the worker that began it: the refund then goes on by itself.'
  );
}
