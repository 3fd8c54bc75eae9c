import type { WorkflowHandle } from '@temporalio/client';
import type { Fault, ProviderName } from '../../simulators';
import type { Briefing } from '../../src/domain/briefing';
import type { LegName } from '../../src/domain/plan';
import { aPaywallLeg, aRefundAt, booked, legAt, whole } from '../support/requests';
import { startSaga, type Saga } from '../support/saga';

let saga: Saga;
let askingForApproval: Saga;
beforeAll(async () => {
  saga = await startSaga();
  askingForApproval = await startSaga({ environment: { APPROVAL_LIMITS: '' } });
});
afterEach(() => {
  saga.simulators.faults.clear();
  askingForApproval.simulators.faults.clear();
});
afterAll(async () => {
  await saga.close();
  await askingForApproval.close();
});

const strike = (provider: ProviderName, kind: Fault['kind'], more: Partial<Fault> = {}) =>
  saga.simulators.faults.add({ provider, operation: 'refund', kind, ...more });
const sends = (provider: ProviderName) => saga.simulators.requests({ provider, operation: 'refund' }).length;
const resolve = (handle: WorkflowHandle, leg: string, outcome: string, more = {}) =>
  handle.executeUpdate('resolveLeg', {
    args: [{ leg, outcome, by: 'ana', evidence: 'looked at the panel', ...more }],
  });

/** Waits until a leg that is parked was looked up anew and has parked again. */
async function parkedAgain(handle: WorkflowHandle, leg: LegName, act: () => Promise<unknown>): Promise<void> {
  const seenAt = (await saga.state(handle)).legs[leg]?.problem?.evidence?.at;
  await act();
  await saga.until(handle, ({ legs }) => {
    const { status, problem } = legs[leg] ?? {};
    return status === 'parked' && problem?.evidence?.at !== seenAt;
  });
}

describe('a refund that somebody made in the vendor’s panel while ours waited for approval', () => {
  test.each<ProviderName>(['paywall', 'wyre'])('at %s is never claimed as ours', async (provider) => {
    const { simulators } = askingForApproval;
    const request = aRefundAt(simulators, provider);
    const handle = await askingForApproval.start(request);
    await askingForApproval.until(handle, ({ status }) => status === 'awaitingApproval');
    simulators.faults.add({ provider, operation: 'refund', kind: 'panelRefund' });
    await handle.signal('approve', { by: 'ana' });
    const leg = legAt(provider);
    const { legs } = await askingForApproval.parked(handle, leg);
    expect(legs[leg]).toMatchObject({ problem: { code: 'alreadyDone', evidence: {} } });
    expect(legs[leg]).not.toHaveProperty('receipt');
    expect(booked(simulators, request)).toEqual(whole(request));
    await handle.terminate('a test');
  });
});

const IMPATIENT = { GIVE_UP_AFTER: '1s', FAST_RETRIES: '0', SLOW_RETRY_INTERVAL: '200ms' };

describe('a refund that somebody else made of a payment, while ours never got through', () => {
  test.each<ProviderName>(['paywall', 'wyre'])(
    'at %s is not claimed, however often a person tries',
    async (provider) => {
      const impatient = await startSaga({ environment: IMPATIENT });
      try {
        const { faults } = impatient.simulators;
        const request = aRefundAt(impatient.simulators, provider);
        const leg = legAt(provider);
        faults.add({ provider, operation: 'refund', kind: 'unauthorized', times: 99 });
        const handle = await impatient.start(request);
        expect((await impatient.parked(handle, leg)).legs[leg]?.problem?.code).toBe('providerDown');
        faults.clear();
        const elses = { ...request, refundId: `${request.refundId}-2`, orderId: `${request.orderId}-2` };
        expect(await impatient.run(elses)).toMatchObject({ status: 'refunded' });
        for (const turn of ['first', 'second']) {
          await resolve(handle, leg, 'retry', { evidence: turn });
          const { legs, people } = await impatient.parked(handle, leg);
          expect(people.at(-1)).toMatchObject({ said: 'retry', evidence: turn });
          expect(legs[leg]?.problem?.code).toBe('alreadyDone');
        }
        expect(booked(impatient.simulators, request)).toEqual(whole(request));
        await handle.terminate('a test');
      } finally {
        await impatient.close();
      }
    },
  );
});

