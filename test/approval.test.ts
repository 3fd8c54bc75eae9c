import type { WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { advance } from '../dev/temporal-server';
import { aRefund, booked } from './support/requests';
import { details } from './support/runs';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({ environment: { APPROVAL_LIMITS: 'TRY=5000,points=500' } });
});
afterAll(() => saga.close());

const awaiting = (handle: WorkflowHandle) =>
  saga.until(handle, ({ status }) => status === 'awaitingApproval');
const skip = (handle: WorkflowHandle, seconds: number) =>
  advance(saga.client.connection, { namespace: 'default', workflowId: handle.workflowId }, seconds);

describe('a refund above the limits', () => {
  test('waits for a person, sends nothing before, and goes on once approved by signal', async () => {
    const request = aRefund(saga.simulators);
    const handle = await saga.start(request);
    expect(await awaiting(handle)).toMatchObject({
      waitingOn: 'approval',
      approval: { required: true, decision: null },
    });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
    await handle.signal('approve', { by: 'ana', note: 'ok' });
    expect(await handle.result()).toMatchObject({
      status: 'refunded',
      approval: { required: true, decision: 'approved', by: 'ana', note: 'ok' },
    });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
  });

  test('ends rejected, with nothing sent', async () => {
    const request = aRefund(saga.simulators);
    const handle = await saga.start(request);
    await awaiting(handle);
    await handle.signal('reject', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'rejected', approval: { decision: 'rejected' } });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('is not expired a day before its deadline, and expires after three days without a decision', async () => {
    const request = aRefund(saga.simulators);
    const handle = await saga.start(request);
    await awaiting(handle);
    await skip(handle, 2 * 86_400);
    expect((await saga.state(handle)).status).toBe('awaitingApproval');
    await skip(handle, 86_400 + 60);
    expect(await handle.result()).toMatchObject({ status: 'expired', approval: { decision: 'expired' } });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('counts an approval that came days later but in time', async () => {
    const handle = await saga.start(aRefund(saga.simulators));
    await awaiting(handle);
    await skip(handle, 2 * 86_400);
    await handle.signal('approve', { by: 'ana' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
  });

  test('counts an approval that arrives together with the deadline, after no worker ran', async () => {
    const handle = await saga.start(aRefund(saga.simulators));
    await awaiting(handle);
    await saga.stopWorkers();
    const skipped = skip(handle, 4 * 86_400);
    await timerFired(handle);
    await handle.signal('approve', { by: 'ana' });
    await saga.startWorkers();
    expect(await handle.result()).toMatchObject({ status: 'refunded', approval: { decision: 'approved' } });
    await skipped;
  });

  test('costs at most seven events more than one that needs no approval', async () => {
    const handle = await saga.start(aRefund(saga.simulators));
    // Not by the query: one that arrives early can split the first task in two.
    while (!(await isAttended(handle))) await new Promise((resolve) => setTimeout(resolve, 50));
    await handle.signal('approve', { by: 'ana' });
    await handle.result();
    const { events } = await handle.fetchHistory();
    // On a busy machine a task can time out before it is taken up: two events that are not ours.
    const late = (events ?? []).filter((event) => event.workflowTaskTimedOutEventAttributes).length;
    expect((events ?? []).length - 2 * late).toBeLessThanOrEqual(26 + 7);
  });

  test('needs approval for money without a limit, and none within every limit', async () => {
    const euros = await saga.start(aRefund(saga.simulators, { currency: 'EUR', loyalty: undefined }));
    await awaiting(euros);
    await euros.signal('reject', { by: 'ana' });
    const small = aRefund(saga.simulators, { sale: undefined });
    expect((await saga.run(small)).approval).toBeUndefined();
  });
});

describe('decisions', () => {
  test('count before the question is asked', async () => {
    const request = aRefund(saga.simulators);
    const handle = await saga.client.workflow.signalWithStart('refundOrder', {
      taskQueue: saga.taskQueue,
      workflowId: `refund:${request.refundId}`,
      args: [request],
      signal: 'approve',
      signalArgs: [{ by: 'ana' }],
    });
    expect(await handle.result()).toMatchObject({ status: 'refunded', approval: { decision: 'approved' } });
  });

  test('change nothing when malformed, undecodable, from the requester, second or late; and are listed', async () => {
    const handle = await saga.start(aRefund(saga.simulators));
    await awaiting(handle);
    await handle.signal('approve');
    await handle.signal('approve', 'ana');
    await handle.signal('approve', { by: '' });
    await handle.signal('approve', { by: ' Order-Service ' });
    await handle.signal('approve', { by: 'ORDER-SERVICE' });
    await sendRaw(handle, { metadata: {}, data: Buffer.from([0xff, 0xfe]) });
    await sendRaw(handle, { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{') });
    await sendRaw(handle, { metadata: { encoding: Buffer.from('foo/bar') }, data: Buffer.from('x') });
    expect((await saga.state(handle)).approval).toEqual({ required: true, decision: null });
    await handle.signal('approve', { by: 'ana' });
    await handle.signal('reject', { by: 'bob' });
    expect(await handle.result()).toMatchObject({
      status: 'refunded',
      approval: { decision: 'approved', by: 'ana' },
    });
    const shown = await details(handle);
    expect(shown.match(/^- approve at/gm)).toHaveLength(8);
    expect(shown).toContain('the requester of a refund cannot decide on it');
  });

  test('are answered when sent as an update, and refused with the reason', async () => {
    const handle = await saga.start(aRefund(saga.simulators));
    await awaiting(handle);
    const decide = (argument: object) => handle.executeUpdate('decide', { args: [argument] });
    const refused: unknown = expect.objectContaining({
      cause: expect.objectContaining({ type: 'DecisionRefused' }) as unknown,
    });
    await expect(decide({ decision: 'approve', by: 'order-service' })).rejects.toEqual(refused);
    await expect(decide({ decision: 'maybe', by: 'ana' })).rejects.toEqual(refused);
    await expect(decide({ decision: 'approve' })).rejects.toEqual(refused);
    expect(await decide({ decision: 'approve', by: 'ana' })).toMatchObject({
      approval: { decision: 'approved' },
    });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
  });
});

async function sendRaw(
  handle: WorkflowHandle,
  payload: { metadata: Record<string, Uint8Array>; data: Uint8Array },
) {
  await saga.client.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: handle.workflowId },
    signalName: 'approve',
    input: { payloads: [payload] },
  });
}

async function isAttended(handle: WorkflowHandle): Promise<boolean> {
  const { typedSearchAttributes } = await handle.describe();
  return typedSearchAttributes.get(defineSearchAttributeKey('RefundNeedsAttention', 'BOOL')) === true;
}

async function timerFired(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const { events } = await handle.fetchHistory();
    if (events?.some(({ timerFiredEventAttributes }) => timerFiredEventAttributes)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
