import type { WorkflowStartOptions } from '@temporalio/client';
import { lookAtOpen } from '../../src/client/health/stuck';
import { createOperatorClient } from '../../src/client/operator';
import { orderFinding } from '../../src/cli/cut-off-orders';
import { findingOf } from '../../src/cli/stuck';
import type { OrderState } from '../../src/domain/order/ledger';
import type { RefundRequest } from '../../src/domain/request';
import type { RefundState } from '../../src/domain/state';
import { another, cashOnly, orderOf, refundedOf } from '../support/orders';
import { emptyFloatFor, sipayPaymentOf } from '../support/requests';
import { startSaga, type Saga } from '../support/saga';
import { untilIt } from '../support/until';

/** Anybody who may start a workflow may begin an order before its first refund does. */
let saga: Saga;

beforeAll(async () => {
  saga = await startSaga({ environment: { APPROVAL_LIMITS: 'TRY=100000,points=1000' } });
});

afterAll(() => saga.close());

const KNOWS_NOTHING = { orderId: 'other', refunds: [], originals: [], endedRuns: [], memoryMs: 1_000_000 };

async function begin(
  { orderId }: RefundRequest,
  carried: unknown,
  options: Partial<WorkflowStartOptions> = {},
): Promise<void> {
  await saga.client.workflow.start('orderLock', {
    ...{ workflowId: `order:${orderId}`, taskQueue: `${saga.taskQueue}-orders`, args: [carried] },
    ...options,
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
}

/** Two refunds that together are more than was paid, at the same time: one is made. */
async function oneOfTwo(first: RefundRequest): Promise<void> {
  const states = await Promise.all([saga.run(first), saga.run(another(first, 'b', 601))]);
  expect(states.map(({ status }) => status).toSorted()).toEqual(['declined', 'refunded']);
  expect([600, 601]).toContain(refundedOf(saga, first));
}

describe('an order that somebody begins before its first refund', () => {
  const heldByNobody = (payment: string) => ({
    ...{ refundId: 'rf-x', requestHash: 'h', requestedBy: 'bob', firstRun: 'a', runId: 'b', earlierRuns: [] },
    ...{ currency: 'TRY', exponent: 2, since: '2026-01-01T00:00:00Z', isOpen: true },
    shares: [{ leg: 'cash', original: payment, amount: { amountMinor: 1_000 }, status: 'held' }],
  });

  test.concurrent.each<[string, (payment: string) => object]>([
    ['a refund that is none', () => ({ refunds: [null] })],
    ['a refund without a field', () => ({ refunds: [{}] })],
    ['a payment that is none', () => ({ originals: [null] })],
    ['a payment of much more', (name) => ({ originals: [{ name, currency: 'TRY', paid: 10 ** 12 }] })],
    ['a refund that holds all of it', (name) => ({ refunds: [heldByNobody(name)] })],
    ['a memory that no timer can have', () => ({ memoryMs: Number.MAX_SAFE_INTEGER })],
    ['a memory that is none', () => ({ memoryMs: 'long' })],
  ])('knows nothing of what it is told: %s', async (_, told) => {
    const first = cashOnly(saga, 600, { paid: { cash: 1_000 } });
    await begin(first, { ...KNOWS_NOTHING, ...told(`sipay:${sipayPaymentOf(first)}`) });
    await oneOfTwo(first);
    const { orderId, refunds } = await orderOf(saga, first);
    expect(orderId).toBe(first.orderId);
    expect(refunds.map(({ refundId }) => refundId)).not.toContain('rf-x');
  });

  test.concurrent.each<[string, Partial<WorkflowStartOptions>]>([
    ['that begins anew', { workflowRunTimeout: '5s', retry: { initialInterval: '100ms' } }],
    ['of all its runs', { workflowExecutionTimeout: '5s' }],
  ])('with a time limit %s is begun anew without one, and forgets nothing', async (_, limit) => {
    const first = cashOnly(saga, 600, { paid: { cash: 1_000 } });
    await begin(first, KNOWS_NOTHING, limit);
    expect((await saga.run(first)).status).toBe('refunded');
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect((await saga.run(another(first, 'b', 601))).legs.cash?.problem).toMatchObject({ code: 'overCap' });
    expect(refundedOf(saga, first)).toBe(600);
  });

  test('with a schedule holds nothing: its refunds wait, say why, and go on once it is gone', async () => {
    const request = cashOnly(saga, 600, { paid: { cash: 1_000 } });
    await begin(request, KNOWS_NOTHING, { cronSchedule: '0 0 1 1 *' });
    const handle = await saga.start(request);
    const { workflowId, runId } = await handle.describe();
    const why = async () => (await handle.describe()).raw.pendingActivities?.[0]?.lastFailure?.message ?? '';
    await untilIt(async () => (await why()).includes('somebody began it with a schedule'));
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval'],
      now: Date.now() + 61_000,
    });
    const access = { client: saga.client, taskQueue: saga.taskQueue, timeoutMs: 10_000 };
    const { stuck } = await lookAtOpen(access, { workflowId, runId }).finally(() => jest.useRealTimers());
    expect(stuck && findingOf(stuck)).toMatchObject({
      meaning: expect.stringContaining(
        'somebody began it with a schedule, and has to end it and delete it',
      ) as string,
      next: [
        `refund show ${request.refundId}`,
        `temporal workflow describe --workflow-id order:${request.orderId}   (whose is it?)`,
      ],
    });
    const order = saga.client.workflow.getHandle(`order:${request.orderId}`);
    await order.terminate('a test');
    await saga.client.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: order.workflowId },
    });
    expect(((await handle.result()) as RefundState).status).toBe('refunded');
    expect(refundedOf(saga, request)).toBe(600);
  });

  test('what it carried on itself it knows', async () => {
    const first = cashOnly(saga, 600, { paid: { cash: 10_000 } });
    await begin(first, KNOWS_NOTHING);
    await saga.run(first);
    const order = saga.client.workflow.getHandle(`order:${first.orderId}`);
    const { runId } = await order.describe();
    const others = Array.from({ length: 30 }, (_, number) => another(first, `n${number}`, 10 + number));
    await Promise.all(others.map((request) => saga.run(request)));
    const moved = refundedOf(saga, first);
    expect(moved).toBe(600 + 30 * 10 + (29 * 30) / 2);
    const rest = 10_000 - moved;
    expect((await saga.run(another(first, 'b', rest + 1))).legs.cash?.problem?.code).toBe('overCap');
    expect((await saga.run(another(first, 'c', rest))).status).toBe('refunded');
    expect((await order.describe()).runId).not.toBe(runId);
    expect(refundedOf(saga, first)).toBe(10_000);
  });

  test.each<[string, string, object]>([
    ['has failed', 'releaseHold', { by: 'eve', evidence: 'none' }],
    ['reserved for another refund', 'reserve', {}],
  ])('a refund whose update id somebody used for what %s asks under another', async (_, update, told) => {
    const first = cashOnly(saga, 600, { paid: { cash: 1_000 } });
    saga.simulators.faults.add(emptyFloatFor(first));
    const handle = await saga.start(first);
    await saga.parked(handle, 'cash');
    const [known] = (await orderOf(saga, first)).refunds;
    const second = another(first, 'b', 400);
    const word = {
      ...{ ...known, refundId: update === 'reserve' ? `${first.refundId}-x` : first.refundId },
      ...{ at: known?.since, memoryMs: 1_000_000, ...told },
      shares: [{ leg: 'cash', original: 'sipay:x', amount: { amountMinor: 1 }, isWholeOnly: false }],
    };
    await saga.client.workflow
      .getHandle(`order:${first.orderId}`)
      .executeUpdate(update, { updateId: second.refundId, args: [word] })
      .catch(() => undefined);
    saga.simulators.faults.clear();
    saga.simulators.sipay.setMerchantBalance(10 ** 12);
    expect((await saga.run(second)).status).toBe('refunded');
    expect((await saga.run(another(first, 'c', 1))).legs.cash?.problem).toMatchObject({ code: 'overCap' });
    expect(refundedOf(saga, first)).toBe(400);
    await handle.cancel();
    expect(((await handle.result()) as RefundState).status).toBe('cancelled');
  });

  test('an order that was terminated and begun anew without what it knew is told of until that run is deleted', async () => {
    const first = cashOnly(saga, 600, { paid: { cash: 1_000 } });
    expect((await saga.run(first)).status).toBe('refunded');
    const { orderId } = first;
    const order = saga.client.workflow.getHandle(`order:${orderId}`);
    const { runId } = await order.describe();
    await order.terminate('a test');
    await begin(first, KNOWS_NOTHING);
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    await untilIt(async () => (await operator.cutOffOrder(orderId))?.isBegunAnew === true);
    const told = (await operator.survey()).cutOffOrders.find((cutOff) => cutOff.orderId === orderId);
    expect(told && orderFinding(told)).toMatchObject({
      ...{ runId, why: 'TERMINATED', isBegunAnew: true },
      meaning: expect.stringContaining('Somebody began it anew since, without what it knew') as string,
    });
    const knew = await saga.client.workflow.getHandle(order.workflowId, runId).query<OrderState>('getOrder');
    expect(knew.refunds).toMatchObject([{ refundId: first.refundId }]);
    await saga.client.workflowService.deleteWorkflowExecution({
      ...{ namespace: 'default', workflowExecution: { workflowId: order.workflowId, runId } },
    });
    await untilIt(async () => (await operator.cutOffOrder(orderId)) === undefined);
    expect(refundedOf(saga, first)).toBe(600);
  });
});
