import type { WorkflowHandle } from '@temporalio/client';
import { hangOf } from '../src/client/hanging';
import { heal } from '../src/client/health/heal';
import { HealRefusedError } from '../src/client/health/heal-refusals';
import type { RefundRequest } from '../src/domain/request';
import { runRefund } from './support/cli';
import { ANOTHER_ACTIVITY, ONE_MORE_TIMER, workOtherwise } from './support/other-code';
import { aRefund, booked } from './support/requests';
import { lastTaskOf, resetByHand } from './support/reset';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;

beforeAll(async () => {
  saga = await startSaga();
});
afterEach(async () => {
  saga.simulators.faults.clear();
  saga.simulators.sipay.setMerchantBalance(10 ** 12);
  await saga.restartWorkers();
});
afterAll(async () => {
  await saga.close();
});

/** Workers whose code cannot replay a refund that has sent anything. */
const workBadly = () => workOtherwise(saga, ...ANOTHER_ACTIVITY);

const newest = ({ workflowId }: WorkflowHandle) => saga.client.workflow.getHandle(workflowId);
const refundIdOf = ({ workflowId }: WorkflowHandle) => workflowId.replace(/^refund:/, '');
const access = () => ({ client: saga.client, taskQueue: saga.taskQueue, timeoutMs: 10_000 });

/** Waits until a task has failed and is tried again: one that timed out, as on a busy machine, is no hang yet. */
async function hangs(handle: WorkflowHandle): Promise<string> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const run = await newest(handle).describe();
    const { events } = await newest(handle).fetchHistory();
    if (hangOf(run, events ?? []) !== undefined) return run.runId;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it does not hang');
}

const { TEST_WORKFLOW_BUNDLE: workflowBundle = '' } = process.env;

const refund = (...args: string[]) =>
  runRefund(args, { environment: { REFUND_TASK_QUEUE: saga.taskQueue }, workflowBundle });

const sentOfSale = ({ sale }: RefundRequest) =>
  saga.simulators
    .requests({ provider: 'paywall', operation: 'refund' })
    .filter(({ body }) => body.includes(sale?.externalReference ?? '')).length;

async function until(holds: () => boolean | undefined | Promise<boolean | undefined>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A refund that other code than ours took forward until it was parked, and which ours cannot replay from there on. */
async function takenForwardByOthers(): Promise<{ request: RefundRequest; handle: WorkflowHandle }> {
  saga.simulators.sipay.setMerchantBalance(0);
  await workOtherwise(saga, /await (\(0, ?\w+)\.condition\)\(\(\) ?=> ?desk\.word/, 'await $1.sleep)(5); $&');
  const request = aRefund(saga.simulators, { loyalty: undefined });
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  // The other code has completed the task that follows from its timer, too.
  await until(async () => {
    const { events } = await handle.fetchHistory();
    const fired = events?.findLastIndex((event) => event.timerFiredEventAttributes) ?? -1;
    return fired >= 0 && events?.slice(fired).some((event) => event.workflowTaskCompletedEventAttributes);
  });
  await saga.restartWorkers();
  await handle.signal('approve', { by: 'ana' });
  return { request, handle };
}

async function isRefundedOnce({ request, handle }: { request: RefundRequest; handle: WorkflowHandle }) {
  await saga.parked(newest(handle), 'cash');
  saga.simulators.sipay.setMerchantBalance(10 ** 12);
  const retry = { leg: 'cash', outcome: 'retry', by: 'ana', evidence: 'the float is filled' };
  await newest(handle).executeUpdate('resolveLeg', { args: [retry] });
  expect(await newest(handle).result()).toMatchObject({ status: 'refunded' });
  expect(sentOfSale(request)).toBe(1);
  expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 2_550 });
}

