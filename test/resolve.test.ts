import type { WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { Fault } from '../simulators';
import type { OrderState } from '../src/domain/order/ledger';
import type { RefundState } from '../src/domain/state';
import { aMircateLeg, aRefund, booked } from './support/requests';
import { startSaga, type Saga } from './support/saga';

let saga: Saga;
beforeAll(async () => {
  saga = await startSaga({
    environment: { GIVE_UP_AFTER: '1s', FAST_RETRIES: '0', SLOW_RETRY_INTERVAL: '200ms' },
  });
});
afterEach(() => saga.simulators.faults.clear());
afterAll(() => saga.close());

const add = (fault: Fault) => saga.simulators.faults.add(fault);
const say = (handle: WorkflowHandle, message: object) =>
  handle.executeUpdate<RefundState, [object]>('resolveLeg', {
    args: [{ by: 'ana', evidence: 'read in the panel', ...message }],
  });
const refusal = async (handle: WorkflowHandle, message: object) => {
  const error = await say(handle, message).then(
    () => undefined,
    (reason: unknown) => reason as Error & { cause?: { type?: string; message: string; stack?: string } },
  );
  expect(error?.cause?.type).toBe('ResolutionRefused');
  expect(error?.cause?.message).toMatch(/^Refused, nothing was changed: .*\. Accepted now/s);
  // An expected refusal shows nobody a stack trace.
  expect(error?.cause?.stack).not.toContain('messages');
  return error?.cause?.message ?? '';
};

/** Why a person must act, as lists show it. */
async function reason(handle: WorkflowHandle): Promise<string | undefined> {
  const { typedSearchAttributes } = await handle.describe();
  return typedSearchAttributes.get(defineSearchAttributeKey('RefundReason', 'KEYWORD'));
}

describe('our float at the provider is empty', () => {
  const parked = async () => {
    const request = aRefund(saga.simulators);
    saga.simulators.sipay.setMerchantBalance(0);
    const handle = await saga.start(request);
    expect(await saga.parked(handle, 'cash')).toMatchObject({
      status: 'refunding',
      waitingOn: 'operator',
      legs: { cash: { problem: { side: 'refund', code: 'merchantBalance' } } },
    });
    return { request, handle };
  };
  afterEach(() => saga.simulators.sipay.setMerchantBalance(10 ** 12));

  test('retry pays once the float is filled', async () => {
    const { request, handle } = await parked();
    expect(await reason(handle)).toBe('sipay:merchantBalance');
    saga.simulators.sipay.setMerchantBalance(10 ** 12);
    expect(await say(handle, { leg: 'cash', outcome: 'retry' })).toMatchObject({
      waitingOn: null,
      legs: { cash: { status: 'refunding' } },
    });
    expect(await handle.result()).toMatchObject({
      status: 'refunded',
      people: [{ by: 'ana', said: 'retry', leg: 'cash', evidence: 'read in the panel' }],
    });
    expect(await reason(handle)).toBeUndefined();
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 500, sale: 10_000, cash: 2_550 });
  });

  test('refunded counts as paid another way past the pivot', async () => {
    const { request, handle } = await parked();
    await say(handle, { leg: 'cash', outcome: 'refunded', providerReference: 'bank-transfer-7' });
    expect(await handle.result()).toMatchObject({
      status: 'refunded',
      legs: { cash: { receipt: { confirmedBy: 'operator', providerReference: 'bank-transfer-7' } } },
    });
    expect(booked(saga.simulators, request).cash).toBe(0);
  });

  test('declined past the pivot parks again, because the customer is owed this money', async () => {
    const { handle } = await parked();
    await say(handle, { leg: 'cash', outcome: 'declined' });
    expect((await saga.parked(handle, 'cash')).legs.cash?.problem?.code).toBe('declined');
    await say(handle, { leg: 'cash', outcome: 'refunded', providerReference: 'bank-transfer-8' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
  });

  test('turnBack reverses the others: by a person where there is no faithful way', async () => {
    const { request, handle } = await parked();
    await say(handle, { leg: 'cash', outcome: 'turnBack' });
    expect(await saga.parked(handle, 'sale')).toMatchObject({
      status: 'compensating',
      legs: { sale: { problem: { side: 'reversal', code: 'noReversal' } } },
    });
    expect(await refusal(handle, { leg: 'sale', outcome: 'retry' })).toContain(
      'now accepts: reversed, waived',
    );
    await say(handle, { leg: 'sale', outcome: 'waived' });
    expect(await handle.result()).toMatchObject({
      status: 'compensated',
      legs: { sale: { status: 'waived', reversal: { by: 'ana' } }, loyalty: { status: 'reversed' } },
    });
    expect(booked(saga.simulators, request)).toEqual({ loyalty: 0, sale: 10_000, cash: 0 });
  });
});

describe('declined past the pivot', () => {
  test.each(['retry', 'turnBack'])('accepts %s', async (outcome) => {
    const request = aRefund(saga.simulators, { loyalty: undefined });
    add({ provider: 'sipay', operation: 'refund', kind: 'refuse' });
    const handle = await saga.start(request);
    await saga.parked(handle, 'cash');
    expect(await refusal(handle, { leg: 'cash', outcome: 'declined' })).toContain(
      'retry, refunded, turnBack',
    );
    await say(handle, { leg: 'cash', outcome });
    if (outcome === 'turnBack') await saga.parked(handle, 'sale');
    if (outcome === 'turnBack')
      await say(handle, { leg: 'sale', outcome: 'reversed', providerReference: 'bank-1' });
    expect(await handle.result()).toMatchObject({ status: outcome === 'retry' ? 'refunded' : 'compensated' });
  });
});

describe('a provider that never lets us through', () => {
  test('is given up, and a retry starts afresh', async () => {
    const request = aRefund(saga.simulators, { loyalty: undefined, sale: undefined });
    add({ provider: 'sipay', operation: 'refund', kind: 'unauthorized', times: 1_000 });
    const handle = await saga.start(request);
    const { legs } = await saga.parked(handle, 'cash');
    expect(legs.cash?.problem).toMatchObject({
      code: 'providerDown',
      message: expect.stringContaining('SIPAY_CLIENT_ID') as string,
    });
    saga.simulators.faults.clear();
    await say(handle, { leg: 'cash', outcome: 'retry' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
  });

  test('before anything moved can be declined', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'dsquares', operation: 'refund', kind: 'tooMany', times: 1_000 });
    const handle = await saga.start(request);
    await saga.parked(handle, 'loyalty');
    expect(await refusal(handle, { leg: 'loyalty', outcome: 'turnBack' })).toContain('retry, declined');
    await say(handle, { leg: 'loyalty', outcome: 'declined' });
    expect(await handle.result()).toMatchObject({
      status: 'declined',
      legs: { loyalty: { status: 'declined' } },
    });
  });

  test('at preflight parks before a person is asked, and goes on after a retry', async () => {
    const request = aRefund(saga.simulators);
    add({ provider: 'paywall', operation: 'lookUp', kind: 'errorBefore', times: 1_000 });
    const handle = await saga.start(request);
    expect(await saga.parked(handle, 'sale')).toMatchObject({
      status: 'planning',
      legs: { sale: { problem: { side: 'refund', code: 'providerDown' } }, loyalty: { status: 'pending' } },
    });
    saga.simulators.faults.clear();
    await say(handle, { leg: 'sale', outcome: 'retry' });
    expect(await handle.result()).toMatchObject({ status: 'refunded' });
  });
});

