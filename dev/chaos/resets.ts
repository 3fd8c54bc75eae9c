import { randomUUID } from 'node:crypto';
import type { Chance } from './chance';
import type { Script } from './scripts';
import { isPassing, persist } from './stage';
import type { Stage } from './stage';

/** Resets a refund's newest run, whether it still runs or not, to a random task of its history. */
export async function resetSomewhere(stage: Stage, script: Script, chance: Chance): Promise<void> {
  await resetTo(stage, script, (points) => points[chance.integer(0, points.length - 1)]);
}

/** Resets a run that hangs to its last good task, which is how an operator heals it. */
export async function heal(stage: Stage, script: Script): Promise<void> {
  await resetTo(stage, script, (points) => points.at(-1));
}

async function resetTo<Point>(
  stage: Stage,
  { workflowId, refundId }: Script,
  choose: (points: Point[]) => Point | undefined,
): Promise<void> {
  const { client, deeds } = stage;
  const { runId } = await persist(stage, () => client.workflow.getHandle(workflowId).describe());
  const { events } = await persist(stage, () => client.workflow.getHandle(workflowId, runId).fetchHistory());
  const done = (events ?? []).filter(({ workflowTaskCompletedEventAttributes: task }) => task);
  const point = choose(done.map(({ eventId }) => eventId as Point));
  if (point === undefined) return;
  deeds.reset(refundId, runId);
  const requestId = randomUUID();
  try {
    await persist(stage, () =>
      client.workflowService.resetWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId, runId },
        workflowTaskFinishEventId: point as never,
        reason: 'chaos',
        requestId,
      }),
    );
  } catch (error) {
    // The server refuses some points, such as one that another reset has overtaken.
    if (isPassing(error) || !(error instanceof Error)) throw error;
  }
}
