import type { temporal } from '@temporalio/proto';
import { call } from './access';
import type { Access } from './access';

/** A run as the server lists it; what changed a moment ago may be missing. */
export type ListedRun = temporal.api.workflow.v1.IWorkflowExecutionInfo;

const PAGE = 1_000;

/**
 * Finds the runs that a visibility query matches, the newest first.
 * Not through the SDK's own list, which decodes every memo: a list needs no keys.
 */
export async function findRuns(access: Access, query: string, most: number): Promise<ListedRun[]> {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  const found: ListedRun[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const pageSize = Math.min(PAGE, most - found.length);
    const page = { namespace, query, pageSize, ...(nextPageToken && { nextPageToken }) };
    const answer = await call(access, () => workflow.workflowService.listWorkflowExecutions(page));
    found.push(...answer.executions);
    nextPageToken = answer.nextPageToken;
  } while (nextPageToken.length > 0 && found.length < most);
  return found;
}

/** Counts the runs that a visibility query matches. */
export async function countRuns(access: Access, query: string): Promise<number> {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  const { count } = await call(access, () =>
    workflow.workflowService.countWorkflowExecutions({ namespace, query }),
  );
  return Number(count);
}
