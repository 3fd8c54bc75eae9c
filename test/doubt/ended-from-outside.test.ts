import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ProviderName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';
import { aRefundAt, booked, whole } from '../support/requests';
import { startSaga, type Saga } from '../support/saga';
import { untilIt } from '../support/until';

/*
 * What the Temporal server lets anybody who may write do to a call that is being made: end it with anything, have it made
 * again, or start one of their own.
 */

let saga: Saga;
beforeAll(async () => {
  const environment = { CALL_TIMEOUT: '3s', ABSENCE_AFTER: '3s', LOOKUP_DELAYS: '500ms,2s,4s,5s' };
  saga = await startSaga({ environment });
});
afterAll(() => saga.close());

const server = () => saga.client.workflowService;

interface Flying {
  request: RefundRequest;
  handle: WorkflowHandle;
  /** The call, as the server names it. */
  call: { namespace: string; workflowId: string; activityId: string };
  /** The same, for what changes calls. */
  target: { namespace: string; execution: { workflowId: string }; id: string };
}

const sends = (provider: ProviderName) => saga.simulators.requests({ provider, operation: 'refund' }).length;

/** Starts a refund and waits until its request has come to its provider, which takes long to answer. */
async function inFlight(
  provider: ProviderName,
  {
    kind = 'slow',
    turnedAwayFirst = false,
  }: { kind?: 'slow' | 'slowBefore'; turnedAwayFirst?: boolean } = {},
): Promise<Flying> {
  const { faults } = saga.simulators;
  const before = sends(provider);
  const request = aRefundAt(saga.simulators, provider);
  if (turnedAwayFirst) faults.add({ provider, operation: 'refund', kind: 'tooMany' });
  faults.add({ provider, operation: 'refund', kind, delayMs: 2_000 });
  const handle = await saga.start(request);
  await untilIt(() => Promise.resolve(sends(provider) > before + (turnedAwayFirst ? 1 : 0)));
  const { raw } = await handle.describe();
  const activityId = raw.pendingActivities?.[0]?.activityId ?? '';
  const { workflowId } = handle;
  return {
    ...{ request, handle, call: { namespace: 'default', workflowId, activityId } },
    target: { namespace: 'default', execution: { workflowId }, id: activityId },
  };
}

const complete = ({ call }: Flying, result: unknown) =>
  server().respondActivityTaskCompletedById({
    ...call,
    result: { payloads: [defaultPayloadConverter.toPayload(result)] },
  });

const fail = ({ call }: Flying, type: string) =>
  server().respondActivityTaskFailedById({
    ...call,
    failure: { message: 'it hung', applicationFailureInfo: { type } },
  });

const giveMoreAttempts = ({ target }: Flying) =>
  server().updateActivityOptions({
    ...target,
    activityOptions: { retryPolicy: { maximumAttempts: 5, initialInterval: { nanos: 100_000_000 } } },
    updateMask: { paths: ['retry_policy.maximum_attempts', 'retry_policy.initial_interval'] },
  });

describe('a call that somebody completes while it is made', () => {
  const at = '2026-11-30T03:00:00.000Z';
  test.each([
    ['nothing', null],
    ['a confirmation without reference and time', { kind: 'done' }],
    ['a confirmation of odd values', { kind: 'done', at: 'yesterday', providerReference: { odd: true } }],
    ['the answer to another question', { kind: 'passed' }],
    ['a refusal without a reason', { kind: 'declined', at }],
    ['a refusal with a code that there is not', { kind: 'declined', at, code: 'odd', message: 'no' }],
    ['a doubt without a word', { kind: 'ambiguous', at }],
    ['a doubt of odd times', { kind: 'ambiguous', at, message: 'odd', sentAt: 'never' }],
    ['a kind that is a list', { kind: ['done'], at, providerReference: '1' }],
  ])('with %s is looked up, and sent once', async (_, result) => {
    const before = sends('paywall');
    const flying = await inFlight('paywall');
    await complete(flying, result);
    expect(await flying.handle.result()).toMatchObject({
      status: 'refunded',
      legs: { sale: { status: 'refunded', receipt: { confirmedBy: 'lookUp' } } },
    });
    expect(booked(saga.simulators, flying.request)).toEqual(whole(flying.request));
    expect(sends('paywall') - before).toBe(1);
  });

  test.each(['NotSent', 'TurnedAway', 'ProviderStopped', 'Ops'])(
    'and fails as %s, without a word of ours, is looked up, and sent once',
    async (type) => {
      const before = sends('paywall');
      const flying = await inFlight('paywall');
      await fail(flying, type);
      expect(await flying.handle.result()).toMatchObject({ status: 'refunded' });
      expect(booked(saga.simulators, flying.request)).toEqual(whole(flying.request));
      expect(sends('paywall') - before).toBe(1);
    },
  );

  test('as cancelled, after a cancel, is not taken for one that never began', async () => {
    const flying = await inFlight('paywall', { kind: 'slowBefore' });
    await flying.handle.cancel();
    await untilIt(() =>
      server()
        .respondActivityTaskCanceledById(flying.call)
        .then(() => true),
    );
    // The request is applied only after all this, so that a look-up right away shows nothing.
    expect(booked(saga.simulators, flying.request)).toEqual({ sale: 0 });
    expect(await flying.handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, flying.request)).toEqual(whole(flying.request));
  });
});

