import { optionalTsToMs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import { PROVIDER_NAMES, providerQueue } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import { callsInFlight } from './calls-in-flight';
import { rowOf } from './overview';
import type { RefundRow } from './overview';
import { call, isGone } from './temporal-calls';
import type { Access } from './temporal-calls';
import { together } from './together';
import { eachRun, OPEN, REFUNDS } from './visibility';

/** A call that a worker has begun, and that may move money until it ends. */
export interface MovementInFlight {
  refundId: string;
  /** When its attempt is over at the latest, ISO 8601. */
  until: string;
}

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

const AT_ONCE = 8;

/** Whoever waits for a person sends nothing before they have said something, and is listed otherwise then. */
const MAY_SEND = `${REFUNDS} AND ${OPEN} AND (RefundWaitingOn IS NULL OR RefundWaitingOn NOT IN ('approval', 'operator'))`;

/**
 * Those that were cut off, by a terminate or a reset, so short a time ago that a call of theirs may still be under way: a
 * worker ends it all the same. Longer than any attempt takes. Milliseconds.
 */
const CUT_OFF_WITHIN_MS = 3_600_000;

function cutOffLately(now: number): string {
  const since = new Date(now - CUT_OFF_WITHIN_MS).toISOString();
  return `${REFUNDS} AND CloseTime > '${since}' AND ExecutionStatus != 'Completed' AND (RefundStatus IS NULL OR RefundStatus != 'invalid')`;
}

/**
 * The movements at a provider that workers have begun, of the refunds of this queue. Asks the server alone.
 * @param now what time it is for the server, or a moment ago: the clock of this machine may be wrong. Milliseconds
 */
export async function movementsInFlight(
  access: Access,
  provider: ProviderName,
  now: () => number,
): Promise<MovementInFlight[]> {
  const found: MovementInFlight[] = [];
  let batch: RefundRow[] = [];
  const look = async () => {
    found.push(...(await together(batch.map((row) => begunIn(access, row, { provider, now })))).flat());
    batch = [];
  };
  for (const query of [MAY_SEND, cutOffLately(now())]) {
    for await (const run of eachRun(access, query)) {
      const row = rowOf(run);
      if (row.taskQueue === access.taskQueue) batch.push(row);
      if (batch.length === AT_ONCE) await look();
    }
  }
  await look();
  return found;
}

async function begunIn(
  access: Access,
  { refundId, workflowId, runId, closedAt }: RefundRow,
  { provider, now }: { provider: ProviderName; now: () => number },
): Promise<MovementInFlight[]> {
  const { workflow } = access.client;
  const question = { namespace: workflow.options.namespace, execution: { workflowId, runId } };
  const { pendingActivities } = await call(access, () =>
    workflow.workflowService.describeWorkflowExecution(question),
  ).catch(unlessGone);
  const others = queuesOfOthers(access, provider);
  return (
    (pendingActivities ?? [])
      .filter(
        (pending) =>
          !others.includes(pending.activityOptions?.taskQueue?.name ?? '') &&
          callsInFlight([pending], false).length > 0,
      )
      .map((pending) => endOf(pending, now()))
      // The server is not told of the end of a call whose run has ended: it counts as under way as long as it may take.
      .filter((end) => closedAt === undefined || end > now())
      .map((end) => ({ refundId, until: new Date(end).toISOString() }))
  );
}

/**
 * What is on any other queue counts: a first attempt may be on that of refunds, and somebody may have moved a call to another
 * one, where nothing tells whose it is.
 */
function queuesOfOthers({ taskQueue }: Access, provider: ProviderName): string[] {
  return PROVIDER_NAMES.filter((name) => name !== provider).map((name) => providerQueue(taskQueue, name));
}

function endOf({ lastStartedTime, activityOptions }: Pending, now: number): number {
  const began = optionalTsToMs(lastStartedTime) ?? now;
  return began + (optionalTsToMs(activityOptions?.startToCloseTimeout) ?? 0);
}

/** One that was deleted meanwhile has nothing in flight that anybody waits for. */
function unlessGone(error: unknown): { pendingActivities?: Pending[] } {
  if (isGone(error)) return {};
  throw error;
}