describe('a refund that hangs', () => {
  test('is healed, and looks up the leg that the earlier run sent', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined });
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'slow', delayMs: 500 });
    const handle = await saga.start(request);
    await until(() => sentOfSale(request) === 1);
    await workBadly();
    const hungRunId = await hangs(handle);
    await saga.stopWorkers();

    const { code, out } = await refund('heal', request.refundId, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ refundId: request.refundId, hungRunId });
    expect(JSON.parse(out)).toMatchObject({
      problem: expect.stringMatching(/NON_DETERMINISTIC|NonDeterministic/) as string,
    });
    await saga.startWorkers();
    expect(await newest(handle).result()).toMatchObject({
      status: 'refunded',
      legs: { sale: { receipt: { confirmedBy: 'lookUp' } }, cash: { receipt: { confirmedBy: 'answer' } } },
    });
    expect(sentOfSale(request)).toBe(1);
    expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 2_550 });
  });

  test('keeps the decision and the cancel that came while it hung', async () => {
    const parked = async () => {
      const request = aRefund(saga.simulators, { currency: 'EUR', loyalty: undefined });
      const handle = await saga.start(request);
      await saga.until(handle, ({ status }) => status === 'awaitingApproval');
      return { request, handle };
    };
    const approved = await parked();
    const cancelled = await parked();
    await workOtherwise(saga, /const \{ planRefund/, 'const { planOtherwise: planRefund');
    await approved.handle.signal('approve', { by: 'ana' });
    await cancelled.handle.cancel();
    await Promise.all([hangs(approved.handle), hangs(cancelled.handle)]);
    await saga.stopWorkers();
    await heal(access(), refundIdOf(approved.handle));
    const { out } = await refund('heal', refundIdOf(cancelled.handle));
    expect(out).toContain('delivered again, and so is the cancel.');
    expect(out).toContain('what an earlier run sent is found, not sent again');
    await saga.startWorkers();
    expect(await newest(approved.handle).result()).toMatchObject({
      status: 'refunded',
      approval: { decision: 'approved', by: 'ana' },
    });
    expect(await newest(cancelled.handle).result()).toMatchObject({ status: 'cancelled' });
    expect(booked(saga.simulators, cancelled.request)).toEqual({ sale: 0, cash: 0 });
  });

  test('because other code took it forward is healed by one command, as far back as that code began', async () => {
    const taken = await takenForwardByOthers();
    await hangs(taken.handle);
    const { out } = await refund('heal', taken.request.refundId);
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /reset to event \d+, because the code of this installation does not replay what came after: \d workflow tasks are made anew/,
    );
    await isRefundedOnce(taken);
  });

  test('because other code took it forward is healed one task at a time by who has not the code', async () => {
    const taken = await takenForwardByOthers();
    const points = [];
    for (const turn of [1, 2]) {
      await hangs(taken.handle);
      points.push(Number((await heal(access(), taken.request.refundId)).resetTo));
      expect(points).toHaveLength(turn);
    }
    expect(points[1]).toBeLessThan(points[0] ?? 0);
    await isRefundedOnce(taken);
  });

  test('once it is sent anything, because other code began it, is healed by one command back to its beginning', async () => {
    await workOtherwise(saga, ...ONE_MORE_TIMER);
    saga.simulators.sipay.setMerchantBalance(0);
    const request = aRefund(saga.simulators, { loyalty: undefined });
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    // Whoever asks has another code than the workers, and these go on with it.
    expect((await refund('heal', request.refundId)).err).toContain('does not hang');
    await saga.restartWorkers();
    const { out } = await refund('heal', request.refundId);
    expect(out.replace(/\s+/g, ' ')).toContain('hung (the code of the workers does not fit its history)');
    await isRefundedOnce({ request, handle });
  });
});

