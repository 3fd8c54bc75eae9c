import { defaultPayloadConverter } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import type { RefundState } from '../../src/domain/state';
import type { Script } from './scripts';
import { persist } from './stage';
import type { Stage } from './stage';

/** A run's history. */
export type History = temporal.api.history.v1.IHistory;
/** One event of it. */
export type Event = NonNullable<History['events']>[number];

/** How the newest run of a refund stands when the session is over. */
export interface Ending {
  script: Script;
  runId: string;
  /** Temporal's own word: COMPLETED, FAILED, RUNNING … */
  status: string;
  /** Milliseconds since 1970. */
  closedAt: number;
  /** What it completed with, or what its query still answers. */
  state?: RefundState;
  failureType?: string;
  history: History;
}

/** Reads how a refund ended; undefined when it was never started. */
export async function readEnding(stage: Stage, script: Script): Promise<Ending | undefined> {
  const { client } = stage;
  const run = await persist(stage, () => client.workflow.getHandle(script.workflowId).describe()).catch(
    () => undefined,
  );
  if (!run) return undefined;
  const { runId, status, closeTime } = run;
  const history = await readHistory(stage, script.workflowId, runId);
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
    closedAt: closeTime?.getTime() ?? Infinity,
    history,
    ...(state && { state }),
    ...(failureType && { failureType }),
  };
}

/** Reads the history of one run. */
export async function readHistory(stage: Stage, workflowId: string, runId: string): Promise<History> {
  return persist(stage, () => stage.client.workflow.getHandle(workflowId, runId).fetchHistory());
}

/** When an event was written, in milliseconds since 1970. */
export function timeOf({ eventTime }: Event): number {
  return eventTime ? tsToMs(eventTime) : 0;
}
