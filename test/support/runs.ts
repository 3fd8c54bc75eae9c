import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';

/** The current details of a run. */
export async function details(handle: WorkflowHandle): Promise<string> {
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return currentDetails;
}

/** Whatever happened live must happen again from the history alone. */
export async function replays(handle: WorkflowHandle): Promise<void> {
  const bundle = { workflowBundle: { codePath: process.env.TEST_WORKFLOW_BUNDLE ?? '' } };
  await Worker.runReplayHistory(bundle, await handle.fetchHistory(), handle.workflowId);
}
