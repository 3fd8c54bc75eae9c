import { defaultPayloadConverter, defineSearchAttributeKey } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { WORKFLOW_TYPE } from '../domain/contract';
import { call } from './temporal-calls';
import type { Access } from './temporal-calls';

/** A run as the server lists it; what changed a moment ago may be missing. */
export type ListedRun = temporal.api.workflow.v1.IWorkflowExecutionInfo;

/** The attribute in which the server itself says why a run's workflow task fails or times out over and over. */
export const REPORTED_PROBLEMS = defineSearchAttributeKey('TemporalReportedProblems', 'KEYWORD_LIST');

/** The visibility condition of all refunds. */
export const REFUNDS = `WorkflowType = '${WORKFLOW_TYPE}'`;

/** That of runs that have not ended: told by their end, so that no state in between (such as paused) is left out. */
export const OPEN = 'CloseTime IS NULL';

/** Small, because each row holds a memo that anybody may have written. */
const PAGE = 200;

/**
 * Finds the runs that a visibility query matches, the newest first, page by page.
 * Not through the SDK's own list, which decodes every memo: a list needs no keys.
 */
export async function* eachRun(access: Access, query: string, pageSize = PAGE): AsyncGenerator<ListedRun> {
  const { workflow } = access.client;
  const { namespace } = workflow.options;
  let nextPageToken: Uint8Array | undefined;
  do {
    const request = { namespace, query, pageSize, ...(nextPageToken && { nextPageToken }) };
    const found = await call(access, () => workflow.workflowService.listWorkflowExecutions(request));
    yield* found.executions;
    nextPageToken = found.nextPageToken;
  } while (nextPageToken.length > 0);
}

/** The newest runs that a visibility query matches, in that order. */
export async function newestRuns(access: Access, query: string, most: number): Promise<ListedRun[]> {
  const found: ListedRun[] = [];
  for await (const run of eachRun(access, query, Math.min(PAGE, most))) {
    found.push(run);
    if (found.length === most) break;
  }
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

/** A search attribute of a run that holds a text; undefined where it holds none. */
export function textAttribute(run: ListedRun, name: string): string | undefined {
  const payload = run.searchAttributes?.indexedFields?.[name];
  const value = payload ? defaultPayloadConverter.fromPayload<unknown>(payload) : undefined;
  return typeof value === 'string' ? value : undefined;
}
