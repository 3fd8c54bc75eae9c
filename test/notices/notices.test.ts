import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NOTICE } from '../../dev/bench/budgets';
import { costOf } from '../../dev/bench/cost';
import { createOperatorClient } from '../../src/client/operator';
import { noticeQueue } from '../../src/domain/notice';
import type { RefundRequest } from '../../src/domain/request';
import { aDsquaresLeg, aRefund, aRefundAt, aSipayLeg, booked, whole } from '../support/requests';
import { aSecret, startReceiver, type Receiver } from '../support/receiver';
import { resetByHand } from '../support/reset';
import { logged, startSaga, type Saga, type SagaOptions } from '../support/saga';

const { EventType } = temporal.api.enums.v1;
const TAKEN = { status: 204, body: '' };
const FAILED = { status: 500, body: 'oops' };
const AN_ID = /^notice:rf-[a-z0-9]+:\d+-[0-9a-f]{8}$/;

let receiver: Receiver;
let saga: Saga;
beforeAll(async () => {
  receiver = await startReceiver();
  saga = await startSaga({
    environment: { ...receiver.environment, APPROVAL_LIMITS: 'TRY=5000,points=100' },
  });
});
afterAll(async () => {
  await saga.close();
  await receiver.close();
});
afterEach(() => receiver.answer(TAKEN));

/** A cash refund that needs nobody, whose provider refuses it so many times because our float there is empty. */
function aParkingRefund(times: number, amountMinor = 2_550): RefundRequest {
  const cash = { ...aSipayLeg(), amountMinor };
  const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined, cash });
  const match = request.cash?.provider === 'sipay' ? request.cash.transactionId : '-';
  saga.simulators.faults.add({
    ...{ provider: 'sipay', operation: 'refund', kind: 'refuse', code: '311' },
    ...{ match, times },
  });
  return request;
}

function refunds() {
  return createOperatorClient({ client: saga.client, taskQueue: saga.taskQueue });
}

async function retry({ refundId }: RefundRequest): Promise<void> {
  await refunds().resolve({ refundId, leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'float filled' });
}

async function typesOf(handle: WorkflowHandle): Promise<unknown[]> {
  return ((await handle.fetchHistory()).events ?? []).map(({ eventType }) => eventType);
}

/** Another worker over the same simulators and queue, in place of the saga's own. */
async function withOtherWorkers(
  environment: Record<string, string>,
  act: () => Promise<void>,
): Promise<void> {
  const options: SagaOptions = { over: saga.simulators, taskQueue: saga.taskQueue, environment };
  await saga.stopWorkers();
  const other = await startSaga(options);
  try {
    await act();
  } finally {
    await other.close();
    await saga.startWorkers();
  }
}

