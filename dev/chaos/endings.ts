import { defaultPayloadConverter } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import type { RefundState } from '../../src/domain/state';
import type { Script } from './scripts';
import { persist } from './context';
import type { Context } from './context';

/** A run's history. */
export type History = temporal.api.history.v1.IHistory;
/** One event of it. */
export type Event = NonNullable<History['events']>[number];

/** How one run of a refund stands when the session is over. */
export interface Ending {
  script: Script;
  runId: string;
  /** Temporal's own word: COMPLETED, FAILED, RUNNING … */
  status: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  closedAt: number;
  /** It was started with another content than the refund's. */
  isOther: boolean;
  /** What it completed with, or what its query still answers. */
  state?: RefundState;
  failureType?: string;
  history: History;
}

/** Reads how all runs of a refund ended, the newest first; none when it was never started. */
export async function readEndings(context: Context, script: Script): Promise<Ending[]> {
  const runIds = await persist(context, () => runIdsOf(context, script));
  const endings = await Promise.all(runIds.map((runId) => readEnding(context, script, runId)));
  return endings.sort((one, other) => other.startedAt - one.startedAt);
}

async function runIdsOf({ client }: Context, { workflowId }: Script): Promise<string[]> {
  const runIds: string[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
    runIds.push(runId);
  return runIds;
}

async function readEnding(context: Context, script: Script, runId: string): Promise<Ending> {
  const handle = context.client.workflow.getHandle(script.workflowId, runId);
  const { status, closeTime, raw } = await persist(context, () => handle.describe());
  const history = await readHistory(context, script.workflowId, runId);
  const input = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  const last = history.events?.at(-1);
  const completed = last?.workflowExecutionCompletedEventAttributes;
  const failed = last?.workflowExecutionFailedEventAttributes?.failure;
  const payload = completed?.result?.payloads?.[0];
  const state = payload ? defaultPayloadConverter.fromPayload<RefundState>(payload) : undefined;
  const failureType = failed?.applicationFailureInfo?.type;
  return {
    script,
    runId,
    status: status.name,
    startedAt: tsToMs(raw.workflowExecutionInfo?.startTime),
    closedAt: closeTime?.getTime() ?? Infinity,
    isOther: !isContent(script, input),
    history,
    ...(state && { state }),
    ...(failureType && { failureType }),
  };
}

function isContent({ argument }: Script, data: Uint8Array | null | undefined): boolean {
  return Buffer.from(data ?? []).toString() === JSON.stringify(argument);
}

/** Reads the history of one run. */
export async function readHistory(context: Context, workflowId: string, runId: string): Promise<History> {
  return persist(context, () => context.client.workflow.getHandle(workflowId, runId).fetchHistory());
}

/** When an event was written, in milliseconds since 1970. */
export function timeOf({ eventTime }: Event): number {
  return eventTime ? tsToMs(eventTime) : 0;
}
