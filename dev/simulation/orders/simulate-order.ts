import { createProviders as createSimulators } from '../../../simulators';
import { seedLeg } from '../../../simulators/originals';
import { mulberry32 } from '../../../simulators/engine/random';
import { createActivities } from '../../../src/activities';
import { attemptIsOpen } from '../../../src/activities/call';
import { ORDERS } from '../../../src/activities/order';
import { readConfiguration } from '../../../src/config';
import type { OrderActivities, RefundActivities } from '../../../src/domain/activity-types';
import { ordersQueueOf, workflowIdOf } from '../../../src/domain/contract';
import type { RefundRequest } from '../../../src/domain/request';
import type { RefundState } from '../../../src/domain/state';
import { createProviders } from '../../../src/providers';
import type { Workers, WorkerProcess } from '../activity-tasks';
import type { VirtualClock } from '../clock';
import type { Isolate } from '../isolate';
import { virtualConnections } from '../network';
import { SimulatedRun, TASK_QUEUE } from '../simulated-run';
import { beginAnew } from '../simulate';
import { violationsOf } from './invariants';
import { employOperator } from './operator';
import { OrderServer } from './order-server';

/** What one seed of an order came to. */
export interface OrderResult {
  seed: number;
  refunds: number;
  /** How many of them moved money, and were refused because less was left. */
  refunded: number;
  overCap: number;
  continuations: number;
  violations: string[];
}

/** What was paid with cash and with points. */
export const PAID = { cash: 100_000, loyalty: 4_000 } as const;

const PAYMENT = '7440022202222222022';
const SPEND = 'trx-1';
const DAY_MS = 86_400_000;
const FAULTS = ['dropBefore', 'dropAfter', 'refuse', 'refuse', 'refuse', 'errorAfter'] as const;

/** A refund as it went. */
export interface SimulatedRefund {
  request: RefundRequest;
  run: SimulatedRun;
  /** Legs of which only the operator said that they are not refunded, or reversed. */
  unprovenByWord: Set<string>;
}

/** Plays one seed: so many refunds of one order at once, each with the real saga, at the real workflow of the order. */
export async function simulateOrder(seed: number, isolate: Isolate, count: number): Promise<OrderResult> {
  const chance = mulberry32(seed);
  const clock = beginAnew();
  const simulators = createSimulators({
    now: () => Math.floor(clock.now),
    wait: (delayMs) => clock.sleep(delayMs),
    switches: { sipay: { capped: false }, mircate: { capped: false } },
  });
  const { subjects } = simulators;
  const refunds: SimulatedRefund[] = [];
  const worker: WorkerProcess = { epoch: 0, upAt: 0 };
  const isOpen = (refundId: string) =>
    refunds.some(({ request, run }) => request.refundId === refundId && run.closed === undefined);
  const activities = activitiesOver(simulators, clock, chance);
  const workers: Workers = {
    taking: (queue) => (queue === ordersQueueOf(TASK_QUEUE) ? orderActivities(isOpen) : activities),
    standsStillFor: () => 0,
    wasCutOff: () => undefined,
    cannotRead: () => false,
    behindMs: 0,
  };
  const ofOrder: Workers = { ...workers, taking: () => orderActivities(isOpen) };
  const order = new OrderServer({
    isolate,
    clock,
    chance,
    workers: ofOrder,
    lossy: chance() < 0.5 ? 0.15 : 0,
  });
  workers.client = order.client;

  const requests = Array.from({ length: count }, (_, number) => requestOf(number, chance));
  seedBooks(subjects, requests);
  for (const request of requests) {
    // Those that come late take what others gave back.
    const within = chance() < 0.7 ? 3_000 : 90_000;
    clock.after(chance() * within, () => {
      const runId = `${request.refundId}-${'0'.repeat(10)}-1`;
      const identity = {
        ...{ workflowId: workflowIdOf(request.refundId), runId, firstRunId: runId },
        ...{ startedAt: clock.now, workflowType: 'refundOrder' as const, argument: request },
      };
      const run = new SimulatedRun({
        ...{ identity, isolate, clock, worker, workers, chance },
        watch: () => undefined,
        onEvent: () => undefined,
      });
      refunds.push({ request, run, unprovenByWord: new Set() });
    });
  }
  const crash = () => {
    worker.epoch += 1;
    worker.upAt = clock.now + chance() * 3_000;
    for (const { run } of refunds) run.forget();
  };
  for (let times = Math.floor(chance() * 5); times > 0; times -= 1) clock.after(chance() * 6_000, crash);
  for (let times = Math.floor(chance() * 4); times > 0; times -= 1)
    clock.after(chance() * 6_000, () => order.crash());
  for (const refund of requests.filter(() => chance() < 0.1))
    clock.after(chance() * 5_000, () => find(refunds, refund.refundId)?.run.cancel());
  for (const refund of requests.filter(() => chance() < 0.3)) {
    clock.after(chance() * 60_000, () => {
      const { run } = find(refunds, refund.refundId) ?? {};
      run?.reset(chance, { evenEnded: true });
    });
  }
  for (let times = Math.floor(chance() * 25); times > 0; times -= 1) {
    const kind = FAULTS[Math.floor(chance() * FAULTS.length)] ?? 'refuse';
    subjects.faults.add({ provider: 'sipay', operation: 'refund', kind, skip: Math.floor(chance() * count) });
  }
  employOperator(refunds, { clock, chance, books: subjects.books });

  const isOver = () =>
    refunds.length === count && refunds.every(({ run }) => run.closed ?? run.broken.length > 0);
  await clock.run(() => isOver(), clock.now + 3 * DAY_MS);
  await clock.run(() => false, clock.now + 3_600_000);
  for (const { run } of refunds)
    await run.replayAll().catch((error: unknown) => run.broken.push(String(error)));
  const state = await order.state();
  await order.replay();
  const broken = [...order.broken, ...refunds.flatMap(({ run }) => run.broken)];
  return {
    seed,
    refunds: refunds.length,
    refunded: refunds.filter((refund) => resultOf(refund)?.status === 'refunded').length,
    overCap: refunds.filter((refund) => resultOf(refund)?.legs.cash?.problem?.code === 'overCap').length,
    continuations: order.continuations,
    violations: [
      ...broken,
      ...violationsOf({ refunds, state, books: subjects.books, payment: PAYMENT, spend: SPEND }),
    ],
  };
}

