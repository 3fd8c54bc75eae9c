import type { WorkflowHandle } from '@temporalio/client';
import { movementsInFlight } from '../src/client/movements-in-flight';
import {
  aMircateLeg,
  aRefund,
  aRefundAt,
  booked,
  emptyFloatFor,
  sipayPaymentOf,
  whole,
} from './support/requests';
import { parsed, runRefund } from './support/cli';
import { lastTaskOf, resetByHand } from './support/reset';
import { startSaga } from './support/saga';
import type { Saga } from './support/saga';

/** A provider that somebody stopped: by its books nothing moves there, and all that waits is made once it is resumed. */
let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({
    environment: {
      ...{ CALL_TIMEOUT: '5s', ABSENCE_AFTER: '5s', LOOKUP_DELAYS: '500ms,5500ms,6s' },
      ...{ SLOW_RETRY_INTERVAL: '300ms', GIVE_UP_AFTER: '8s', FAST_RETRIES: '3' },
    },
  });
});
afterAll(() => saga.close());

const refund = (...args: string[]) => runRefund(args, { environment: { REFUND_TASK_QUEUE: saga.taskQueue } });
const stop = (provider: string) =>
  refund('provider', 'stop', provider, '--by', 'ana', '--reason', 'a leak of their keys', '--json');
const resume = (provider: string) => refund('provider', 'resume', provider, '--by', 'bob');
const sends = (provider: 'sipay' | 'mircate', operation: 'refund' | 'reverse') =>
  saga.simulators.requests({ provider, operation }).length;

test('refunds before, in, between and after their attempts wait at a stopped provider, and none gives up', async () => {
  const { simulators } = saga;
  const cash = (overrides = {}) => aRefundAt(simulators, 'sipay', overrides);
  const fault = (request: ReturnType<typeof cash>, kind: 'slow' | 'tooMany' | 'dropBefore', more = {}) =>
    simulators.faults.add({
      ...{ provider: 'sipay', operation: 'refund', kind },
      ...{ match: sipayPaymentOf(request), ...more },
    });
  const [inFlight, retrying, parked, lost] = [cash(), cash(), cash(), cash()];
  const later = aRefund(simulators);
  fault(inFlight, 'slow', { delayMs: 4_500 });
  fault(retrying, 'tooMany', { times: 3 });
  fault(lost, 'dropBefore');
  simulators.faults.add(emptyFloatFor(parked));
  const begun = [inFlight, retrying, parked, lost];
  const handles = await Promise.all(begun.map((request) => saga.start(request)));
  const access = { client: saga.client, taskQueue: saga.taskQueue, timeoutMs: 5_000 };
  let seen: string[] = [];
  while (!seen.includes(inFlight.refundId)) {
    seen = (await movementsInFlight(access, 'sipay', Date.now)).map(({ refundId }) => refundId);
    if ((await handles[0]?.describe())?.closeTime) break;
  }
  expect(seen).toContain(inFlight.refundId);
  const handleOf = (request: (typeof begun)[number]) => handles[begun.indexOf(request)] ?? fail();
  await saga.parked(handleOf(parked), 'cash');
  await saga.until(handleOf(lost), ({ legs }) => legs.cash?.status === 'lookingUp');
  await saga.until(handleOf(retrying), ({ waitingOn }) => waitingOn === 'sipay');

  const stopped = await stop('sipay');
  expect(stopped.code).toBe(0);
  expect(parsed(stopped)).toMatchObject({
    existing: false,
    inFlight: [],
    stop: { provider: 'sipay', by: 'ana' },
  });
  const sent = sends('sipay', 'refund');
  expect(await handleOf(inFlight).result()).toMatchObject({ status: 'refunded' });

  const last = await saga.start(later);
  await handleOf(parked).executeUpdate('resolveLeg', {
    args: [{ leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'the float is full again' }],
  });
  const waiting = [retrying, parked, lost].map(handleOf).concat(last);
  for (const handle of waiting)
    await saga.until(
      handle,
      ({ legs, waitingOn }) => legs.cash?.status === 'refunding' && waitingOn === 'sipay',
    );
  // Much longer than a refund is tried; with new workers, too.
  await saga.restartWorkers();
  await new Promise((resolve) => setTimeout(resolve, 9_000));
  expect(sends('sipay', 'refund')).toBe(sent);
  for (const handle of waiting)
    expect(await saga.state(handle)).toMatchObject({
      waitingOn: 'sipay',
      legs: { cash: { status: 'refunding' } },
    });
  expect(booked(simulators, later)).toEqual({ loyalty: 500, sale: 10_000, cash: 0 });

  expect((await refund('show', later.refundId)).out).toContain('a leak of their keys');
  const stuck = await refund('stuck');
  expect(stuck.out).toMatch(
    /Provider sipay has been stopped .* by ana: a leak of their keys\. 4 refunds wait/,
  );
  expect(stuck.out).toContain('refund provider resume sipay');
  expect((await refund('provider', 'list')).out).toMatch(/sipay +1 +stopped .* ana +a leak of their keys/);
  expect(await stop('sipay').then(parsed)).toMatchObject({ existing: true, inFlight: [] });

  expect((await resume('sipay')).code).toBe(0);
  expect((await resume('sipay')).err).toContain('sipay is not stopped');
  for (const handle of waiting) expect(await handle.result()).toMatchObject({ status: 'refunded' });
  for (const request of [...begun, later]) expect(booked(simulators, request)).toEqual(whole(request));
});

