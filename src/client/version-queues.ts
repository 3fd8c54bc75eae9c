import { temporal } from '@temporalio/proto';
import { call } from './temporal-calls';
import type { Access } from './temporal-calls';
import type { TaskQueue } from './pollers';
import type { Version } from './versions';

const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } = temporal.api.enums.v1.TaskQueueType;
const KINDS: Partial<Record<number, TaskQueue['kind']>> = {
  [TASK_QUEUE_TYPE_ACTIVITY]: 'activity',
  [TASK_QUEUE_TYPE_WORKFLOW]: 'workflow',
};

/** The queues that workers of a version have ever polled. */
export async function queuesOfVersion(access: Access, deploymentVersion: Version): Promise<TaskQueue[]> {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  const { versionTaskQueues } = await call(access, () =>
    workflow.workflowService.describeWorkerDeploymentVersion({ namespace, deploymentVersion }),
  );
  return versionTaskQueues.flatMap(({ name, type }) => {
    const kind = KINDS[type ?? 0];
    return name && kind ? [{ name, kind }] : [];
  });
}
