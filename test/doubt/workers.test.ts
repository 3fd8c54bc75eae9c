import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { aRefundAt, aRefund, booked } from '../support/requests';
import { startSaga, type Saga, type SagaOptions } from '../support/saga';

const open: Saga[] = [];
const start = async (options: SagaOptions = {}) => {
  const saga = await startSaga(options);
  open.push(saga);
  return saga;
};
afterEach(async () => {
  for (const saga of open.splice(0).reverse()) await saga.close();
});

const sends = ({ simulators }: Saga, provider: 'paywall' | 'sipay' | 'mircate') =>
  simulators.requests({ provider, operation: 'refund' }).length;

/** Waits until a request of a provider has arrived. */
async function arrived(saga: Saga, provider: 'paywall' | 'sipay' | 'mircate'): Promise<void> {
  while (sends(saga, provider) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('an operator who gives a call in flight more attempts and less time has it sent once', async () => {
  const saga = await start({
    environment: { CALL_TIMEOUT: '3s', ABSENCE_AFTER: '3s', LOOKUP_DELAYS: '1s,4s' },
  });
  const request = aRefundAt(saga.simulators, 'mircate');
  saga.simulators.faults.add({ provider: 'mircate', operation: 'refund', kind: 'slow', delayMs: 2_500 });
  const handle = await saga.start(request);
  await arrived(saga, 'mircate');
  await giveMoreAttempts(saga, handle);
  await saga.parked(handle, 'loyalty');
  expect(sends(saga, 'mircate')).toBe(1);
  expect(booked(saga.simulators, request)).toEqual({ loyalty: 500 });
});

async function giveMoreAttempts({ client }: Saga, { workflowId }: WorkflowHandle): Promise<void> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const activityId = raw.pendingActivities?.[0]?.activityId ?? '';
  await client.workflowService.updateActivityOptions({
    namespace: 'default',
    execution: { workflowId },
    id: activityId,
    activityOptions: {
      startToCloseTimeout: { seconds: 1 as never },
      retryPolicy: { maximumAttempts: 5, initialInterval: { nanos: 100_000_000 } },
    },
    updateMask: {
      paths: ['start_to_close_timeout', 'retry_policy.maximum_attempts', 'retry_policy.initial_interval'],
    },
  });
}

test('a call ends before its attempt does, and absence is proven as late as today’s rules want, also when both were raised meanwhile', async () => {
  const before = await start({
    environment: { APPROVAL_LIMITS: '' },
    simulators: { switches: { paywall: { hostileSecondRefund: true } } },
  });
  const request = aRefundAt(before.simulators, 'paywall');
  const handle = await before.start(request);
  await before.until(handle, ({ status }) => status === 'awaitingApproval');
  await before.stopWorkers();
  const after = await start({
    over: before.simulators,
    taskQueue: before.taskQueue,
    environment: { CALL_TIMEOUT: '20s', ABSENCE_AFTER: '20s' },
  });
  // Applied when its attempt, planned for a call of one second, is long over.
  before.simulators.faults.add({
    provider: 'paywall',
    operation: 'refund',
    kind: 'slowBefore',
    delayMs: 6_000,
  });
  await handle.signal('approve', { by: 'ana' });
  await after.until(handle, ({ legs }) => legs.sale?.status === 'lookingUp');
  expect(booked(before.simulators, request)).toEqual({ sale: 0 });
  const { legs } = await after.parked(handle, 'sale');
  expect(legs.sale?.problem?.code).toBe('ambiguous');
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(sends(after, 'paywall')).toBe(1);
  expect(booked(before.simulators, request)).toEqual({ sale: 10_000 });
  await handle.terminate('a test');
});

test('a leg whose own queue nobody polls is not sent, and parks', async () => {
  const saga = await start({
    environment: { MIRCATE_RATE_PER_SECOND: '5', GIVE_UP_AFTER: '2s' },
    unpolled: 'providers',
  });
  const request = aRefundAt(saga.simulators, 'mircate');
  const handle = await saga.start(request);
  const { legs } = await saga.parked(handle, 'loyalty');
  expect(legs.loyalty?.problem).toMatchObject({
    code: 'providerDown',
    message: expect.stringContaining(`${saga.taskQueue}-mircate`) as string,
  });
  expect(booked(saga.simulators, request)).toEqual({ loyalty: 0 });
  await handle.terminate('a test');
});

test('a refund is planned without a worker of its provider, and waits in planning for one', async () => {
  const none = { PAYWALL_BASE_URL: '', PAYWALL_API_KEY: '', PAYWALL_API_CLIENT: '' };
  const fleet = { PROVIDERS: 'dsquares,mircate,paywall,sipay,wyre' };
  const without = await start({ environment: { ...fleet, ...none } });
  const { simulators, taskQueue } = without;
  const request = aRefund(simulators);
  const cancelled = aRefund(simulators);
  const handles = await Promise.all([request, cancelled].map((one) => without.start(one)));
  for (const handle of handles)
    await without.until(handle, ({ status, legs }) => status === 'planning' && legs.sale !== undefined);
  await handles[1]?.cancel();
  expect(await handles[1]?.result()).toMatchObject({ status: 'cancelled' });
  expect(booked(simulators, cancelled)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  await start({ over: simulators, taskQueue, environment: fleet });
  expect(await handles[0]?.result()).toMatchObject({ status: 'refunded' });
  expect(booked(simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
});

test('a worker that cannot read its task sends nothing, and the leg is not in doubt', async () => {
  const key = Buffer.alloc(32, 1).toString('base64');
  const saga = await start({
    environment: { PAYLOAD_KEYS: `one:${key}`, SIPAY_RATE_PER_SECOND: '5' },
    unpolled: 'providers',
  });
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_TEST_ADDRESS ?? '' });
  const withoutKey = await Worker.create({
    connection,
    namespace: 'default',
    taskQueue: `${saga.taskQueue}-sipay`,
    activities: { refundLeg: () => Promise.reject(new Error('it was read')) },
  });
  const running = withoutKey.run();
  try {
    const handle = await saga.start(aRefundAt(saga.simulators, 'sipay'));
    const { legs, waitingOn } = await saga.until(handle, (state) => state.waitingOn !== null);
    expect({ status: legs.cash?.status, waitingOn }).toEqual({ status: 'refunding', waitingOn: 'sipay' });
    await handle.terminate('a test');
  } finally {
    withoutKey.shutdown();
    await running;
    await connection.close();
  }
});
