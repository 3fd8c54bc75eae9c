import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { createOperatorClient } from '../src/client/operator';
import type { OrderState } from '../src/domain/order/ledger';
import type { RefundRequest } from '../src/domain/request';
import { aMircateLeg, aPaywallLeg, aRefund, booked, emptyFloatFor, sipayPaymentOf } from './support/requests';
import { another, cashOnly, orderOf, refundedOf } from './support/orders';
import { runRefund } from './support/cli';
import { untilIt } from './support/until';
import { lastTaskOf, resetByHand } from './support/reset';
import { details } from './support/runs';
import { startSaga, type Saga } from './support/saga';

const LIMITS = { APPROVAL_LIMITS: 'TRY=100000,points=1000' };

describe('an order and its refunds', () => {
  let saga: Saga;
  beforeAll(async () => {
    saga = await startSaga({ environment: LIMITS });
  });
  afterAll(() => saga.close());

  const refunded = (request: RefundRequest) => refundedOf(saga, request);

  test('it knows what a refund moved, without an event more in the refund', async () => {
    const request = aRefund(saga.simulators);
    expect((await saga.run(request)).status).toBe('refunded');
    const known = await orderOf(saga, request);
    expect(known.refunds).toMatchObject([{ refundId: request.refundId, isOpen: false }]);
    expect(known.refunds[0]?.shares.map(({ status }) => status)).toEqual(['moved', 'moved', 'moved']);
    const handle = saga.client.workflow.getHandle(`order:${request.orderId}`);
    expect(await details(handle)).toContain('1 refund, 0 open');
  });

  test('two refunds of 600 on a payment of 1,000: one is made, the other says what is left', async () => {
    const first = cashOnly(saga, 600, { paid: { cash: 1_000 } });
    const second = another(first, 'b', 600);
    const states = await Promise.all([saga.run(first), saga.run(another(second, 'c', 601))]);
    expect(states.map(({ status }) => status).sort()).toEqual(['declined', 'refunded']);
    const { cash } = states.find(({ status }) => status === 'declined')?.legs ?? {};
    expect(cash?.problem).toMatchObject({
      code: 'overCap',
      message: expect.stringMatching(/^Only \d\.\d\d TRY of the 10\.00 TRY/) as string,
    });
    expect([600, 601]).toContain(refunded(first));
  });

  test('a share that a provider declined is free again', async () => {
    const first = cashOnly(saga, 1_000, { paid: { cash: 1_000 } });
    const match = sipayPaymentOf(first);
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'refuse', match });
    expect((await saga.run(first)).status).toBe('declined');
    expect((await saga.run(another(first, 'b', 999))).status).toBe('refunded');
    expect(refunded(first)).toBe(999);
  });

  test('a sale is never held twice, though nobody said what was paid', async () => {
    const sale = aPaywallLeg();
    const first = aRefund(saga.simulators, { loyalty: undefined, cash: undefined, sale });
    saga.simulators.faults.add({
      provider: 'paywall',
      operation: 'refund',
      kind: 'slowBefore',
      delayMs: 800,
    });
    const running = await saga.start(first);
    await saga.until(running, ({ status }) => status === 'refunding');
    const state = await saga.run({ ...first, refundId: `${first.refundId}-b` });
    expect(state.legs.sale?.problem).toMatchObject({ code: 'overCap' });
    expect(await running.result()).toMatchObject({ status: 'refunded' });
  });

  test('limits count the refunds of an order together, and a repetition is shown to whoever approves', async () => {
    const first = cashOnly(saga, 60_000);
    expect((await saga.run(first)).approval).toBeUndefined();
    const handle = await saga.start(another(first, 'b', 60_000));
    await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
    const told = await details(handle);
    expect(told).toContain('Is this one refund too many?');
    expect(told).toContain(
      "- money: 600.00 TRY, with 600.00 TRY of the order's other refunds, exceeds the limit of 1000.00 TRY",
    );
    expect(told).toContain(
      `Refund ${first.refundId} of this order has the same amount of cash, which has been refunded.`,
    );
    await handle.signal('reject', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'rejected' });
    const third = await saga.start(another(first, 'c', 39_999));
    expect(await third.result()).toMatchObject({ status: 'refunded' });
    const fourth = await saga.start(another(first, 'd', 2));
    await saga.until(fourth, ({ waitingOn }) => waitingOn === 'approval');
    await fourth.cancel();
    expect(await fourth.result()).toMatchObject({ status: 'cancelled' });
    const { shares = [] } =
      (await orderOf(saga, first)).refunds.find(({ refundId }) => refundId.endsWith('-d')) ?? {};
    expect(shares).toMatchObject([{ status: 'released' }]);
  });

  test.each<[string, Partial<RefundRequest>, string]>([
    ['another amount that was paid', { paid: { cash: 2_000 } }, 'paid.cash'],
    ['another currency', { currency: 'EUR' }, 'currency'],
  ])('%s of the same payment is invalid, by path', async (_, other, field) => {
    const first = cashOnly(saga, 100, { paid: { cash: 1_000 } });
    await saga.run(first);
    const failure = await saga
      .run({ ...another(first, 'b', 101), ...other })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause?.message).toMatch(
      new RegExp(`nothing was sent\\. ${field}: `),
    );
  });

  test('a terminated refund keeps its hold until a person with evidence releases it, and none that runs can be', async () => {
    const first = cashOnly(saga, 700, { paid: { cash: 1_000 } });
    saga.simulators.faults.add(emptyFloatFor(first));
    const handle = await saga.start(first);
    await saga.parked(handle, 'cash');
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const { orderId, refundId } = first;
    const release = { orderId, refundId, by: 'ana', evidence: 'not in the panel' };
    await expect(operator.releaseHold(release)).rejects.toMatchObject({
      code: 'releaseRefused',
      message: expect.stringContaining('this refund still runs') as string,
    });
    await handle.terminate('test');
    await expect(operator.releaseHold(release)).rejects.toMatchObject({
      message: expect.stringContaining('its last request may still be applied') as string,
    });
    expect(await operator.untoldEnds(await operator.order(orderId))).toEqual([{ refundId, end: 'cutOff' }]);
    expect((await saga.run(another(first, 'b', 700))).legs.cash?.problem).toMatchObject({ code: 'overCap' });
    await expect(operator.releaseHold({ ...release, by: 'Ana Maria' })).rejects.toMatchObject({
      code: 'releaseRefused',
    });
    for (const said of [{ by: 'YOU' }, { evidence: 'WHAT YOU SAW' }, { by: first.requestedBy }]) {
      await expect(operator.releaseHold({ ...release, ...said })).rejects.toMatchObject({
        code: 'releaseRefused',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const released = await operator.releaseHold(release);
    expect(released.refunds.find((known) => known.refundId === refundId)?.shares).toMatchObject([
      { status: 'released', releasedBy: { by: 'ana', evidence: 'not in the panel' } },
    ]);
    expect((await saga.run(another(first, 'c', 699))).status).toBe('refunded');
    expect(refunded(first)).toBe(699);
  });

  test('an order that was cut off is named, with what restores it, until it is restored', async () => {
    const { orderId, ...request } = cashOnly(saga, 100);
    await saga.run({ orderId, ...request });
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const handle = saga.client.workflow.getHandle(`order:${orderId}`);
    expect(await operator.cutOffOrder(orderId)).toBeUndefined();
    await handle.terminate('test');
    const { runId } = await handle.describe();
    expect(await operator.cutOffOrder(orderId)).toMatchObject({ orderId, runId, why: 'TERMINATED' });
    await untilIt(async () =>
      (await operator.survey()).cutOffOrders.some((order) => order.orderId === orderId),
    );
    const { out } = await runRefund(['order', orderId], {
      environment: { REFUND_TASK_QUEUE: saga.taskQueue },
    });
    expect(out).toContain(`The memory of order ${orderId} was cut off at `);
    expect(out).toContain('temporal workflow reset --workflow-id');
    await resetByHand(handle, await lastTaskOf(handle));
    expect(await operator.cutOffOrder(orderId)).toBeUndefined();
  });

  test('a word that is too large is not sent', async () => {
    const { orderId, refundId } = cashOnly(saga, 100);
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const evidence = 'a'.repeat(65_536);
    const words = [
      operator.releaseHold({ orderId, refundId, by: 'ana', evidence }),
      operator.resolve({ refundId, leg: 'cash', outcome: 'retry', by: 'ana', evidence }),
      operator.decide({ refundId, decision: 'approve', by: 'ana', note: evidence }),
      operator.approve(refundId, { by: 'ana', note: evidence }),
    ];
    for (const word of words)
      await expect(word).rejects.toThrow(/^Refused: it has 65\d{3} bytes as JSON, .* Nothing was sent/);
  });

  test('a share that only a person declined stays held', async () => {
    const request = aRefund(saga.simulators, { loyalty: aMircateLeg(), sale: undefined, cash: undefined });
    saga.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'dropBefore' });
    const handle = await saga.start(request);
    await saga.parked(handle, 'loyalty');
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const word = { leg: 'loyalty', outcome: 'declined', by: 'ana', evidence: 'not in the panel' } as const;
    await operator.resolve({ refundId: request.refundId, ...word });
    expect(await handle.result()).toMatchObject({ status: 'declined' });
    const [known] = (await orderOf(saga, request)).refunds;
    expect(known).toMatchObject({ isOpen: false, shares: [{ leg: 'loyalty', status: 'held' }] });
  });

  test('a share stays held when it may have moved, a person wrongly had it sent again, and a cancel came first', async () => {
    const request = aRefund(saga.simulators, { loyalty: aMircateLeg(), sale: undefined, cash: undefined });
    saga.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'dropAfter' });
    saga.simulators.faults.add({ provider: 'mircate', operation: 'lookUp', kind: 'staleLookUp', times: 99 });
    const handle = await saga.start(request);
    await saga.parked(handle, 'loyalty');
    saga.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'tooMany', times: 99 });
    const operator = createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
    const word = { leg: 'loyalty', outcome: 'resend', by: 'ana', evidence: 'not in the panel' } as const;
    await operator.resolve({ refundId: request.refundId, ...word });
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500 });
    const [known] = (await orderOf(saga, request)).refunds;
    expect(known).toMatchObject({ isOpen: false, shares: [{ leg: 'loyalty', status: 'held' }] });
  });

  test('fifty at once on the real server, and workers that go away in between: never more than was paid', async () => {
    const first = cashOnly(saga, 100, { paid: { cash: 3_000 } });
    const requests = Array.from({ length: 50 }, (_, number) => another(first, `n${number}`, 100 + number));
    const handles = await Promise.all(requests.map((request) => saga.start(request)));
    await saga.restartWorkers();
    const states = await Promise.all(handles.map((handle) => handle.result() as Promise<{ status: string }>));
    expect(saga.simulators.books.peak('sipay', sipayPaymentOf(first))).toBeLessThanOrEqual(3_000);
    const made = states.filter(({ status }) => status === 'refunded').length;
    expect(made).toBeGreaterThan(15);
    const known = await orderOf(saga, first);
    expect(known.refunds.flatMap(({ shares }) => shares).filter(({ status }) => status === 'held')).toEqual(
      [],
    );
    expect(known.refunds.filter(({ isOpen }) => isOpen)).toEqual([]);
    expect(
      known.refunds.flatMap(({ shares }) => shares).filter(({ status }) => status === 'moved'),
    ).toHaveLength(made);
  });
});