describe('a receiver is told', () => {
  test('how a refund ended, in ids and words of ours alone', async () => {
    const request = aRefundAt(saga.simulators, 'sipay');
    await saga.run(request);
    const { refundId, orderId } = request;
    expect(await receiver.until(refundId, 1)).toEqual([
      {
        id: `notice:${refundId}:ended:refunded`,
        type: 'refund.ended',
        timestamp: expect.stringMatching(/^20\d\d-.*Z$/) as string,
        data: { refundId, orderId, status: 'refunded', reason: null },
      },
    ]);
  });

  test('that a refund waits for a decision, and each time that a leg is parked', async () => {
    const request = aParkingRefund(2, 5_001);
    const { refundId } = request;
    const handle = await saga.start(request);
    const [asked] = await receiver.until(refundId, 1);
    expect(asked).toMatchObject({
      type: 'refund.awaitingApproval',
      data: { status: 'awaitingApproval', reason: 'approval' },
    });
    await refunds().approve(refundId, { by: 'ana' });
    const [, parked] = await receiver.until(refundId, 2);
    expect(parked).toMatchObject({
      type: 'refund.parked',
      data: { status: 'refunding', reason: 'sipay:merchantBalance' },
    });
    await retry(request);
    const [, , again] = await receiver.until(refundId, 3);
    expect(again).toMatchObject({ type: 'refund.parked', data: parked?.data });
    await retry(request);
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    const heard = await receiver.until(refundId, 4);
    expect(heard.map(({ type }) => type)).toEqual([
      ...['refund.awaitingApproval', 'refund.parked', 'refund.parked', 'refund.ended'],
    ]);
    const ids = heard.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(ids.slice(0, 3)).toEqual([1, 2, 3].map(() => expect.stringMatching(AN_ID) as string));
  });

  test('that a start was refused, unless it stands under ids that are none, or of another refund', async () => {
    const wrong = { ...aRefundAt(saga.simulators, 'sipay'), currency: 'XXQ' };
    await expect(saga.run(wrong)).rejects.toThrow();
    expect(await receiver.until(wrong.refundId, 1)).toMatchObject([
      { type: 'refund.ended', data: { status: 'invalid', orderId: wrong.orderId, reason: null } },
    ]);
    const personal = { ...aRefundAt(saga.simulators, 'sipay'), orderId: 'Jane Doe' };
    await expect(saga.run(personal)).rejects.toThrow();
    const other = aRefundAt(saga.simulators, 'sipay');
    const { client, taskQueue } = saga;
    const workflowId = `refund:${other.refundId}-copy`;
    const run = client.workflow.execute('refundOrder', { taskQueue, workflowId, args: [other] });
    await expect(run).rejects.toThrow();
    await saga.run(aRefundAt(saga.simulators, 'sipay'));
    expect([...receiver.heard(personal.refundId), ...receiver.heard(other.refundId)]).toEqual([]);
  });

  test('under a webhook-id without the full stops of a refund id, which divide what is signed', async () => {
    const request = { ...aRefundAt(saga.simulators, 'sipay'), refundId: `rf.${Date.now()}.x` };
    await saga.run(request);
    const [heard] = await receiver.until(request.refundId, 1);
    expect(heard?.id).toBe(`notice:${request.refundId.replaceAll('.', ':')}:ended:refunded`);
    expect(heard?.data.refundId).toBe(request.refundId);
  });
});

describe('no receiver holds up or fails a refund', () => {
  test('one that hangs, and then fails: the same notice comes again under the same webhook-id', async () => {
    const answers = [() => pause(2_000, FAILED), () => FAILED, () => TAKEN];
    receiver.answer(() => answers.shift()?.() ?? TAKEN);
    const request = aRefundAt(saga.simulators, 'sipay');
    const handle = await saga.start(request);
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual(whole(request));
    const heard = await receiver.until(request.refundId, 3);
    expect(heard).toEqual([1, 2, 3].map(() => heard[0]));
    const { body } = receiver.requests.at(-1) ?? {};
    expect(receiver.requests.filter((one) => one.body === body)).toHaveLength(3);
  });

  test('it waits longer and longer, up to an hour; one that says 410 is asked again in an hour', async () => {
    receiver.answer({ status: 410, body: '' });
    const request = aRefundAt(saga.simulators, 'sipay');
    await saga.run(request);
    await receiver.until(request.refundId, 1);
    const notice = saga.client.workflow.getHandle(`notice:${request.refundId}:ended:refunded`);
    const scheduled = (await notice.fetchHistory()).events?.flatMap(
      ({ activityTaskScheduledEventAttributes }) => activityTaskScheduledEventAttributes ?? [],
    );
    const { retryPolicy, scheduleToCloseTimeout } = scheduled?.[0] ?? {};
    expect(retryPolicy?.backoffCoefficient).toBe(2);
    const durations = [retryPolicy?.initialInterval, retryPolicy?.maximumInterval, scheduleToCloseTimeout];
    expect(durations.map((duration) => Number(duration?.seconds))).toEqual([1, 3_600, 3 * 86_400]);
    const pending = async () => (await notice.describe()).raw.pendingActivities?.[0];
    while ((await pending())?.attempt !== 2) await pause(50);
    const { currentRetryInterval, lastFailure } = (await pending()) ?? {};
    expect(Number(currentRetryInterval?.seconds)).toBe(3_600);
    expect(lastFailure?.message).toBe('The receiver answered 410; the notice is posted again.');
    await notice.terminate();
  });

  test('the end of a happy refund costs what the budget says', async () => {
    const costs = [];
    for (let time = 0; time < 3; time += 1) {
      const handle = await saga.start(aRefundAt(saga.simulators, 'sipay'));
      await handle.result();
      costs.push(await costOf(handle));
    }
    const told = costs.toSorted((one, other) => one.events - other.events)[0];
    await withOtherWorkers({}, async () => {
      const handle = await saga.start(aRefundAt(saga.simulators, 'sipay'));
      await handle.result();
      const untold = await costOf(handle);
      process.stdout.write(`without notices ${JSON.stringify(untold)}, with ${JSON.stringify(told)}\n`);
      expect(told?.events).toBe(untold.events + NOTICE.events);
      expect(told?.workflowTasks).toBe(untold.workflowTasks + NOTICE.workflowTasks);
      expect(told?.historyBytes).toBeLessThanOrEqual(untold.historyBytes + NOTICE.historyBytes);
    });
  });

  test('without NOTIFY_URL where it is planned a refund has no notice, and its history not one event more', async () => {
    await withOtherWorkers({}, async () => {
      const request = aRefundAt(saga.simulators, 'sipay');
      const handle = await saga.start(request);
      await handle.result();
      const types = await typesOf(handle);
      expect(types).not.toContain(EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED);
      process.stdout.write(`without: ${types.length} events\n`);
      expect(receiver.heard(request.refundId)).toEqual([]);
    });
  });
});

