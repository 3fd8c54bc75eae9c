import type { WorkflowHandle } from '@temporalio/client';
import type { LegName } from '../../src/domain/plan';
import type { RefundRequest } from '../../src/domain/request';
import type { ResolveLegMessage } from '../../src/domain/resolution';
import { runRefund } from '../support/cli';
import { aMircateLeg, aRefund, aRefundAt, booked } from '../support/requests';
import { resetByHand } from '../support/reset';
import { startSaga, type Saga } from '../support/saga';

const ASKS_FOR_ALL = { APPROVAL_LIMITS: '' };
const PATIENT = { CALL_TIMEOUT: '2s', ABSENCE_AFTER: '2s', LOOKUP_DELAYS: '100ms,300ms,2100ms,2500ms' };
const FLOAT = 10 ** 12;
const FIRST_TASK = 4;

/** Says something about a parked leg, again while it is only just parked. */
async function say(handle: WorkflowHandle, words: Pick<ResolveLegMessage, 'leg' | 'outcome'> & object) {
  const message = { by: 'bea', evidence: 'looked at the provider', ...words };
  for (let tries = 0; ; tries += 1) {
    try {
      await handle.executeUpdate('resolveLeg', { args: [message] });
      return;
    } catch (error) {
      if (tries > 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }
}

/** Lets a leg be tried again, and terminates the run once the provider has applied it and nobody has heard of it. */
async function cutOffInRetry(saga: Saga, handle: WorkflowHandle, request: RefundRequest, leg: LegName) {
  const provider = request[leg]?.provider;
  if (!provider) throw new TypeError('the request has no such leg');
  saga.simulators.faults.add({ provider, operation: 'refund', kind: 'slow', delayMs: 900 });
  await say(handle, { leg, outcome: 'retry' });
  while (booked(saga.simulators, request)[leg] === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await handle.terminate('a test');
  await saga.stopWorkers();
}

/** Heals a refund and cancels it before any worker takes it up. */
async function healThenCancel(saga: Saga, refundId: string): Promise<WorkflowHandle> {
  expect(await runRefund(['heal', refundId])).toMatchObject({ code: 0 });
  const healed = saga.client.workflow.getHandle(`refund:${refundId}`);
  await healed.cancel();
  await saga.startWorkers();
  return healed;
}

describe('what the run before was told of earlier runs holds for the healed run no more', () => {
  test.each(['mircate', 'sipay', 'wyre'] as const)(
    'a retry at %s after it had given up, cut off in flight, is found before a cancel ends it',
    async (provider) => {
      const saga = await startSaga({
        environment: { ...ASKS_FOR_ALL, ...PATIENT, GIVE_UP_AFTER: '2s', FAST_RETRIES: '1' },
      });
      const leg = provider === 'mircate' ? 'loyalty' : 'cash';
      const request = aRefundAt(saga.simulators, provider);
      const handle = await saga.start(request);
      await saga.until(handle, ({ waitingOn }) => waitingOn === 'approval');
      await saga.simulators.stop();
      await handle.signal('approve', { by: 'ana' });
      expect((await saga.parked(handle, leg)).legs[leg]?.problem?.code).toBe('providerDown');
      await saga.simulators.start();
      await cutOffInRetry(saga, handle, request, leg);

      const healed = await healThenCancel(saga, request.refundId);
      const state = await saga.until(healed, ({ status, legs }) =>
        status === 'refunding' ? legs[leg]?.problem?.code === 'ambiguous' : status !== 'planning',
      );
      const whole = { mircate: 500, sipay: 2_550, wyre: 2_550 }[provider];
      expect(booked(saga.simulators, request)).toEqual({ [leg]: whole });
      // Mircate's list is only evidence: there a person compares.
      expect(state.status).toBe(provider === 'mircate' ? 'refunding' : 'refunded');
      await healed.terminate('a test').catch(() => undefined);
      await saga.close();
    },
  );

  test('nor what a look-up of the run before showed: what was sent after it is looked up again', async () => {
    const saga = await startSaga({ environment: PATIENT });
    const request = aRefund(saga.simulators, { sale: undefined, loyalty: aMircateLeg() });
    saga.simulators.sipay.setMerchantBalance(0);
    const first = await saga.start(request);
    await saga.parked(first, 'cash');
    await first.terminate('a test');
    await saga.stopWorkers();

    const today = await startSaga({
      ...{ over: saga.simulators, taskQueue: saga.taskQueue, environment: { ...PATIENT, ...ASKS_FOR_ALL } },
    });
    const second = await resetByHand(first, FIRST_TASK);
    await second.signal('reject', { by: 'ana' });
    await today.parked(second, 'loyalty');
    await say(second, { leg: 'loyalty', outcome: 'refunded', providerReference: 'trx-1' } as never);
    await today.parked(second, 'cash');
    saga.simulators.sipay.setMerchantBalance(FLOAT);
    await cutOffInRetry(today, second, request, 'cash');

    const third = await healThenCancel(today, request.refundId);
    const state = await today.until(
      third,
      ({ status, waitingOn }) => waitingOn === 'operator' || !['planning', 'refunding'].includes(status),
    );
    expect(booked(today.simulators, request)).toMatchObject({ cash: 2_550 });
    expect(state.status).toMatch(/^refund(ed|ing)$/);
    expect(state.legs.cash?.status).toBe('refunded');
    await third.terminate('a test').catch(() => undefined);
    await today.close();
    await saga.close();
  });
});