describe('an order whose worker is away', () => {
  test('the refund waits in planning, says for what, and goes on', async () => {
    const saga = await startSaga({ unpolled: 'orders', environment: LIMITS });
    const request = cashOnly(saga, 100);
    const handle = await saga.start(request);
    for (let told = ''; !told.includes('to say whether it has so much left');)
      told = await details(handle).catch(() => '');
    expect(await saga.state(handle)).toMatchObject({ status: 'planning', waitingOn: null });
    const other = await startSaga({ over: saga.simulators, taskQueue: saga.taskQueue, environment: LIMITS });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await other.close();
    await saga.close();
  });

  test('a decision is taken in, says that the order does not answer, and counts once it does', async () => {
    const environment = { APPROVAL_LIMITS: '' };
    const saga = await startSaga({ unpolled: 'orders', environment });
    const request = cashOnly(saga, 100);
    const handle = await saga.start(request);
    for (let told = ''; !told.includes('to say whether it has so much left');)
      told = await details(handle).catch(() => '');
    const { client, taskQueue } = saga;
    const desk = createOperatorClient({ client, taskQueue, timeoutMs: 2_000 });
    const said = desk.decide({ refundId: request.refundId, decision: 'approve', by: 'ana' });
    await expect(said).rejects.toMatchObject({
      why: 'orderAway',
      message:
        `Refund ${request.refundId} is still being planned, for its order has not said yet whether it has so much left. ` +
        'The refund keeps its place and moves nothing until it does. The message was accepted; whether it counted is not ' +
        `known yet: look with "refund show ${request.refundId}" before you send it again. ` +
        'Why its order does not answer is shown by: refund stuck',
    });
    const other = await startSaga({ over: saga.simulators, taskQueue: saga.taskQueue, environment });
    expect(await handle.result()).toMatchObject({ status: 'refunded', approval: { by: 'ana' } });
    expect(booked(saga.simulators, request)).toEqual({ cash: 100 });
    await other.close();
    await saga.close();
  });

  test('one that is cancelled meanwhile leaves nothing behind, also when the order answers later', async () => {
    const saga = await startSaga({ unpolled: 'orders', environment: LIMITS });
    const request = cashOnly(saga, 100, { paid: { cash: 100 } });
    const handle = await saga.start(request);
    for (let told = ''; !told.includes('to say whether it has so much left');)
      told = await details(handle).catch(() => '');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    const other = await startSaga({ over: saga.simulators, taskQueue: saga.taskQueue, environment: LIMITS });
    expect(await other.run(another(request, 'b', 100))).toMatchObject({ status: 'refunded' });
    await other.close();
    await saga.close();
  });

  test('one whose question somebody else answers asks it again', async () => {
    const saga = await startSaga({ unpolled: 'orders', environment: LIMITS });
    const handle = await saga.start(cashOnly(saga, 100));
    let asked: { activityId?: string | null }[] = [];
    while (asked.length === 0) asked = (await handle.describe()).raw.pendingActivities ?? [];
    const { workflowId } = handle;
    await saga.client.activity.complete({ workflowId, activityId: asked[0]?.activityId ?? '' }, null);
    const other = await startSaga({ over: saga.simulators, taskQueue: saga.taskQueue, environment: LIMITS });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    await other.close();
    await saga.close();
  });
});

