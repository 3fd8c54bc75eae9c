import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyLocalActivities,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURES, ORDER_MESSAGES } from '../domain/contract';
import { describeOrder } from '../domain/order/details';
import { endRefund } from '../domain/order/end';
import { isInUse, newOrder, refundOf } from '../domain/order/ledger';
import { refusalOfRelease, releaseHold } from '../domain/order/release';
import { refusalOfReservation, replyTo, reserve } from '../domain/order/reservation';
import type { OrderState } from '../domain/order/ledger';
import type { Reservation, Reserved } from '../domain/order/reservation';
import { faultOfReleaseHold, isEndOfRefund, isMemory, isReservation } from '../domain/order/messages';
import type { ReleaseHoldMessage } from '../domain/order/messages';
import type { FoundRefund, OrderActivities } from '../domain/activity-types';
import { throwIfLocked } from './payload-converter';
import { refuse, refuseForNow } from './refusals';
import { pinCancellationFlags, shownTime } from './replay-safe';

/** Update: a refund reserves what it is about to move. Refused without an event where less is left. */
export const reserveUpdate = defineUpdate<Reserved, [Reservation]>(ORDER_MESSAGES.reserve);
/** Signal: a refund ended. */
export const endRefundSignal = defineSignal<[unknown]>(ORDER_MESSAGES.endRefund);
/** Update: a person releases what a refund holds that does not run any more. */
export const releaseHoldUpdate = defineUpdate<OrderState, [ReleaseHoldMessage]>(ORDER_MESSAGES.releaseHold);
/** Query: what the order's refunds hold and have moved. */
export const getOrderQuery = defineQuery<OrderState>(ORDER_MESSAGES.getOrder);

/** With the first reservation after so many messages the order goes on in a new run, so that no history grows without end. */
export const MOST_MESSAGES = 50;

/** How long an order is kept that was started with anything but a state of ours. Milliseconds. */
const USUAL_MEMORY_MS = 90 * 86_400_000;

const { findRefund } = proxyLocalActivities<OrderActivities>({
  summary: 'Find out whether the refund still runs',
  startToCloseTimeout: '10s',
  // A release that waits keeps the order from going on in a new run.
  scheduleToCloseTimeout: '1m',
});

/** One execution of an order: what it knows, and what came since it began. */
interface Run {
  order: OrderState;
  /** How many messages this execution took in. */
  messages: number;
  /**
   * It goes on in a new run. Only an update begins that: a query can make a worker take in a signal or a timer ahead of its
   * task, and what else comes with that task would be lost (docs/adr/004); an update comes after everything.
   */
  isFull: boolean;
  /** No update counts any more in this run. */
  isEnding: boolean;
}

/**
 * The lock of one order (design 4.10): its refunds reserve here, one after another, what they are about to move. Ends once
 * no refund asked for anything for as long as it is kept, and none may still move money.
 */
export async function orderLock(carried?: unknown): Promise<OrderState> {
  pinCancellationFlags();
  throwIfLocked(carried);
  const run: Run = { order: startedWith(carried), messages: 0, isFull: false, isEnding: wouldForget() };
  listen(run);
  show(run);
  // The next reservation begins it anew, as an order has to be begun.
  if (run.isEnding) return run.order;
  // Nobody is to open the lock by a cancel.
  return CancellationScope.nonCancellable(async () => {
    for (let known = -1; ; known = run.messages) {
      if (await condition(() => run.isFull, run.order.memoryMs)) break;
      if (run.messages > Math.max(known, 0) || isInUse(run.order)) continue;
      run.isEnding = true;
      await condition(allHandlersFinished);
      return run.order;
    }
    run.isEnding = true;
    await condition(allHandlersFinished);
    return continueAsNew<typeof orderLock>(run.order);
  });
}

/** Anybody may begin an order, with anything: what it knows is believed only where the order itself carried it on. */
function startedWith(carried: unknown): OrderState {
  const { workflowId, continuedFromExecutionRunId } = workflowInfo();
  const orderId = workflowId.replace(/^order:/, '');
  if (continuedFromExecutionRunId !== undefined) return { ...(carried as OrderState), orderId };
  const { memoryMs } = (carried ?? {}) as Partial<OrderState>;
  return newOrder(orderId, isMemory(memoryMs) ? memoryMs : USUAL_MEMORY_MS);
}

/**
 * Whether somebody began it with a time limit or a schedule: the server would go on with what it was begun with, and so
 * without what its refunds hold.
 */