describe('a reversal', () => {
  const declineSale = () => add({ provider: 'paywall', operation: 'refund', kind: 'refuse' });

  test.each(['retry', 'reversed', 'waived'])('that was declined accepts %s', async (outcome) => {
    const request = aRefund(saga.simulators);
    declineSale();
    add({ provider: 'dsquares', operation: 'reverse', kind: 'refuse' });
    const handle = await saga.start(request);
    expect(await saga.parked(handle, 'loyalty')).toMatchObject({
      status: 'compensating',
      legs: { loyalty: { problem: { side: 'reversal', code: 'declined' } } },
    });
    const reference = outcome === 'reversed' ? { providerReference: 'REF-1' } : {};
    await say(handle, { leg: 'loyalty', outcome, ...reference });
    const status = outcome === 'waived' ? 'waived' : 'reversed';
    expect(await handle.result()).toMatchObject({ status: 'compensated', legs: { loyalty: { status } } });
    expect(booked(saga.simulators, request).loyalty).toBe(outcome === 'retry' ? 0 : 500);
  });

  test('whose answer was lost is found by its key at mircate', async () => {
    const request = aRefund(saga.simulators, { loyalty: aMircateLeg() });
    declineSale();
    add({ provider: 'mircate', operation: 'reverse', kind: 'dropAfter' });
    expect(await saga.run(request)).toMatchObject({
      status: 'compensated',
      legs: { loyalty: { status: 'reversed', reversal: { confirmedBy: 'lookUp' } } },
    });
    expect(booked(saga.simulators, request).loyalty).toBe(0);
  });

  test('whose answer was lost parks at dsquares, which has no reference to look for', async () => {
    const request = aRefund(saga.simulators);
    declineSale();
    add({ provider: 'dsquares', operation: 'reverse', kind: 'dropAfter' });
    const handle = await saga.start(request);
    expect((await saga.parked(handle, 'loyalty')).legs.loyalty?.problem?.code).toBe('ambiguous');
    expect(await refusal(handle, { leg: 'loyalty', outcome: 'reversed' })).toContain('providerReference');
    await say(handle, { leg: 'loyalty', outcome: 'reversed', providerReference: 'REF-1' });
    expect(await handle.result()).toMatchObject({ status: 'compensated' });
    expect(booked(saga.simulators, request).loyalty).toBe(0);
    // Its order has only a person's word for that.
    const order = await saga.client.workflow
      .getHandle(`order:${request.orderId}`)
      .query<OrderState>('getOrder');
    expect(order.refunds[0]?.shares.map(({ leg, status }) => [leg, status])).toEqual([
      ['loyalty', 'held'],
      ['sale', 'released'],
      ['cash', 'released'],
    ]);
  });
});

test('a resolution is refused with what would be accepted, and by whom', async () => {
  const request = aRefund(saga.simulators, { sale: undefined, loyalty: undefined });
  saga.simulators.sipay.setMerchantBalance(0);
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  expect(await refusal(handle, { leg: 'sale', outcome: 'retry' })).toContain('parked now: cash');
  expect(await refusal(handle, { leg: 'cash', outcome: 'reversed' })).toContain(
    'now accepts: retry, declined',
  );
  expect(await refusal(handle, { leg: 'cash', outcome: 'retry', by: 'Order-Service' })).toContain(
    'the requester of a refund cannot resolve its legs',
  );
  // An invisible mark would make another person of whoever requested it.
  for (const by of ['order\u200c-service', 'order service', 'ılker', ''])
    expect(await refusal(handle, { leg: 'cash', outcome: 'retry', by })).toContain('by must be an id');
  expect(await refusal(handle, { leg: 'cash', outcome: 'retry', evidence: '' })).toContain('evidence');
  expect(await refusal(handle, { outcome: 'retry' })).toContain('leg must be one of');
  saga.simulators.sipay.setMerchantBalance(10 ** 12);
  await say(handle, { leg: 'cash', outcome: 'retry' });
  expect(await handle.result()).toMatchObject({ status: 'refunded' });
});