test('of two who heal a refund at once, one does and the other is told', async () => {
  const request = aRefund(saga.simulators, { loyalty: undefined, currency: 'EUR' });
  const handle = await saga.start(request);
  await saga.until(handle, ({ status }) => status === 'awaitingApproval');
  await handle.terminate('by mistake');
  const ended = await Promise.all([1, 2, 3].map(() => refund('heal', request.refundId)));
  expect(ended.map(({ code }) => code).toSorted()).toEqual([0, 1, 1]);
  for (const { code, err } of ended) if (code === 1) expect(err).toMatch(/^Refused, nothing was changed: /);
  expect((await newest(handle).describe()).status.name).toBe('RUNNING');
  const runs = [];
  for await (const run of saga.client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` }))
    runs.push(run);
  expect(runs).toHaveLength(2);
  await newest(handle).signal('reject', { by: 'ana' });
  expect(await newest(handle).result()).toMatchObject({ status: 'rejected' });
});

test('of two who heal a refund one after the other, the slower one does not undo the run of the faster', async () => {
  const request = aRefund(saga.simulators, { loyalty: undefined, currency: 'EUR' });
  const handle = await saga.start(request);
  await saga.until(handle, ({ status }) => status === 'awaitingApproval');
  await handle.terminate('by mistake');
  let runId = '';
  const findReplayable = async () => {
    const faster = await resetByHand(newest(handle), await lastTaskOf(newest(handle)));
    ({ runId } = await faster.describe());
    return undefined;
  };
  await expect(heal(access(), request.refundId, { findReplayable })).rejects.toThrow('somebody else');
  expect((await newest(handle).describe()).runId).toBe(runId);
  await newest(handle).signal('reject', { by: 'ana' });
  expect(await newest(handle).result()).toMatchObject({ status: 'rejected' });
});

test.each(['workflowRunTimeout', 'workflowExecutionTimeout'])(
  'a refund that somebody started with a %s is told of when it is cut off by it, and healed as that says',
  async (timeout) => {
    const request = aRefund(saga.simulators, { loyalty: undefined });
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'dropAfter' });
    const blind = { provider: 'paywall', operation: 'lookUp', kind: 'errorBefore' } as const;
    saga.simulators.faults.add({ ...blind, skip: 1, times: 20 });
    const handle = await saga.client.workflow.start('refundOrder', {
      ...{ taskQueue: saga.taskQueue, workflowId: `refund:${request.refundId}`, args: [request] },
      [timeout]: '4s',
    });
    await saga.parked(handle, 'sale');
    await expect(handle.result()).rejects.toThrow();
    let told = '';
    while (!told.includes(request.refundId)) told = (await refund('stuck')).out;
    expect(told).toContain(`Next: refund heal ${request.refundId} `);
    saga.simulators.faults.clear();
    const { code, out } = await refund('heal', request.refundId);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('timed out. It was reset') as string,
    });
    expect(out).toContain('keeps the timeout');
    await saga.parked(newest(handle), 'sale');
    const word = [
      '--leg',
      'sale',
      '--outcome',
      'retry',
      '--by',
      'ana',
      '--evidence',
      'nothing seen',
      '--yes',
    ];
    expect(await refund('resolve', request.refundId, ...word)).toMatchObject({ code: 0 });
    expect(await newest(handle).result()).toMatchObject({ status: 'refunded' });
    expect(sentOfSale(request)).toBe(1);
    expect(booked(saga.simulators, request)).toEqual({ sale: 10000, cash: 2550 });
  },
);

describe('healing is refused', () => {
  test('when the reset would forget a reversal; the right worker ends the refund', async () => {
    const request = aRefund(saga.simulators);
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'reverse', kind: 'slow', delayMs: 500 });
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.loyalty?.status === 'reversing');
    await workBadly();
    const hungRunId = await hangs(handle);
    const { code, err } = await refund('heal', request.refundId);
    expect(code).toBe(1);
    expect(err).toMatch(/^Refused, nothing was changed: .* has begun to reverse something after the point/);
    await saga.restartWorkers();
    expect(await handle.result()).toMatchObject({ status: 'compensated' });
    expect((await newest(handle).describe()).runId).toBe(hungRunId);
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 0, cash: 0 });
  });

  test('of a terminated refund that was taking something back, or had not begun', async () => {
    const request = aRefund(saga.simulators);
    saga.simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });
    saga.simulators.faults.add({ provider: 'dsquares', operation: 'reverse', kind: 'slow', delayMs: 500 });
    const reversing = await saga.start(request);
    await saga.until(reversing, ({ legs }) => legs.loyalty?.status === 'reversing');
    await reversing.terminate();
    expect((await refund('heal', request.refundId)).err).toMatch(/^Refused, .* finish it there by hand\.$/m);

    await saga.stopWorkers();
    const unbegun = await saga.start(aRefund(saga.simulators));
    await unbegun.terminate();
    expect((await refund('heal', refundIdOf(unbegun))).err).toContain('Compare each leg with its provider');
  });

  test('when the refund does not hang, has ended, never completed a task, or is not there', async () => {
    const handle = await saga.start(aRefund(saga.simulators, { currency: 'EUR' }));
    await saga.until(handle, ({ status }) => status === 'awaitingApproval');
    const running = await refund('heal', refundIdOf(handle));
    expect(running.code).toBe(1);
    expect(running.err).toMatch(/^Refused, nothing was changed: .* does not hang/);
    await handle.signal('reject', { by: 'ana' });
    await handle.result();
    await expect(heal(access(), refundIdOf(handle))).rejects.toThrow(HealRefusedError);
    await expect(heal(access(), refundIdOf(handle))).rejects.toThrow('already ended');
    expect((await refund('heal', 'no-such-refund')).code).toBe(3);

    await workOtherwise(saga, /function refundOrder\(\.\.\.args\) \{/, '$& null.anything;');
    const unplanned = await saga.start(aRefund(saga.simulators));
    await hangs(unplanned);
    await expect(heal(access(), refundIdOf(unplanned))).rejects.toThrow('no completed workflow task');
    await saga.restartWorkers();
    expect(await unplanned.result()).toMatchObject({ status: 'refunded' });
  });

  test('when it was healed to its first task and hangs there: what was sent before is not denied', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined });
    saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'slow', delayMs: 500 });
    const handle = await saga.start(request);
    await until(() => booked(saga.simulators, request).cash === 2_550);
    await workOtherwise(saga, /function refundOrder\(\.\.\.args\) \{/, '$& null.anything;');
    const hungRunId = await hangs(handle);
    await heal(access(), request.refundId);
    expect(await hangs(handle)).not.toBe(hungRunId);
    await expect(heal(access(), request.refundId)).rejects.toThrow('the run before it may have');
    await saga.restartWorkers();
    expect(await newest(handle).result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
  });
});