function wouldForget(): boolean {
  const { runTimeoutMs, executionTimeoutMs, cronSchedule } = workflowInfo();
  return [runTimeoutMs, executionTimeoutMs, cronSchedule].some(Boolean);
}

function listen(run: Run): void {
  setHandler(reserveUpdate, (reservation) => takeReservation(run, reservation), {
    validator: (reservation) => validateReservation(run, reservation),
    description: 'Only for the saga: a refund reserves what it is about to move.',
  });
  setHandler(endRefundSignal, (end) => takeEnd(run, end), {
    description: 'Only for the saga: a refund ended.',
  });
  // The server ends the signals of one run at 10,000.
  setDefaultSignalHandler(() => {
    run.messages += 1;
  });
  setHandler(releaseHoldUpdate, (message) => takeRelease(run, message), {
    validator: (message) => validateRelease(run, message),
    description:
      'Release what a refund holds that was terminated or declined by a person, after you saw at the provider that it did ' +
      'not move. Example: {"refundId": "rf-1001", "by": "", "evidence": ""}',
  });
  setHandler(getOrderQuery, () => run.order, {
    description: 'What the refunds of this order hold and have moved. Takes no argument.',
  });
}

function validateReservation({ order, isEnding }: Run, reservation: unknown): void {
  throwIfLocked(reservation);
  if (isEnding) refuseForNow(FAILURES.reservationRefused, 'the order is just ending, send it again');
  if (!isReservation(reservation)) {
    throw ApplicationFailure.nonRetryable('It is no reservation.', FAILURES.reservationRefused);
  }
  const refusal = refusalOfReservation(order, reservation);
  if (refusal) {
    const message = 'The order refused the reservation; nothing was changed.';
    throw ApplicationFailure.nonRetryable(message, FAILURES.reservationRefused, refusal);
  }
}

function takeReservation(run: Run, reservation: Reservation): Reserved {
  const reply = replyTo(run.order, reservation);
  become(run, reserve(run.order, reservation));
  count(run);
  return reply;
}

/** The server ends the updates of one run at 2,000, also of those that are refused after they were accepted. */
function count(run: Run): void {
  run.messages += 1;
  run.isFull ||= run.messages >= MOST_MESSAGES;
}

/** What cannot be read is no end: the share stays held, and no signal stops the order. */
function takeEnd(run: Run, end: unknown): void {
  run.messages += 1;
  if (!isEndOfRefund(end)) return;
  become(run, endRefund(run.order, end));
}

function validateRelease({ order }: Run, message: unknown): void {
  throwIfLocked(message);
  const refusal = faultOfReleaseHold(message) ?? refusalOfRelease(order, message as ReleaseHoldMessage);
  refuse(FAILURES.releaseRefused, refusal, () => NEXT);
}

const NEXT = 'The details of this order list what its refunds hold.';

async function takeRelease(run: Run, { refundId, by, evidence }: ReleaseHoldMessage): Promise<OrderState> {
  count(run);
  const at = shownTime();
  const { runId = '', earlierRuns = [] } = refundOf(run.order, refundId) ?? {};
  const runIds = [runId, ...earlierRuns];
  const found = await CancellationScope.nonCancellable(() =>
    findRefund({ refundId, runIds, askedAt: at }),
  ).catch(unread);
  // It may have been reset while it was looked for, and have reserved anew.
  const isAnother = refundOf(run.order, refundId)?.runId !== runId;
  const refusal = isAnother
    ? STILL_RUNS
    : (whyNotOver(found) ?? refusalOfRelease(run.order, { refundId, by }));
  refuse(FAILURES.releaseRefused, refusal, () => NEXT);
  const moved = found.kind === 'over' ? found.moved : [];
  become(run, releaseHold(run.order, { refundId, by, evidence, at, moved }));
  return run.order;
}

function unread(error: unknown): { kind: 'unread' } {
  if (error instanceof ActivityFailure) return { kind: 'unread' };
  throw error;
}

const STILL_RUNS = 'this refund still runs, and may move what it holds; cancel it and let it end';

function whyNotOver(found: FoundRefund | { kind: 'unread' }): string | undefined {
  switch (found.kind) {
    case 'open':
      return STILL_RUNS;
    case 'mayBeUnderWay':
      return `its run was cut off a short time ago, and its last request may still be applied; look at the provider after ${found.until} and send it again`;
    case 'unread':
      return 'what became of this refund could not be read; send it again';
    case 'over':
      return undefined;
  }
}

function become(run: Run, order: OrderState): void {
  run.order = order;
  show(run);
}

function show({ order }: Run): void {
  setCurrentDetails(describeOrder(order));
}
