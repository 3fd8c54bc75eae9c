import type { WorkflowHandle } from '@temporalio/client';
import { createOperatorClient } from '../../src/client/operator';
import type { RefundRequest } from '../../src/domain/request';
import { another, cashOnly, orderOf, refundedOf } from '../support/orders';
import { aRefund, emptyFloatFor, sipayPaymentOf } from '../support/requests';
import { lastTaskOf, resetByHand } from '../support/reset';
import { details } from '../support/runs';
import { startSaga, type Saga } from '../support/saga';

describe('what an attack tried', () => {
  let saga: Saga;
  beforeAll(async () => {
    saga = await startSaga({ environment: { APPROVAL_LIMITS: 'TRY=5000,points=1000' } });
  });
  afterEach(() => {
    saga.simulators.faults.clear();
    saga.simulators.sipay.setMerchantBalance(10 ** 12);
  });
  afterAll(() => saga.close());

  const books = (request: RefundRequest) => refundedOf(saga, request);

  /** To its last task before the cancel: it waits for an operator then, with the plan and the decision that it had. */
  async function resetBeforeCancel(handle: WorkflowHandle): Promise<WorkflowHandle> {
    const task = await lastTaskOf(handle, (event) => !!event.workflowExecutionCancelRequestedEventAttributes);
    return resetByHand(handle, task, { withoutCancel: true });
  }

  test('a refund that was reset after its end asks nobody, and so pays nothing that a person had to see', async () => {
    const first = cashOnly(saga, 2_550);
    // Nothing comes through at first, so that it can be cancelled before it moves anything.
    saga.simulators.faults.add(emptyFloatFor(first));
    const handle = await saga.start(first);
    await saga.parked(handle, 'cash');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    saga.simulators.faults.clear();
    expect((await saga.run(another(first, 'b', 2_550))).status).toBe('refunded');
    const again = await resetBeforeCancel(handle);
    await saga.parked(again, 'cash');
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const word = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'the balance was topped up' } as const;
    await operator.resolve({ refundId: first.refundId, ...word });
    const parked = await saga.until(again, ({ legs }) => legs.cash?.problem?.code === 'overCap');
    expect(parked.legs.cash?.problem).toMatchObject({
      message: expect.stringContaining(
        `refund ${first.refundId}-b of this order took the same amount of cash`,
      ) as string,
    });
    expect(books(first)).toBe(2_550);
    await again.cancel();
    expect(await again.result()).toMatchObject({ status: 'cancelled' });
  });

  test('an order that was terminated is not begun anew without what it knew: refunds wait until it is restored', async () => {
    const first = cashOnly(saga, 2_550, { paid: { cash: 4_000 } });
    expect((await saga.run(first)).status).toBe('refunded');
    const orderId = `order:${first.orderId}`;
    await saga.client.workflow.getHandle(orderId).terminate('test');
    const handle = await saga.start(another(first, 'b', 2_551));
    await waitsBecause(handle, 'was cut off, and what its refunds hold is not known');
    await restore(orderId);
    expect(await handle.result()).toMatchObject({
      status: 'declined',
      legs: { cash: { problem: { code: 'overCap' } } },
    });
    expect(books(first)).toBe(2_550);
  });

  test('a workflow of others under the id of an order is named, and nothing is sent', async () => {
    const request = cashOnly(saga, 100);
    const foreign = await saga.client.workflow.start('theirs', {
      ...{ taskQueue: 'theirs', workflowId: `order:${request.orderId}` },
    });
    const handle = await saga.start(request);
    await waitsBecause(handle, 'is no order of refunds');
    await foreign.terminate('test');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expect(books(request)).toBe(0);
  });

  test('what a refund that moved nothing said of a payment binds no other', async () => {
    const wrong = cashOnly(saga, 6_000, { paid: { cash: 6_000 } });
    const handle = await saga.start(wrong);
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
    await handle.signal('reject', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'rejected' });
    const right = { ...another(wrong, 'b', 100), paid: { cash: 7_000 } };
    expect((await saga.run(right)).status).toBe('refunded');
  });

  test('a decision that came before the question counts only where that shows no other refund', async () => {
    const first = cashOnly(saga, 2_000);
    expect((await saga.run(first)).status).toBe('refunded');
    const second = another(first, 'b', 2_000);
    const handle = await saga.client.workflow.signalWithStart('refundOrder', {
      ...{ taskQueue: saga.taskQueue, workflowId: `refund:${second.refundId}`, args: [second] },
      ...{ signal: 'approve', signalArgs: [{ by: 'ana' }] },
    });
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
    expect(await details(handle)).toContain(
      'the question shows another refund of the order with the same amount',
    );
    expect(books(first)).toBe(2_000);
    await handle.signal('approve', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(books(first)).toBe(4_000);
  });

  test('a limit is asked for by its kind: who approved a repetition has not approved what others take since', async () => {
    const first = cashOnly(saga, 2_000);
    expect((await saga.run(first)).status).toBe('refunded');
    saga.simulators.faults.add(emptyFloatFor(first));
    const second = await saga.start(another(first, 'b', 2_000));
    await saga.until(second, ({ waitingOn }) => waitingOn === 'approval');
    await second.signal('approve', { by: 'ana' });
    await saga.parked(second, 'cash');
    await second.cancel();
    expect(await second.result()).toMatchObject({ status: 'cancelled' });
    saga.simulators.faults.clear();
    expect((await saga.run(another(first, 'c', 2_900))).status).toBe('refunded');
    const again = await resetBeforeCancel(second);
    await saga.parked(again, 'cash');
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const word = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'the balance was topped up' } as const;
    await operator.resolve({ refundId: `${first.refundId}-b`, ...word });
    const parked = await saga.until(again, ({ legs }) => legs.cash?.problem?.code === 'overCap');
    expect(parked.legs.cash?.problem?.message).toContain("above what needs nobody's approval");
    expect(books(first)).toBe(4_900);
    await again.cancel();
    expect(await again.result()).toMatchObject({ status: 'cancelled' });
  });

  test('a refund that ends while its order is cut off is counted as it ended, once a person asks the order', async () => {
    const first = cashOnly(saga, 3_000, { paid: { cash: 5_000 } });
    const { orderId, refundId } = first;
    saga.simulators.faults.add({
      provider: 'sipay',
      operation: 'refund',
      kind: 'slow',
      delayMs: 700,
      match: sipayPaymentOf(first),
    });
    const handle = await saga.start(first);
    await saga.until(handle, ({ status }) => status === 'refunding');
    await saga.client.workflow.getHandle(`order:${orderId}`).terminate('test');
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await restore(`order:${orderId}`);
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    expect(await operator.untoldEnds(await operator.order(orderId))).toEqual([{ refundId, end: 'notTold' }]);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const released = await operator.releaseHold({ orderId, refundId, by: 'ana', evidence: 'it has ended' });
    expect(released.refunds[0]?.shares).toMatchObject([{ status: 'moved' }]);
    expect((await saga.run(another(first, 'b', 2_500))).status).toBe('declined');
    expect(books(first)).toBe(3_000);
  });

  test('a later start that fails at once does not hide the run that may have moved something', async () => {
    const first = cashOnly(saga, 2_550);
    const { orderId, refundId } = first;
    const match = sipayPaymentOf(first);
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropAfter', match });
    saga.simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'errorBefore', match });
    const handle = await saga.start(first);
    await saga.until(handle, ({ legs }) => legs.cash?.status === 'lookingUp');
    await handle.terminate('test');
    await expect(saga.run({ ...first, reason: 'another one' })).rejects.toThrow();
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    expect(await operator.untoldEnds(await operator.order(orderId))).toEqual([{ refundId, end: 'cutOff' }]);
    expect(books(first)).toBe(2_550);
  });

  test('a release frees nothing that the refund knew as refunded, also where it was cut off', async () => {
    const cash = { ...cashOnly(saga, 1_000).cash } as NonNullable<RefundRequest['cash']>;
    const first = aRefund(saga.simulators, { sale: undefined, cash });
    saga.simulators.faults.add(emptyFloatFor(first));
    const handle = await saga.start(first);
    await saga.parked(handle, 'cash');
    await handle.terminate('test');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const { orderId, refundId } = first;
    const word = { by: 'ana', evidence: 'no cash in the panel' };
    const released = await operator.releaseHold({ orderId, refundId, ...word });
    expect(released.refunds[0]?.shares.map(({ leg, status }) => [leg, status])).toEqual([
      ['loyalty', 'moved'],
      ['cash', 'released'],
    ]);
  });

  test('a signal that no worker can read stops no order, and many words change its run and not what it knows', async () => {
    const first = cashOnly(saga, 100, { paid: { cash: 5_000 } });
    await saga.run(first);
    const workflowId = `order:${first.orderId}`;
    const order = saga.client.workflow.getHandle(workflowId);
    const before = (await order.describe()).runId;
    const encoding = new TextEncoder().encode('binary/encrypted');
    await saga.client.workflowService.signalWorkflowExecution({
      ...{ namespace: 'default', workflowExecution: { workflowId }, signalName: 'endRefund' },
      input: { payloads: [{ metadata: { encoding }, data: new Uint8Array([1, 2, 3]) }] },
    });
    const handle = await saga.start(another(first, 'b', 5_000));
    expect(await handle.result()).toMatchObject({ status: 'declined' });
    const asked = await saga.start({ ...another(first, 'c', 4_901), paid: {} });
    await asked.result();
    const parked = cashOnly(saga, 1_000, { orderId: first.orderId });
    saga.simulators.sipay.setMerchantBalance(0);
    await saga.parked(await saga.start(parked), 'cash');
    const release = { refundId: parked.refundId, by: 'ana', evidence: 'not in the panel' };
    for (let number = 0; number < 50; number += 1) {
      await expect(order.executeUpdate('releaseHold', { args: [release] })).rejects.toThrow();
    }
    saga.simulators.sipay.setMerchantBalance(10 ** 12);
    expect((await saga.run(another(first, 'd', 200))).status).toBe('refunded');
    expect((await saga.client.workflow.getHandle(workflowId).describe()).runId).not.toBe(before);
    expect((await orderOf(saga, first)).refunds.map(({ refundId }) => refundId)).toContain(first.refundId);
    await saga.client.workflow.getHandle(`refund:${parked.refundId}`).cancel();
  });

  test('a preview does not take an order that was cut off for an empty one', async () => {
    const first = cashOnly(saga, 4_000, { paid: { cash: 6_000 } });
    expect((await saga.run(first)).status).toBe('refunded');
    await saga.client.workflow.getHandle(`order:${first.orderId}`).terminate('test');
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const preview = await operator.preview(another(first, 'b', 3_000));
    expect(preview).toMatchObject({ outlook: 'unknown', order: { kind: 'away' } });
  });

  /** Resets an order to its last completed task, as the message about one that was cut off says. */
  async function restore(workflowId: string): Promise<void> {
    const order = saga.client.workflow.getHandle(workflowId);
    await resetByHand(order, await lastTaskOf(order));
  }

  /** Until the activity that plans has failed with these words. */
  async function waitsBecause(handle: WorkflowHandle, words: string): Promise<void> {
    for (let told = ''; !told.includes(words); await new Promise((resolve) => setTimeout(resolve, 100))) {
      const { raw } = await handle.describe();
      told = raw.pendingActivities?.[0]?.lastFailure?.message ?? '';
    }
  }
});
