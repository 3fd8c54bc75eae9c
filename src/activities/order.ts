import { setTimeout as pause } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import {
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  defineSearchAttributeKey,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import {
  FAILURES,
  ORDER_MESSAGES,
  ORDER_WORKFLOW_TYPE,
  orderWorkflowIdOf,
  SEARCH_ATTRIBUTES,
  SEND_AGAIN,
} from '../domain/contract';
import type { LegInput } from '../domain/activity-types';
import { newOrder } from '../domain/order/ledger';
import type { EndOfRefund } from '../domain/order/end';
import type { Reservation, ReservationRefused, Reserved } from '../domain/order/reservation';
import { LEG_NAMES } from '../domain/plan';
import type { RefundPlan } from '../domain/plan';
import type { RefundRequest } from '../domain/request';
import type { TimeBudget } from '../providers/time-budget';
import { sharesOf } from './shares';

/** What an order answers. `away`: nothing, in time, and why, as far as that is known; it may still reserve, for this run. */
export type ReservationAnswer =
  ({ kind: 'reserved' } & Reserved) | ReservationRefused | { kind: 'away'; message: string };

/** How the activities reach orders; replaced only where there is no server. */
export interface Orders {
  reserve: (orderId: string, reservation: Reservation, taskQueue: string) => Promise<ReservationAnswer>;
  endRefund: (orderId: string, end: EndOfRefund) => Promise<void>;
}

/** Orders as workflows on the server of this activity. */
export const ORDERS: Orders = { reserve, endRefund };

/** How long a plan waits for its order before it makes room for others. Milliseconds. */
const PATIENCE_MS = 3_000;

/** What a refund has to reserve. */
export function reservationOf(
  request: RefundRequest,
  plan: Pick<RefundPlan, 'hasEarlierRuns' | 'unanswered'>,
  { firstRun, memoryMs }: Pick<Reservation, 'firstRun' | 'memoryMs'>,
): Reservation {
  return { ...ownRun(firstRun), ...sharesOf(request, plan), memoryMs };
}

/** The refund and the run that an activity works for, by the workflow itself and not by what it was given. */
export function ownRun(firstRun: string): Pick<EndOfRefund, 'refundId' | 'firstRun' | 'runId'> {
  const { workflowId = '', runId = '' } = Context.current().info.workflowExecution ?? {};
  return { refundId: workflowId.replace(/^refund:/, ''), firstRun, runId };
}

/**
 * Reserves at the order, by update-with-start. The server repeats an answer that it gave under the same update id, also
 * to another run of the refund, and to whoever asks something else: an answer to another is asked for under an id of its own.
 */
async function reserve(
  orderId: string,
  reservation: Reservation,
  taskQueue: string,
): Promise<ReservationAnswer> {
  const { refundId, runId } = reservation;
  let why = whyAway(orderId, taskQueue);
  for (const updateId of [refundId, `${refundId}:${runId}`]) {
    const answer = await ask(orderId, reservation, { updateId, taskQueue, startsAfter: 'nothing' });
    if (answer.kind === 'reserved' ? answer.runId === runId : answer.kind !== 'away') return answer;
    if (answer.kind !== 'away') continue;
    why = answer.message;
    if (!answer.isAnothers) break;
  }
  return { kind: 'away', message: why };
}

interface Asking {
  updateId: string;
  taskQueue: string;
  /** After what an order is begun: where there was none, or also where the last one has completed. */
  startsAfter: 'nothing' | 'itsEnd';
}

/** `isAnothers`: under this update id something else was asked and has failed, which the server repeats. */
type Answer = Exclude<ReservationAnswer, { kind: 'away' }> | (Away & { isAnothers: boolean });
type Away = Extract<ReservationAnswer, { kind: 'away' }>;

async function ask(orderId: string, reservation: Reservation, asking: Asking): Promise<Answer> {
  const { client } = Context.current();
  const { updateId, taskQueue, startsAfter } = asking;
  const RefundOrderId = defineSearchAttributeKey('RefundOrderId', SEARCH_ATTRIBUTES.RefundOrderId);
  const startWorkflowOperation = new WithStartWorkflowOperation(ORDER_WORKFLOW_TYPE, {
    taskQueue,
    workflowId: orderWorkflowIdOf(orderId),
    workflowIdConflictPolicy: 'USE_EXISTING',
    // An order that was terminated held shares: a new one would know of none.
    workflowIdReusePolicy: startsAfter === 'nothing' ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE',
    workflowTaskTimeout: '5s',
    args: [newOrder(orderId, reservation.memoryMs)],
    typedSearchAttributes: [{ key: RefundOrderId, value: orderId }],
  });
  try {
    const reserved = await client.withDeadline(Date.now() + PATIENCE_MS, () =>
      client.workflow.executeUpdateWithStart<() => Promise<unknown>, Reserved, [Reservation]>(
        ORDER_MESSAGES.reserve,
        { updateId, args: [reservation], startWorkflowOperation },
      ),
    );
    return { kind: 'reserved', ...reserved };
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal) return refusal;
    throwUnlessServer(error);
    const standing = await standingOf(orderId);
    const isOver = standing?.type === ORDER_WORKFLOW_TYPE && standing.status === 'COMPLETED';
    if (isOver && startsAfter === 'nothing') {
      return ask(orderId, reservation, { ...asking, startsAfter: 'itsEnd' });
    }
    const said = failureOf(error);
    const isEnding = said?.details?.[0] === SEND_AGAIN;
    const message = whyAway(orderId, taskQueue, standing && { ...standing, isEnding });
    return {
      kind: 'away',
      message,
      isAnothers: said !== undefined && said.type !== FAILURES.reservationRefused,
    };
  }
}