test('two refunds of one sale: the second one is not told as refunded by the row of the first', async () => {
  const sale = aPaywallLeg();
  const first = aRefundAt(askingForApproval.simulators, 'paywall', { sale });
  // Of another order: the order's own lock would refuse it before anything is sent.
  const second = { ...first, refundId: `${first.refundId}-2`, orderId: `${first.orderId}-2` };
  const handles = [await askingForApproval.start(first), await askingForApproval.start(second)];
  for (const handle of handles) {
    await askingForApproval.until(handle, ({ status }) => status === 'awaitingApproval');
  }
  const [one, two] = handles as [WorkflowHandle, WorkflowHandle];
  await one.signal('approve', { by: 'ana' });
  expect(await one.result()).toMatchObject({ status: 'refunded' });
  await two.signal('approve', { by: 'ana' });
  const { legs } = await askingForApproval.parked(two, 'sale');
  expect(legs.sale?.problem?.code).toBe('alreadyDone');
  expect(booked(askingForApproval.simulators, first)).toEqual({ sale: 10_000 });
  await two.terminate('a test');
});

describe('a confirmation of something else', () => {
  test('is never sent again over an empty list, and parks where the list never shows ours', async () => {
    strike('sipay', 'wrongReference');
    saga.simulators.faults.add({
      provider: 'sipay',
      operation: 'lookUp',
      kind: 'staleLookUp',
      skip: 2,
      times: 99,
    });
    const request = aRefundAt(saga.simulators, 'sipay');
    const before = sends('sipay');
    const handle = await saga.start(request);
    expect((await saga.parked(handle, 'cash')).legs.cash?.problem?.code).toBe('ambiguous');
    await parkedAgain(handle, 'cash', () => resolve(handle, 'cash', 'retry'));
    expect(sends('sipay')).toBe(before + 1);
    saga.simulators.faults.clear();
    await resolve(handle, 'cash', 'retry');
    expect(await handle.result()).toMatchObject({ legs: { cash: { receipt: { confirmedBy: 'lookUp' } } } });
    expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
  });

  test('with a cashback that nobody asked for parks, though the sale is refunded', async () => {
    strike('paywall', 'unaskedCashback');
    const sale = { ...aPaywallLeg(), rollbackCashback: false };
    const request = aRefundAt(saga.simulators, 'paywall', { sale });
    const handle = await saga.start(request);
    expect((await saga.parked(handle, 'sale')).legs.sale?.problem?.code).toMatch(/ambiguous|alreadyDone/);
    await handle.terminate('a test');
  });

  test('a request that a mesh executed twice shows in the balance, and parks', async () => {
    strike('dsquares', 'repeated');
    const request = aRefundAt(saga.simulators, 'dsquares');
    const handle = await saga.start(request);
    expect((await saga.parked(handle, 'loyalty')).legs.loyalty?.problem?.code).toBe('alreadyDone');
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 1_000 });
    await handle.terminate('a test');
  });
});

describe('points in doubt, in a wallet that moved meanwhile', () => {
  test('are sent by the word of a person alone, and only once', async () => {
    strike('dsquares', 'dropBefore');
    const request = aRefundAt(saga.simulators, 'dsquares');
    const before = sends('dsquares');
    const handle = await saga.start(request);
    await saga.until(handle, ({ legs }) => legs.loyalty?.status === 'lookingUp');
    saga.simulators.dsquares.spend((request.loyalty as { walletCode: string }).walletCode, 30);
    await saga.parked(handle, 'loyalty');
    // A look-up would only show the same again: it is not offered, and sends nothing where it is said all the same.
    const loyalty = async () => (await handle.query<Briefing>('getBriefing')).legs.loyalty;
    expect((await loyalty())?.choices.map(({ outcome }) => outcome)).toEqual([
      'resend',
      'refunded',
      'declined',
    ]);
    await parkedAgain(handle, 'loyalty', () => resolve(handle, 'loyalty', 'retry'));
    expect(sends('dsquares')).toBe(before + 1);
    await resolve(handle, 'loyalty', 'resend', { seen: (await loyalty())?.seen });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(sends('dsquares')).toBe(before + 2);
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500 });
  });

  test('are not sent again without a person where the provider must not be asked blindly', async () => {
    const request = aRefundAt(saga.simulators, 'sipay');
    strike('sipay', 'dropBefore', { times: 9 });
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    await expect(resolve(handle, 'cash', 'resend')).rejects.toMatchObject({
      cause: { type: 'ResolutionRefused' },
    });
    await handle.terminate('a test');
  });
});
