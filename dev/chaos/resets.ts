import { randomUUID } from 'node:crypto';
import type { RefundActivities } from '../../src/domain/activity-types';
import type { Chance } from './chance';
import { readHistory } from './endings';
import type { Event } from './endings';
import type { Script } from './scripts';
import { isPassing, persist } from './context';
import type { Context } from './context';

const REVERSAL: keyof RefundActivities = 'reverseLeg';

/**
 * Resets a refund's newest run, whether it still runs or not, to a random task of its history; never to before a
 * reversal was begun, which the new run would know nothing of (docs/adr/006).
 */
export async function resetSomewhere(context: Context, script: Script, chance: Chance): Promise<void> {
  const { client, actions } = context;
  const { workflowId, refundId } = script;
  const { runId } = await persist(context, () => client.workflow.getHandle(workflowId).describe());
  const { events } = await readHistory(context, workflowId, runId);
  const sinceReversal = (events ?? []).slice((events ?? []).findLastIndex(isReversal) + 1);
  const points = sinceReversal.filter(({ workflowTaskCompletedEventAttributes: done }) => done);
  const point = points[chance.integer(0, points.length - 1)]?.eventId;
  if (!point) return;
  actions.reset(refundId, runId);
  const requestId = randomUUID();
  try {
    await persist(context, () =>
      client.workflowService.resetWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId, runId },
        workflowTaskFinishEventId: point,
        reason: 'chaos',
        requestId,
      }),
    );
  } catch (error) {
    // The server refuses some points, such as one that another reset has overtaken.
    if (context.over.aborted || isPassing(error)) throw error;
  }
  const later = await readHistory(context, workflowId, runId);
  const isLater = ({ eventId }: Event) => eventId?.greaterThan(point) ?? false;
  if (later.events?.some((event) => isLater(event) && isReversal(event))) actions.forgetReversal(refundId);
}

function isReversal({ activityTaskScheduledEventAttributes: scheduled }: Event): boolean {
  return scheduled?.activityType?.name === REVERSAL;
}
