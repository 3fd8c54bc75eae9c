import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { parseKeys } from '../../src/config/keys';
import type { RefundRequest } from '../../src/domain/request';
import { createEncryptionCodec } from '../../src/encryption/codec';
import { aRefund, booked, whole } from '../support/requests';
import { startSaga } from '../support/saga';
import type { Saga } from '../support/saga';
import { validatorOf } from './validators';

const PAYLOAD_KEYS = `k:${randomBytes(32).toString('base64')}`;
const codec = createEncryptionCodec(parseKeys(PAYLOAD_KEYS) ?? []);
const isState = validatorOf('refund-state.schema.json');
const isOrder = validatorOf('order-state.schema.json');

/** A client that encrypts nothing. */
function inClear({ connection }: Saga): Client {
  return new Client({ connection });
}

function startInClear(saga: Saga, request: RefundRequest, id = request.refundId): Promise<WorkflowHandle> {
  return inClear(saga).workflow.start('refundOrder', {
    ...{ taskQueue: saga.taskQueue, workflowId: `refund:${id}`, args: [request] },
  });
}

async function startRaw(saga: Saga, refundId: string, payload: Payload): Promise<WorkflowHandle> {
  const workflowId = `refund:${refundId}`;
  await saga.client.workflowService.startWorkflowExecution({
    ...{ namespace: 'default', workflowId, requestId: randomUUID(), input: { payloads: [payload] } },
    ...{ workflowType: { name: 'refundOrder' }, taskQueue: { name: saga.taskQueue } },
  });
  return saga.client.workflow.getHandle(workflowId);
}

async function refusal(handle: WorkflowHandle): Promise<string> {
  const error = (await handle.result().catch((thrown: unknown) => thrown)) as {
    cause?: { type?: string; message?: string };
  };
  expect(error.cause?.type).toBe('InvalidRefundRequest');
  return error.cause?.message ?? '';
}

describe('workers that require encryption', () => {
  let saga: Saga;
  beforeAll(async () => {
    saga = await startSaga({
      environment: { PAYLOAD_KEYS, REQUIRE_ENCRYPTED: 'true', APPROVAL_LIMITS: 'TRY=1' },
    });
  });
  afterAll(() => saga.close());

  test('refuse a request in clear, and ask no provider', async () => {
    const request = aRefund(saga.simulators);
    const asked = saga.simulators.requests().length;
    expect(await refusal(await startInClear(saga, request))).toMatch(
      /^The refund request is invalid; nothing was sent\. \(request\): is not encrypted/,
    );
    expect(saga.simulators.requests()).toHaveLength(asked);
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('refuse one that is encrypted for another workflow, without waiting for a key', async () => {
    const request = aRefund(saga.simulators);
    const [foreign] = await codec.encode([defaultPayloadConverter.toPayload(request)], {
      ...{ type: 'workflow', namespace: 'default', workflowId: 'refund:another' },
    });
    const handle = await startRaw(saga, request.refundId, foreign ?? {});
    expect(await refusal(handle)).toContain('(request): is encrypted for another workflow');
    expect(await saga.state(handle)).toMatchObject({ status: 'invalid', legs: {} });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('refund what is encrypted, and hear an approval in clear', async () => {
    const request = aRefund(saga.simulators);
    const handle = await saga.start(request);
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    await inClear(saga).workflow.getHandle(handle.workflowId).signal('approve', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'refunded', approval: { by: 'ana' } });
    expect(booked(saga.simulators, request)).toEqual(whole(request));
  });
});

test('a refund that was planned in clear goes on when its workers begin to require encryption', async () => {
  const environment = { PAYLOAD_KEYS, APPROVAL_LIMITS: 'TRY=1' };
  const before = await startSaga({ environment });
  const request = aRefund(before.simulators);
  const handle = await startInClear(before, request);
  await before.until(
    before.client.workflow.getHandle(handle.workflowId),
    ({ status }) => status === 'awaitingApproval',
  );
  await before.stopWorkers();
  const after = await startSaga({
    ...{ over: before.simulators, taskQueue: before.taskQueue },
    environment: { ...environment, REQUIRE_ENCRYPTED: 'true' },
  });
  try {
    await handle.signal('approve', { by: 'ana' });
    expect(await after.client.workflow.getHandle(handle.workflowId).result()).toMatchObject({
      status: 'refunded',
    });
    expect(booked(before.simulators, request)).toEqual(whole(request));
  } finally {
    await after.close();
    await before.close();
  }
});

describe('what a run answers is of the schema', () => {
  let saga: Saga;
  beforeAll(async () => {
    saga = await startSaga();
  });
  afterAll(() => saga.close());

  test('while it waits for a person, after their decision, and at its end', async () => {
    const handle = await saga.start(aRefund(saga.simulators, { currency: 'EUR' }));
    const waiting = await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    const decided = await handle.executeUpdate('decide', {
      args: [{ decision: 'approve', by: 'ana', note: 'ok' }],
    });
    const ended: unknown = await handle.result();
    expect([waiting, decided, ended].map((state) => isState(state) || isState.errors)).toEqual([
      true,
      true,
      true,
    ]);
    expect(ended).toMatchObject({ status: 'refunded' });
  });

  test('while a leg is parked, after it was settled, and when it was reversed', async () => {
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse', times: 1 });
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'reverse', kind: 'dropAfter', times: 1 });
    const handle = await saga.start(aRefund(saga.simulators));
    const parked = await saga.parked(handle, 'loyalty');
    const word = {
      leg: 'loyalty',
      outcome: 'reversed',
      by: 'ana',
      evidence: 'seen',
      providerReference: '46175',
    };
    const settled = await handle.executeUpdate('resolveLeg', { args: [word] });
    const ended: unknown = await handle.result();
    expect([parked, settled, ended].map((state) => isState(state) || isState.errors)).toEqual([
      true,
      true,
      true,
    ]);
    expect(ended).toMatchObject({ status: 'compensated', legs: { loyalty: { status: 'reversed' } } });
  });

  test('and a run under another workflow id than its refund’s is invalid', async () => {
    const request = aRefund(saga.simulators);
    const handle = await startInClear(saga, request, `${request.refundId}-x`);
    expect(await refusal(handle)).toContain(
      'refundId: the workflow id must be "refund:" followed by this id',
    );
    const state = await saga.state(handle);
    expect([isState(state), state.status]).toEqual([true, 'invalid']);
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('so is what an order answers, also when a hold was released; a release that changes nothing is refused by type', async () => {
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse', times: 1 });
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'reverse', kind: 'dropAfter', times: 1 });
    const request = aRefund(saga.simulators, { paid: { loyalty: 5_000 } });
    const handle = await saga.start(request);
    await saga.parked(handle, 'loyalty');
    const order = saga.client.workflow.getHandle(`order:${request.orderId}`);
    const release = () =>
      order.executeUpdate('releaseHold', {
        args: [{ refundId: request.refundId, by: 'ana', evidence: 'not in the panel' }],
      });
    await expect(release()).rejects.toMatchObject({ cause: { type: 'ReleaseRefused' } });
    const held: unknown = await order.query('getOrder');
    await handle.terminate();
    await expect(release()).rejects.toMatchObject({ cause: { type: 'ReleaseRefused' } });
    await pause(1_100);
    const released: unknown = await release();
    expect([held, released].map((state) => isOrder(state) || isOrder.errors)).toEqual([true, true]);
    expect(released).toMatchObject({ refunds: [{ shares: [{ releasedBy: { by: 'ana' } }, {}, {}] }] });
    await expect(release()).rejects.toMatchObject({ cause: { type: 'ReleaseRefused' } });
  });
});