describe('configuration that changes meanwhile', () => {
  test('secrets exchanged while a notice is on its way: the next attempt is signed with the new ones', async () => {
    const [secret, other] = [receiver.environment.NOTIFY_SECRETS, aSecret()];
    receiver.answer(FAILED);
    const request = aParkingRefund(1);
    const handle = await saga.start(request);
    await receiver.until(request.refundId, 1);
    await withOtherWorkers({ ...receiver.environment, NOTIFY_SECRETS: `${other},${secret}` }, async () => {
      receiver.answer(TAKEN);
      const before = receiver.heard(request.refundId).length;
      const heard = await receiver.until(request.refundId, before + 1);
      expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
      expect(String(receiver.requests.at(-1)?.headers['webhook-signature']).split(' ')).toHaveLength(2);
      await retry(request);
      await handle.result();
    });
  });

  test('NOTIFY_URL taken away: refunds go on, their notices wait, and are posted once it is back', async () => {
    const request = aParkingRefund(1);
    const handle = await saga.start(request);
    await receiver.until(request.refundId, 1);
    await withOtherWorkers({}, async () => {
      await retry(request);
      expect(await handle.result()).toMatchObject({ status: 'refunded' });
      await pause(1_500);
      expect(receiver.heard(request.refundId)).toHaveLength(1);
    });
    const heard = await receiver.until(request.refundId, 2);
    expect(heard[1]).toMatchObject({ type: 'refund.ended' });
  });
});

describe('a run that was reset', () => {
  const START_CHILD = EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED;

  test('does not tell a second time that it ended as it had', async () => {
    const request = aRefundAt(saga.simulators, 'sipay');
    const handle = await saga.start(request);
    await handle.result();
    await receiver.until(request.refundId, 1);
    const notice = saga.client.workflow.getHandle(`notice:${request.refundId}:ended:refunded`);
    await notice.result();
    const again = await resetByHand(handle, 4);
    expect(await again.result()).toMatchObject({ status: 'refunded' });
    expect(await typesOf(again)).toContain(START_CHILD);
    expect(receiver.heard(request.refundId)).toHaveLength(1);
  });

  test('tells it again, under the same webhook-id, when its notice was stopped before it was taken', async () => {
    receiver.answer(FAILED);
    const request = aRefundAt(saga.simulators, 'sipay');
    const handle = await saga.start(request);
    await handle.result();
    await receiver.until(request.refundId, 1);
    await saga.client.workflow.getHandle(`notice:${request.refundId}:ended:refunded`).terminate();
    receiver.answer(TAKEN);
    const before = receiver.heard(request.refundId).length;
    const again = await resetByHand(handle, 4);
    expect(await again.result()).toMatchObject({ status: 'refunded' });
    const heard = await receiver.until(request.refundId, before + 1);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
  });

  test('tells anew of what it waits for, also while the notices of the run before are on their way', async () => {
    receiver.answer(FAILED);
    const request = aParkingRefund(2);
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    await receiver.until(request.refundId, 2);
    const again = await resetByHand(handle, 4);
    await saga.parked(again, 'cash');
    receiver.answer(TAKEN);
    const idsOf = () => new Set(receiver.heard(request.refundId).map(({ id }) => id));
    while (idsOf().size < 2) await pause(50);
    await retry(request);
    expect(await again.result()).toMatchObject({ status: 'refunded' });
    while (idsOf().size < 3) await pause(50);
    expect([...idsOf()].filter((id) => AN_ID.test(id))).toHaveLength(2);
    expect(booked(saga.simulators, request)).toEqual(whole(request));
  });
});

