import { setTimeout as pause } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { isGrpcServiceError } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';
import { requestHash } from '../statements/request-hash';

/**
 * What there is of older runs under the refund's workflow id: a reset one, or one that somebody started with other
 * policies.
 * - `same`: they asked for the same; `since` is when the oldest began, ISO 8601; `runIds` are theirs
 * - `other`: one of them asked for something else
 */
export type EarlierRuns = { kind: 'none' | 'other' } | { kind: 'same'; since: string; runIds: string[] };

/**
 * What is looked for: runs with another start argument than this hash says, or with the same. `before`: only of a run that
 * was reset, when its first run began, ISO 8601; what began later is a newer run.
 */
export interface EarlierRunsQuestion {
  hash: string;
  before?: string;
}

/** Finds out what older runs there are. Fails when the server cannot say. */
export type FindEarlierRuns = (question: EarlierRunsQuestion) => Promise<EarlierRuns>;

type Run = temporal.api.workflow.v1.IWorkflowExecutionInfo;

/** How long visibility may lag behind the start of our own run before planning is tried anew. Milliseconds. */
const LONGEST_LAG_MS = 20_000;
const PAGE_SIZE = 100;

/**
 * Asks the server for the runs under this workflow id, and compares what they were started with. The list is only
 * believed once it shows our own run: what began before that shows then too. A run that failed was refused as invalid,
 * and has sent nothing.
 */
export async function earlierRunsOf({ hash, before }: EarlierRunsQuestion): Promise<EarlierRuns> {
  const { workflowExecution } = Context.current().info;
  const { workflowId = '', runId = '' } = workflowExecution ?? {};
  const runs = await runsIncluding(workflowId, runId);
  const isOlder = ({ execution, startTime }: Run) =>
    execution?.runId !== runId && (before === undefined || tsToMs(startTime) < Date.parse(before));
  const others = runs.filter(isOlder);
  const hashes = await Promise.all(others.map(({ execution }) => hashOf(workflowId, execution?.runId ?? '')));
  const known = others.filter((_, index) => hashes[index] !== undefined);
  if (known.length === 0) return { kind: 'none' };
  if (hashes.some((other) => other !== undefined && other !== hash)) return { kind: 'other' };
  const starts = known.map(({ startTime }) => tsToMs(startTime));
  const runIds = known.flatMap(({ execution }) => execution?.runId ?? []);
  return { kind: 'same', since: new Date(Math.min(...starts)).toISOString(), runIds };
}

async function runsIncluding(workflowId: string, runId: string): Promise<Run[]> {
  for (let waitMs = 10, waited = 0; waited < LONGEST_LAG_MS; waited += waitMs, waitMs *= 2) {
    const runs = await listRuns(workflowId);
    if (runs.some(({ execution }) => execution?.runId === runId)) return runs;
    await pause(waitMs);
  }
  throw ApplicationFailure.retryable('The list of runs does not show this run yet; it is asked again.');
}

async function listRuns(workflowId: string): Promise<Run[]> {
  const { client, info } = Context.current();
  const runs: Run[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.listWorkflowExecutions({
      namespace: info.namespace,
      query: `WorkflowId = "${workflowId}" AND ExecutionStatus != "Failed"`,
      pageSize: PAGE_SIZE,
      ...(nextPageToken && { nextPageToken }),
    });
    runs.push(...page.executions);
    nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : undefined;
  } while (nextPageToken);
  return runs;
}

/**
 * The hash of what a run was started with; undefined when the run is gone. Fails when it cannot be read here: then the
 * refund stays in planning, for a worker that can.
 */
async function hashOf(workflowId: string, runId: string): Promise<string | undefined> {
  const { client, info } = Context.current();
  const { namespace } = info;
  const context = { type: 'workflow', namespace, workflowId } as const;
  const read = { namespace, execution: { workflowId, runId }, maximumPageSize: 1 };
  const response = await client.workflowService.getWorkflowExecutionHistory(read).catch((error: unknown) => {
    if (isGrpcServiceError(error) && (error.code as number) === NOT_FOUND) return undefined;
    throw error;
  });
  const payloads = response?.history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  if (!payloads) return undefined;
  const { loadedDataConverter } = client.workflow.options;
  return requestHash(await decodeFromPayloadsAtIndex<unknown>(loadedDataConverter, 0, payloads, context));
}

/** The gRPC status of a run that is not there. */
const NOT_FOUND = 5;