test('an order ends once nothing was asked of it for as long as it is kept; ORDER_LOCK=off asks none', async () => {
  const saga = await startSaga({ environment: { ...LIMITS, ORDER_MEMORY: '1s' } });
  const request = cashOnly(saga, 100);
  await saga.run(request);
  const ended = (await saga.client.workflow.getHandle(`order:${request.orderId}`).result()) as OrderState;
  expect(ended.refunds).toMatchObject([{ refundId: request.refundId, isOpen: false }]);
  await saga.close();
  const without = await startSaga({ environment: { ...LIMITS, ORDER_LOCK: 'off' } });
  const alone = cashOnly(without, 100);
  expect((await without.run(alone)).status).toBe('refunded');
  await expect(without.client.workflow.getHandle(`order:${alone.orderId}`).describe()).rejects.toBeInstanceOf(
    WorkflowNotFoundError,
  );
  await without.close();
});

test('five hundred at once with two slots for their workflow tasks: a plan that waits for its order holds none that the order needs', async () => {
  const saga = await startSaga({ environment: LIMITS, workflowTaskSlots: 2 });
  const alone = Array.from({ length: 400 }, () => cashOnly(saga, 100));
  const [first] = alone;
  if (!first) throw new Error('there is no first refund');
  const together = Array.from({ length: 100 }, (_, number) => another(first, `n${number}`, 200 + number));
  const handles = await Promise.all([...alone, ...together].map((request) => saga.start(request)));
  const states = await Promise.all(handles.map((handle) => handle.result() as Promise<{ status: string }>));
  expect(new Set(states.map(({ status }) => status))).toEqual(new Set(['refunded']));
  await saga.close();
});
