import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from '@temporalio/worker';
import { waitOf } from '../client/health/waits';
import type { Wait } from '../client/health/waits';
import { listQuery, rowOf } from '../client/overview';
import type { RefundRow } from '../client/overview';
import { isId } from '../client/shell';
import { call } from '../client/temporal-calls';
import type { Access } from '../client/temporal-calls';
import { countRuns, eachRun, OPEN } from '../client/visibility';
import { NOTICE_WORKFLOW_TYPE, reminderOf, reminderPrefix, reminderWorkflowId } from '../domain/notice';
import { firstReminderMs, reminderDue } from '../domain/reminder';
import type { RemindAfter } from '../domain/reminder';

/** What reminders are made from. */
export interface ReminderOptions {
  client: Client;
  /** Of whose refunds people are told. */
  taskQueue: string;
  /** How long one call to the server may take. Milliseconds. */
  timeoutMs: number;
  remindAfter: RemindAfter;
  logger: Logger;
}

/** How many waits one round looks into; the next goes on with those that have been due for longest then. */
const MOST_LOOKED_AT = 200;
/** When one that could not be read is tried again. Milliseconds. */
const TRY_AGAIN_MS = 600_000;

/**
 * Makes a round that reminds people of what still waits for them. It begins the same workflow that posts every notice, under
 * an id that names the wait and the step: so any worker may go the round, at any time and again, and each step is told once.
 */
export function createReminders({ remindAfter, logger, ...reach }: ReminderOptions): () => Promise<void> {
  /** When each wait is looked into next, by run and reason: earlier nothing can be due. */
  const nextLooks = new Map<string, number>();
  /** Gives when to look next. Another wait for the same reason may begin from now on: no list tells the two apart. */
  const remind = async (row: RefundRow, firstMs: number, now: number) => {
    const wait = await waitOf(reach, row);
    if (!wait || keyOf(wait.row) !== keyOf(row)) return now;
    const { step, nextMs } = reminderDue(now - Date.parse(wait.since), firstMs);
    if (step > 0 && !(await isOneUnderWay(reach, row))) await begin(reach, wait, step);
    return Math.min(Date.parse(wait.since) + nextMs, now + firstMs);
  };
  return async () => {
    const now = Date.now();
    const due: { row: RefundRow; firstMs: number; since: number }[] = [];
    const seen = new Set<string>();
    for await (const row of waitingRows(reach)) {
      const firstMs = firstReminderMs(row.reason ?? '', remindAfter);
      if (firstMs === null) continue;
      seen.add(keyOf(row));
      const since = nextLooks.get(keyOf(row)) ?? Date.parse(row.startedAt) + firstMs;
      if (since <= now) due.push({ row, firstMs, since });
    }
    for (const key of nextLooks.keys()) if (!seen.has(key)) nextLooks.delete(key);
    const first = due.toSorted((one, other) => one.since - other.since).slice(0, MOST_LOOKED_AT);
    for (const { row, firstMs } of first) {
      const nextLook = await remind(row, firstMs, now).catch((error: unknown) => {
        // One that cannot be read keeps nobody from hearing of the others.
        logger.warn('Nobody could be reminded of a refund that waits', { workflowId: row.workflowId, error });
        return now + TRY_AGAIN_MS;
      });
      nextLooks.set(keyOf(row), nextLook);
    }
  };
}

function keyOf({ runId, reason }: RefundRow): string {
  return `${runId} ${reason ?? ''}`;
}

/** Those of this fleet: another one tells its own receiver. */
async function* waitingRows(access: Access): AsyncGenerator<RefundRow> {
  for await (const run of eachRun(access, listQuery({ needsAttention: true }) ?? '')) {
    const row = rowOf(run);
    if (row.taskQueue === access.taskQueue) yield row;
  }
}

/** A receiver that was away for long hears of a refund once when it is back, and not once for each step. */
async function isOneUnderWay(access: Access, { refundId }: RefundRow): Promise<boolean> {
  const ofIt = `WorkflowType = '${NOTICE_WORKFLOW_TYPE}' AND WorkflowId STARTS_WITH '${reminderPrefix(refundId)}'`;
  return isId(refundId) && (await countRuns(access, `${ofIt} AND ${OPEN}`)) > 0;
}

async function begin(access: Access, { row, since }: Wait, step: number): Promise<void> {
  const notice = reminderOf(row);
  if (!notice) return;
  try {
    await call(access, () =>
      access.client.workflow.start(NOTICE_WORKFLOW_TYPE, {
        args: [notice],
        taskQueue: row.taskQueue,
        workflowId: reminderWorkflowId(row.refundId, since, step),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