test('a reversal waits, too, and a refund that waits can be cancelled', async () => {
  const { simulators } = saga;
  const request = aRefund(simulators, { loyalty: aMircateLeg(), sale: undefined });
  simulators.faults.add({
    ...{ provider: 'sipay', operation: 'refund', kind: 'refuse' },
    match: sipayPaymentOf(request),
  });
  simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'slow', delayMs: 1_500, times: 1 });
  const handle = await saga.start(request);
  while (sends('mircate', 'refund') === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const simple = aRefundAt(simulators, 'mircate');
  expect((await stop('mircate')).code).toBe(0);
  const cancelled = await saga.start(simple);
  await saga.until(cancelled, ({ waitingOn }) => waitingOn === 'mircate');
  await cancelled.cancel();
  expect(await cancelled.result()).toMatchObject({ status: 'cancelled' });
  await saga.until(
    handle,
    ({ legs, waitingOn }) => legs.loyalty?.status === 'reversing' && waitingOn === 'mircate',
  );
  expect(sends('mircate', 'reverse')).toBe(0);
  expect((await resume('mircate')).code).toBe(0);
  expect(await handle.result()).toMatchObject({ status: 'compensated' });
  expect(booked(simulators, request)).toEqual({ loyalty: 0, cash: 0 });
  expect(booked(simulators, simple)).toEqual({ loyalty: 0 });
});

test('a stop holds without a worker, and says what it needs to be resumed', async () => {
  await saga.stopWorkers();
  expect((await stop('wyre')).code).toBe(0);
  expect(await resume('wyre')).toMatchObject({ code: 4 });
  await saga.startWorkers();
  await saga.client.workflow.getHandle(`stop:${saga.taskQueue}-wyre`).cancel();
  const handle = await saga.start(aRefundAt(saga.simulators, 'wyre'));
  await saga.until(handle, ({ waitingOn, status }) => waitingOn === 'wyre' || status === 'refunded');
  await resume('wyre');
  expect(await handle.result()).toMatchObject({ status: 'refunded' });
});

test('a stop that somebody resumes while its calls are waited for does not say that it holds', async () => {
  const stopping = stop('wyre');
  const isStopped = async () => (await refund('provider', 'list')).out.match(/wyre +\d+ +stopped/) !== null;
  while (!(await isStopped())) await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await resume('wyre')).code).toBe(0);
  const stopped = await stopping;
  expect(stopped.code).toBe(1);
  expect(stopped.out).toBe('');
  expect(stopped.err).toContain('somebody resumed it');
});