/** What stands under an order's workflow id. */
interface Standing {
  type: string;
  status: string;
  taskQueue: string;
  /** Its workers take its next task up again and again, and none finishes it. */
  fails: boolean;
}

/** How long the server may take to say what stands under an order's id. Milliseconds. */
const STANDING_MS = 1_000;

/** A task whose worker was lost is given to another. */
const MOST_ATTEMPTS = 2;

/** Only asked when no order has answered; undefined where the server does not say either. */
async function standingOf(orderId: string): Promise<Standing | undefined> {
  const { client } = Context.current();
  const handle = client.workflow.getHandle(orderWorkflowIdOf(orderId));
  return client
    .withDeadline(Date.now() + STANDING_MS, () => handle.describe())
    .then(
      ({ type, status, taskQueue, raw }) => ({
        ...{ type, status: status.name, taskQueue },
        fails: (raw.pendingWorkflowTask?.attempt ?? 0) > MOST_ATTEMPTS,
      }),
      () => undefined,
    );
}

/** Why an order does not answer, and what to do about it. */
function whyAway(orderId: string, taskQueue: string, standing?: Standing & { isEnding: boolean }): string {
  const id = orderWorkflowIdOf(orderId);
  if (standing && standing.type !== ORDER_WORKFLOW_TYPE) {
    return `Not sent: what stands under ${id} is no order of refunds. Whoever started it has to end it and delete it.`;
  }
  if (standing?.status === 'PAUSED') {
    return `Not sent: the workflow ${id} is paused. Unpause it: temporal workflow unpause --workflow-id ${id}`;
  }
  if (standing && standing.status !== 'RUNNING' && standing.status !== 'COMPLETED') {
    return (
      `Not sent: the workflow ${id} was cut off, and what its refunds hold is not known without it. Restore it: ` +
      `temporal workflow reset --workflow-id ${id} --type LastWorkflowTask --reason "restore the order". Then see refund order ${orderId}: it was not told of what ended meanwhile`
    );
  }
  if (standing && standing.taskQueue !== taskQueue) {
    return `Not sent: order ${orderId} is served on the task queue ${standing.taskQueue}, where it began, and this worker asks on ${taskQueue}. Does a worker poll the first?`;
  }
  if (standing?.fails) {
    return `Not sent: the tasks of the workflow ${id} fail again and again. Look at the logs of the workers that poll the task queue ${taskQueue}: which code should continue it?`;
  }
  if (standing?.isEnding) {
    return `Not sent: the workflow ${id} ends as soon as it is asked. Where it goes on like that, somebody began it with a schedule, and has to end it and delete it.`;
  }
  return `Not sent: order ${orderId} did not answer whether it has so much left; is a worker polling the task queue ${taskQueue}?`;
}

function refusalIn(error: unknown): ReservationRefused | undefined {
  const said = failureOf(error);
  const refusal =
    said?.type === FAILURES.reservationRefused
      ? (said.details?.[0] as ReservationRefused | string | undefined)
      : undefined;
  return typeof refusal === 'object' ? refusal : undefined;
}

/** What the order itself answered in place of a reservation. */
function failureOf(error: unknown): ApplicationFailure | undefined {
  const { cause } = error instanceof WorkflowUpdateFailedError ? error : {};
  return cause instanceof ApplicationFailure ? cause : undefined;
}

/** Whatever the server says instead of the order, it is asked again. */
function throwUnlessServer(error: unknown): void {
  const isServer =
    error instanceof WorkflowUpdateFailedError ||
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    error instanceof WorkflowExecutionAlreadyStartedError ||
    isGrpcServiceError(error) ||
    (error instanceof Error && isGrpcServiceError(error.cause));
  if (!isServer) throw error;
}

/** How long the end of the last leg waits at most until its order was told. Milliseconds. */
const TELLING_MS = 1_000;

/** Tells the order that all legs are refunded, with the last one; whether it was told is known for certain. */
export async function tellDone(
  { orderId, firstRun }: LegInput,
  orders: Orders,
  budget: TimeBudget,
): Promise<boolean> {
  // Nothing may keep the outcome of a movement from being told in time.
  if (orderId === undefined || budget.remainingMs() < TELLING_MS) return false;
  const shares = Object.fromEntries(LEG_NAMES.map((leg) => [leg, 'moved' as const]));
  const told = orders.endRefund(orderId, { ...ownRun(firstRun), shares });
  return Promise.race([
    told.then(
      () => true,
      () => false,
    ),
    pause(TELLING_MS, false, { ref: false }),
  ]);
}

/** Tells an order of the end of a refund; one that is not there holds nothing. */
async function endRefund(orderId: string, end: EndOfRefund): Promise<void> {
  const { client } = Context.current();
  try {
    await client.workflow.getHandle(orderWorkflowIdOf(orderId)).signal(ORDER_MESSAGES.endRefund, end);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
