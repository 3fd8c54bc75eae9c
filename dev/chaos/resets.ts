import { randomUUID } from 'node:crypto';
import type { RefundActivities } from '../../src/domain/exchange';
import type { Chance } from './chance';
import { readHistory } from './endings';
import type { Event } from './endings';
import type { Script } from './scripts';
import { isPassing, persist } from './stage';
import type { Stage } from './stage';

const REVERSAL: keyof RefundActivities = 'reverseLeg';

/**
 * Resets a refund's newest run, whether it still runs or not, to a random task of its history; never to before a
 * reversal was begun, which the new run would know nothing of (docs/adr/006).
 */
export async function resetSomewhere(stage: Stage, script: Script, chance: Chance): Promise<void> {
  const { client, deeds } = stage;
  const { workflowId, refundId } = script;
  const { runId } = await persist(stage, () => client.workflow.getHandle(workflowId).describe());
  const { events } = await readHistory(stage, workflowId, runId);
  const sinceReversal = (events ?? []).slice((events ?? []).findLastIndex(isReversal) + 1);
  const points = sinceReversal.filter(({ workflowTaskCompletedEventAttributes: done }) => done);
  const point = points[chance.integer(0, points.length - 1)]?.eventId;
  if (!point) return;
  deeds.reset(refundId, runId);
  const requestId = randomUUID();
  try {
    await persist(stage, () =>
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
    if (stage.over.aborted || isPassing(error)) throw error;
  }
  const later = await readHistory(stage, workflowId, runId);
  const isLater = ({ eventId }: Event) => eventId?.greaterThan(point) ?? false;
  if (later.events?.some((event) => isLater(event) && isReversal(event))) deeds.forgetReversal(refundId);
}

function isReversal({ activityTaskScheduledEventAttributes: scheduled }: Event): boolean {
  return scheduled?.activityType?.name === REVERSAL;
}