test('a stop says for which task queue it is and that nobody serves it, and a check of a refund tells of the stop', async () => {
  const environment = { REFUND_TASK_QUEUE: `${saga.taskQueue}-mistyped` };
  const elsewhere = (...args: string[]) => runRefund(['provider', ...args], { environment });
  const stopped = await elsewhere('stop', 'wyre', '--by', 'ana', '--reason', 'a leak');
  expect(stopped.out.replaceAll('\n', ' ')).toContain(
    `for the refunds of the task queue "${environment.REFUND_TASK_QUEUE}"`,
  );
  expect(stopped.out).toContain('REFUND_TASK_QUEUE');
  await saga.client.workflow.getHandle(`stop:${environment.REFUND_TASK_QUEUE}-wyre`).terminate();
  const there = await stop('wyre');
  expect(parsed(there)).toMatchObject({ taskQueue: saga.taskQueue, isServed: true });
  const check = (request: object) =>
    runRefund(['check', '-', '--ask'], {
      stdin: JSON.stringify(request),
      environment: { REFUND_TASK_QUEUE: saga.taskQueue },
    });
  const told =
    /wyre has been stopped since .* by ana: a leak of their keys\. Nothing would be sent to it until/;
  expect((await check(aRefundAt(saga.simulators, 'wyre'))).out).toMatch(told);
  expect((await check(aRefundAt(saga.simulators, 'paywall'))).out).not.toMatch(told);
  await resume('wyre');
});

/** Puts the call that a run waits for on another queue, as its worker does not notice. */
async function moveCallAway({ client, workflowId }: WorkflowHandle): Promise<void> {
  const { pendingActivities } = (await client.getHandle(workflowId).describe()).raw;
  await saga.client.workflowService.updateActivityOptions({
    namespace: client.options.namespace,
    execution: { workflowId },
    id: pendingActivities?.[0]?.activityId ?? '',
    activityOptions: { taskQueue: { name: 'of-nobody' } },
    updateMask: { paths: ['task_queue.name'] },
  });
}

test.each(['terminated', 'reset', 'told to call on another queue'] as const)(
  'a call in flight is named after its run was %s, for its worker makes it all the same',
  async (how) => {
    const { simulators, client, taskQueue } = saga;
    const request = aRefundAt(simulators, 'sipay');
    const match = sipayPaymentOf(request);
    const before = sends('sipay', 'refund');
    simulators.faults.add({
      ...{ provider: 'sipay', operation: 'refund', kind: 'slowBefore', delayMs: 4_500, match },
    });
    const handle = await saga.start(request);
    while (sends('sipay', 'refund') === before) await new Promise((resolve) => setTimeout(resolve, 10));
    const next = how === 'reset' && (await resetByHand(handle, await lastTaskOf(handle)));
    if (next) await saga.until(next, ({ legs }) => legs.cash?.status === 'lookingUp');
    else if (how === 'terminated') await handle.terminate('a test');
    else await moveCallAway(handle);
    const access = { client, taskQueue, timeoutMs: 5_000 };
    // The list of the server lags a little.
    const deadline = Date.now() + 3_000;
    let named: string[] = [];
    while (!named.includes(request.refundId) && Date.now() < deadline)
      named = (await movementsInFlight(access, 'sipay', Date.now)).map(({ refundId }) => refundId);
    expect(booked(simulators, request)).toEqual({ cash: 0 });
    expect(named).toContain(request.refundId);
    while (booked(simulators, request).cash === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    if (next) expect(await next.result()).toMatchObject({ status: 'refunded' });
    expect(booked(simulators, request)).toEqual(whole(request));
    if (how !== 'terminated') return;
    // As long as it may take, by the clock of the server.
    const stopped = await refund(...STOP_SIPAY, '--wait', '1s', '--json');
    expect(stopped.code).toBe(1);
    expect(parsed(stopped)).toMatchObject({ inFlight: [{ refundId: request.refundId }] });
    await resume('sipay');
  },
);

const STOP_SIPAY = ['provider', 'stop', 'sipay', '--by', 'ana', '--reason', 'a leak of their keys'];

function fail(): never {
  throw new Error('it was not started');
}

test('somebody without the payload keys resumes a provider, and is told so', async () => {
  const keys = { PAYLOAD_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}` };
  const encrypted = await startSaga({ environment: keys, over: saga.simulators });
  const without = (...args: string[]) =>
    runRefund(args, { environment: { REFUND_TASK_QUEUE: encrypted.taskQueue } });
  await without('provider', 'stop', 'wyre', '--by', 'ana', '--reason', 'their incident');
  const { code, out, err } = await without('provider', 'resume', 'wyre', '--by', 'bob');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('wyre is resumed');
  await encrypted.close();
});
