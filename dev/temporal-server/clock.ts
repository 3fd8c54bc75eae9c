import { randomUUID } from 'node:crypto';
import { isGrpcDeadlineError, type ConnectionLike } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';

const ADVANCE_WAIT_MS = 20_000;

/** One workflow on a server that was started with `timeSkipping`. */
export interface ClockTarget {
  namespace: string;
  workflowId: string;
  /** Default: the current run. */
  runId?: string;
}

/**
 * Moves the clock of one running workflow: its timers up to that moment fire at once.
 * Two limits of the server: an activity in flight stops the clock, and one that waits for its next attempt is
 * started at once instead of at its time.
 * @returns `advanced`, or `ended` when the workflow came to its end on the way
 */
export async function advance(
  connection: ConnectionLike,
  target: ClockTarget,
  seconds: number,
): Promise<'advanced' | 'ended'> {
  const { namespace, workflowId, runId } = target;
  const workflowExecution = { workflowId, runId };
  const fastForwardId = randomUUID();
  const fastForwardConfig = { id: fastForwardId, duration: msToTs(seconds * 1_000) };
  await connection.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution,
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true, fastForwardConfig } },
    updateMask: { paths: ['time_skipping_config'] },
  });

  const deadline = Date.now() + ADVANCE_WAIT_MS;
  const poll = () =>
    connection.workflowService.pollWorkflowExecutionTimeSkipping({
      namespace,
      workflowExecution,
      fastForwardId,
    });
  const { FastForwardPollingResult } = temporal.api.enums.v1;
  while (Date.now() < deadline) {
    const answer = await connection.withDeadline(deadline, poll).catch((error: unknown) => {
      if (isGrpcDeadlineError(error)) return undefined;
      throw error;
    });
    const result = answer?.fastForwardPollingResult;
    if (result === FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED)
      return 'advanced';
    if (result === FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED) {
      const reason = answer?.failedReason ?? '';
      if (reason.includes('execution ended')) return 'ended';
      throw new Error(`The clock of ${workflowId} could not be moved: ${reason}`);
    }
  }
  throw new Error(
    `The clock of ${workflowId} did not reach its place within ${ADVANCE_WAIT_MS / 1_000} s: is an activity in flight?`,
  );
}