describe('a call that somebody has made again while it is made', () => {
  const resetIt = async ({ target }: Flying) => {
    await server().resetActivity(target);
    await server().unpauseActivity({ ...target, resetAttempts: true });
  };
  test.each([
    ['with more attempts', false, giveMoreAttempts, () => Promise.resolve()],
    ['in the round of the engine’s own retries', true, () => Promise.resolve(), () => Promise.resolve()],
    ['with its attempts counted anew', true, ({ target }: Flying) => server().pauseActivity(target), resetIt],
  ] as const)(
    '%s and a failure is sent no second time, and parks',
    async (_, turnedAwayFirst, first, then) => {
      const before = sends('mircate');
      const flying = await inFlight('mircate', { turnedAwayFirst });
      await first(flying);
      await fail(flying, 'Ops');
      await then(flying);
      const { legs } = await saga.parked(flying.handle, 'loyalty');
      expect(legs.loyalty?.problem).toMatchObject({
        code: 'ambiguous',
        message: expect.stringContaining('from outside') as string,
      });
      expect(booked(saga.simulators, flying.request)).toEqual(whole(flying.request));
      expect(sends('mircate') - before).toBe(turnedAwayFirst ? 2 : 1);
      await flying.handle.terminate('a test');
    },
  );
});

test('a look-up that somebody completes with anything says nothing', async () => {
  const { faults } = saga.simulators;
  faults.add({ provider: 'paywall', operation: 'refund', kind: 'dropBefore' });
  const request = aRefundAt(saga.simulators, 'paywall');
  const handle = await saga.start(request);
  await saga.until(handle, ({ legs }) => legs.sale?.status === 'lookingUp');
  faults.add({ provider: 'paywall', operation: 'lookUp', kind: 'slow', delayMs: 2_000 });
  const pending = async () => (await handle.describe()).raw.pendingActivities?.[0];
  await untilIt(async () => (await pending())?.activityType?.name === 'lookUpRefund');
  const call = {
    ...{ namespace: 'default', workflowId: handle.workflowId },
    activityId: (await pending())?.activityId ?? '',
  };
  const result = { payloads: [defaultPayloadConverter.toPayload({ kind: 'found', providerReference: '1' })] };
  await server().respondActivityTaskCompletedById({ ...call, result });
  expect(await handle.result()).toMatchObject({ status: 'refunded' });
  expect(booked(saga.simulators, request)).toEqual(whole(request));
});

test.each(['', '-mircate'])(
  'money is not moved by an activity that somebody starts by itself on %s',
  async (queue) => {
    const request = aRefundAt(saga.simulators, 'mircate');
    const activityId = `by-itself${queue}-${request.refundId}`;
    const input = { leg: request.loyalty, key: `${request.refundId}:loyalty`, firstRun: '' };
    await server().startActivityExecution({
      ...{ namespace: 'default', requestId: activityId, activityId, activityType: { name: 'refundLeg' } },
      taskQueue: { name: `${saga.taskQueue}${queue}` },
      startToCloseTimeout: { seconds: 10 as never },
      input: { payloads: [defaultPayloadConverter.toPayload(input)] },
    });
    const { outcome } = await server().pollActivityExecution({ namespace: 'default', activityId });
    expect(outcome?.failure?.applicationFailureInfo?.type).toBe('NotOfRefund');
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0 });
  },
);
