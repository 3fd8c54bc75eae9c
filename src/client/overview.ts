import { defaultPayloadConverter } from '@temporalio/client';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { workflowIdOf } from '../domain/contract';
import type { ProviderName } from '../domain/plan';
import type { RefundState, RefundStatus } from '../domain/state';
import { describeRun } from './temporal-calls';
import type { Access } from './temporal-calls';
import { isId } from './shell';
import { newestRuns, OPEN, REFUNDS, REPORTED_PROBLEMS } from './visibility';
import type { ListedRun } from './visibility';

/** Which refunds to list; what is left out does not matter. */
export interface RefundFilter {
  status?: RefundStatus;
  orderId?: string;
  waitingOn?: 'approval' | 'operator' | ProviderName;
  /** True: exactly those for which a person must act now. */
  needsAttention?: boolean;
  /** At most so many, 1 to 1000; the newest come first. Default: 50. */
  limit?: number;
}

/** How Temporal says that a run stands. */
export type RunStatus =
  | 'RUNNING'
  | 'PAUSED'
  | 'COMPLETED'
  | 'FAILED'
  | 'TERMINATED'
  | 'CANCELED'
  | 'TIMED_OUT'
  | 'CONTINUED_AS_NEW'
  | 'UNSPECIFIED';

/** A refund as the server shows it without asking a worker; times are ISO 8601. */
export interface RefundRow {
  refundId: string;
  workflowId: string;
  runId: string;
  /** `refunding` from the start, before it is known whether anything moves; null for a run that has shown none yet. */
  status: RefundStatus | null;
  waitingOn: RefundState['waitingOn'];
  needsAttention: boolean;
  /** Why a person must act: `approval`, or `<provider>:<code>` of the parked leg; null while nobody must. */
  reason: string | null;
  orderId: string | null;
  taskQueue: string;
  startedAt: string;
  closedAt?: string;
  /** How its run stands. A status that is not final beside `TERMINATED` is where it was cut off. */
  run: RunStatus;
  /** Its workflow task fails or times out over and over. */
  hangs: boolean;
  /** What its history takes, as far as the server says it (of an open run, only in `overview`). */
  historyBytes: number;
}

const MOST_ROWS = 1_000;
const PREFIX = workflowIdOf('');

/** Lists refunds by their search attributes, the newest first; what changed a moment ago may be missing. */
export async function list(access: Access, filter: RefundFilter = {}): Promise<RefundRow[]> {
  const most = Math.min(Math.max(Math.trunc(filter.limit ?? 50), 1), MOST_ROWS);
  const query = listQuery(filter);
  if (query === undefined) return [];
  const rows = (await newestRuns(access, query, most)).map(rowOf);
  // A run that was reset leaves its old self behind.
  return rows.filter(
    ({ workflowId }, index) => rows.findIndex((row) => row.workflowId === workflowId) === index,
  );
}

/** One refund as `list` shows it, up to date. */
export async function overview(access: Access, refundId: string): Promise<RefundRow> {
  const { raw } = await describeRun(access, refundId);
  return rowOf(raw.workflowExecutionInfo ?? {});
}

/**
 * The visibility query of a filter.
 * @returns undefined when nothing can match. Servers read quotes and backslashes each in their own way, so a text that
 * no valid refund has is never put into a query, escaped or not.
 */
export function listQuery({ status, orderId, waitingOn, needsAttention }: RefundFilter): string | undefined {
  const wanted = { RefundStatus: status, RefundOrderId: orderId, RefundWaitingOn: waitingOn };
  const texts = Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (!texts.every(([, text]) => isId(text))) return undefined;
  const conditions = [
    REFUNDS,
    ...texts.map(([name, text]) => `${name} = '${text}'`),
    ...(needsAttention === undefined ? [] : [`RefundNeedsAttention = ${needsAttention ? 'true' : 'false'}`]),
    // The attributes of a run that was cut off say what it waited for; it waits no more.
    ...(waitingOn !== undefined || needsAttention === true ? [OPEN] : []),
  ];
  return conditions.join(' AND ');
}

/** A run as the server lists or describes it, as one row. */
export function rowOf(info: ListedRun): RefundRow {
  const workflowId = info.execution?.workflowId ?? '';
  const run = runStatusOf(info.status);
  const closedAt = optionalTsToDate(info.closeTime)?.toISOString();
  const attribute = (name: string): unknown => {
    const payload = info.searchAttributes?.indexedFields?.[name];
    return payload ? (defaultPayloadConverter.fromPayload<unknown>(payload) ?? null) : null;
  };
  return {
    refundId: workflowId.startsWith(PREFIX) ? workflowId.slice(PREFIX.length) : workflowId,
    workflowId,
    runId: info.execution?.runId ?? '',
    status: attribute('RefundStatus') as RefundRow['status'],
    waitingOn: closedAt === undefined ? (attribute('RefundWaitingOn') as RefundRow['waitingOn']) : null,
    needsAttention: closedAt === undefined && attribute('RefundNeedsAttention') === true,
    reason: closedAt === undefined ? (attribute('RefundReason') as string | null) : null,
    orderId: attribute('RefundOrderId') as string | null,
    taskQueue: info.taskQueue ?? '',
    startedAt: optionalTsToDate(info.startTime)?.toISOString() ?? '',
    ...(closedAt !== undefined && { closedAt }),
    run,
    // The server reports the pause of a run as a problem too.
    hangs: run === 'RUNNING' && attribute(REPORTED_PROBLEMS.name) !== null,
    historyBytes: Number(info.historySizeBytes ?? 0),
  };
}

function runStatusOf(status: temporal.api.workflow.v1.IWorkflowExecutionInfo['status']): RunStatus {
  const name = temporal.api.enums.v1.WorkflowExecutionStatus[status ?? 0];
  return (name ?? '').replace('WORKFLOW_EXECUTION_STATUS_', '') as RunStatus;
}