/** How a refund ended; undefined while it has not, or where it failed. */
export function resultOf({ run }: SimulatedRefund): RefundState | undefined {
  return run.closed && 'result' in run.closed ? run.closed.result : undefined;
}

function find(refunds: readonly SimulatedRefund[], refundId: string): SimulatedRefund | undefined {
  return refunds.find(({ request }) => request.refundId === refundId);
}

/** Amounts are all different, so that none of them repeats another one. */
function requestOf(number: number, chance: () => number): RefundRequest {
  const hasPoints = chance() < 0.4;
  return {
    ...{
      refundId: `rf-${number}`,
      orderId: 'order-1',
      currency: 'TRY',
      requestedBy: 'shop',
      reason: 'returned',
    },
    ...(hasPoints && {
      loyalty: loyaltyLeg(100 + number),
    }),
    cash: {
      provider: 'sipay',
      transactionId: PAYMENT,
      amountMinor: 1_000 + 100 * number + Math.floor(chance() * 90),
    },
    paid: hasPoints ? { cash: PAID.cash, loyalty: PAID.loyalty } : { cash: PAID.cash },
  };
}

function loyaltyLeg(points: number) {
  return { provider: 'mircate' as const, transactionId: SPEND, points, accountNumber: 'acc-1' };
}

function seedBooks(
  subjects: ReturnType<typeof createSimulators>['subjects'],
  [first]: readonly RefundRequest[],
): void {
  const cash = first?.cash;
  if (!cash) return;
  const currency = 'TRY';
  seedLeg(subjects, cash, { currency, amount: PAID.cash });
  seedLeg(subjects, loyaltyLeg(1), { currency, amount: PAID.loyalty });
}

function activitiesOver(
  simulators: ReturnType<typeof createSimulators>,
  clock: VirtualClock,
  chance: () => number,
): RefundActivities {
  const configuration = readConfiguration({
    ...simulators.environment('http://127.0.0.1'),
    APPROVAL_LIMITS: 'TRY=100000000,points=100000000',
  });
  const connect = virtualConnections(clock, simulators.answer, {
    travel: () => ({ there: 5 + chance() * 400, back: 5 + chance() * 400 }),
    ...{ departed: () => undefined, lost: () => undefined, sent: () => undefined },
  });
  const {
    providers,
    policy,
    approvalTimeoutMs,
    callTimeoutMs,
    approvalLimits,
    orderMemoryMs = 1,
  } = configuration;
  const settings = Object.fromEntries(
    Object.entries(providers).map(([name, of]) => [name, { ...of, connect }]),
  );
  return createActivities(
    createProviders(settings),
    {
      ...{ policy, approvalTimeoutMs, callTimeoutMs, approvalLimits, fleet: configuration.fleet },
      ...{ absenceAfterMs: {}, traits: configuration.traits, planningPatienceMs: 2 ** 31 - 1 },
      eagerSlots: {},
      taskQueue: TASK_QUEUE,
      orders: { taskQueue: ordersQueueOf(TASK_QUEUE), memoryMs: orderMemoryMs },
    },
    {
      isStillWanted: attemptIsOpen,
      earlierAttemptsAreClear: () => Promise.resolve(true),
      acceptedEarlier: () => Promise.resolve('notAccepted'),
      earlierRuns: () => Promise.resolve({ kind: 'none' }),
      earlierRefusals: () => Promise.resolve({ kind: 'none' }),
      orders: ORDERS,
      findStop: () => Promise.resolve(undefined),
    },
  );
}

function orderActivities(isOpen: (refundId: string) => boolean): OrderActivities {
  return {
    findRefund: ({ refundId }) =>
      Promise.resolve(isOpen(refundId) ? { kind: 'open' } : { kind: 'over', moved: [] }),
  };
}