test('with PAYLOAD_KEYS a notice is encrypted in the histories, and posted; nothing personal is in it or the log', async () => {
  const PAYLOAD_KEYS = `one:${Buffer.alloc(32, 7).toString('base64')}`;
  const environment = { ...receiver.environment, PAYLOAD_KEYS };
  const locked = await startSaga({ over: saga.simulators, environment });
  try {
    const loyalty = { ...aDsquaresLeg(), contactMsisdn: '905557710499' };
    const request = aRefund(saga.simulators, { loyalty, reason: 'tweety moved', sale: undefined });
    const handle = await locked.start(request);
    await handle.result();
    await receiver.until(request.refundId, 1);
    const posting = locked.client.workflow.getHandle(`notice:${request.refundId}:ended:refunded`);
    await posting.result();
    const history = await textOf(posting);
    expect(history).toContain('binary/encrypted');
    expect(history).not.toContain('refund.ended');
    const told = [history, JSON.stringify(receiver.requests), ...logged].join('\n');
    for (const text of ['905557710499', 'tweety', loyalty.walletCode]) expect(told).not.toContain(text);
    for (const secret of ['/hooks/?shop', receiver.environment.NOTIFY_SECRETS])
      expect([history, ...logged].join('\n')).not.toContain(secret);
  } finally {
    await locked.close();
  }
});

/** Everything in a history, the bytes of its payloads as text. */
async function textOf(handle: WorkflowHandle): Promise<string> {
  const history = await handle.fetchHistory();
  return Buffer.from(temporal.api.history.v1.History.encode(history).finish()).toString('latin1');
}

describe('a notice that somebody else starts', () => {
  test.each([
    [
      'with other words',
      (id: string) => [
        {
          type: 'refund.ended',
          data: { refundId: id, orderId: 'Jane Doe', status: 'refunded', reason: null },
        },
      ],
    ],
    ['with more than a notice has', (id: string) => [{ type: 'refund.stolen', data: { refundId: id } }]],
    ['with nothing', () => []],
  ])('%s is not posted', async (_, argsOf) => {
    const id = `rf-x${Date.now()}`;
    const { client, taskQueue } = saga;
    const run = client.workflow.execute('notifyRefund', {
      taskQueue,
      workflowId: `notice:${id}:1-a`,
      args: argsOf(id),
    });
    await expect(run).rejects.toMatchObject({ cause: { cause: { type: 'NoNotice' } } });
    expect(receiver.heard(id)).toEqual([]);
  });

  test('the address is in no history, and notices have a queue of their own', async () => {
    const request = aRefundAt(saga.simulators, 'sipay');
    const handle = await saga.start(request);
    await handle.result();
    const notice = saga.client.workflow.getHandle(`notice:${request.refundId}:ended:refunded`);
    await notice.result();
    const histories = (await textOf(handle)) + (await textOf(notice));
    expect(histories).toContain('"refund.ended"');
    expect(histories).toContain(noticeQueue(saga.taskQueue));
    for (const secret of ['hooks', receiver.url, receiver.environment.NOTIFY_SECRETS.slice(6)])
      expect(histories).not.toContain(secret);
  });
});
