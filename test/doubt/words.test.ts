import type { RefundRequest } from '../../src/domain/request';
import type { ResolveLegMessage } from '../../src/domain/resolution';
import type { RefundState } from '../../src/domain/state';
import { anOutcomeStatement, approverKeys, aStatement } from '../support/approvers';
import { aRefund, booked, emptyFloatFor } from '../support/requests';
import { lastTaskOf, resetByHand } from '../support/reset';
import { replays } from '../support/runs';
import { startSaga, type Saga } from '../support/saga';
import { refusalOf, say } from '../support/words';

/** Words about parked legs, of people who are mistaken, late, or not who they say. */
let saga: Saga;
let signed: Saga;
const QUICK = { LOOKUP_DELAYS: '100ms', CALL_TIMEOUT: '2s', ABSENCE_AFTER: '3s', ORDER_LOCK: 'off' };
beforeAll(async () => {
  saga = await startSaga({ environment: QUICK });
  const environment = { ...QUICK, LOOKUP_DELAYS: '100ms,3500ms', APPROVER_KEYS: approverKeys('ana', 'bob') };
  signed = await startSaga({ environment, over: saga.simulators });
});
afterEach(() => saga.simulators.faults.clear());
afterAll(async () => {
  await signed.close();
  await saga.close();
});

const CASH_ONLY = { loyalty: undefined, sale: undefined };
const DECLINED: ResolveLegMessage = {
  leg: 'cash',
  outcome: 'declined',
  by: 'ana',
  evidence: 'not in the panel',
};
const RETRY: ResolveLegMessage = { leg: 'cash', outcome: 'retry', by: 'bea', evidence: 'once more' };
const REFUNDED: ResolveLegMessage = { ...DECLINED, outcome: 'refunded', providerReference: 'bank-7' };

const stale = (delayMs: number) =>
  saga.simulators.faults.add({
    provider: 'sipay',
    operation: 'lookUp',
    kind: 'staleLookUp',
    delayMs,
    times: 100,
  });

test('what a look-up showed once contradicts "declined", though the list forgets it or the provider goes silent', async () => {
  const request = aRefund(saga.simulators, CASH_ONLY);
  stale(600_000);
  saga.simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropAfter' });
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  saga.simulators.faults.clear();
  expect(await refusalOf(say(handle, DECLINED))).toContain('shows something else: Found: ');
  stale(600_000);
  expect(await refusalOf(say(handle, DECLINED))).toContain('An earlier look-up: Found: ');
  saga.simulators.faults.clear();
  saga.simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'errorBefore', times: 100 });
  expect(await refusalOf(say(handle, DECLINED))).toContain(
    'an earlier look-up showed something else: Found: ',
  );
  saga.simulators.faults.clear();
  await say(handle, RETRY);
  expect(await handle.result()).toMatchObject({ status: 'refunded' });
  expect(booked(saga.simulators, request)).toEqual({ cash: 2_550 });
  await replays(handle);
});

test('a run that was reset asks anew before a word counts: the run before may have sent it since', async () => {
  const request = aRefund(saga.simulators, CASH_ONLY);
  const { simulators } = saga;
  simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'dropBefore' });
  const handle = await saga.start(request);
  await saga.parked(handle, 'cash');
  const point = await lastTaskOf(handle);
  const sent = () =>
    simulators
      .requests({ provider: 'sipay', operation: 'refund' })
      .filter(({ body }) => body.includes(request.refundId)).length;
  simulators.faults.add({ provider: 'sipay', operation: 'refund', kind: 'slowBefore', delayMs: 1_500 });
  const before = sent();
  await say(handle, RETRY);
  while (sent() === before) await new Promise((resolve) => setTimeout(resolve, 20));
  const again = await resetByHand(handle, point);
  await saga.parked(again, 'cash');
  expect(await refusalOf(say(again, DECLINED))).toContain('the provider is asked anew first');
  await saga.until(again, ({ legs, status }) => legs.cash?.status === 'parked' || status === 'refunded');
  while (booked(simulators, request).cash === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  if ((await saga.state(again)).status !== 'refunded') {
    expect(await refusalOf(say(again, DECLINED))).toContain('shows something else: Found: ');
    await say(again, RETRY);
  }
  expect(await again.result()).toMatchObject({ status: 'refunded' });
  expect(booked(simulators, request)).toEqual({ cash: 2_550 });
  expect(sent()).toBe(before + 1);
  await replays(again);
});

describe('where words are signed', () => {
  /** The cash waits past the pivot, because our float at sipay is empty. */
  async function parked(overrides: Partial<RefundRequest> = {}) {
    const request = aRefund(signed.simulators, { loyalty: undefined, ...overrides });
    signed.simulators.faults.add({ ...emptyFloatFor(request), times: 100 });
    return { request, handle: await signed.start(request) };
  }

  test('a word that comes after a cancel is answered, and the run ends', async () => {
    const refunds = await Promise.all(Array.from({ length: 4 }, () => parked({ sale: undefined })));
    for (const { handle } of refunds) await signed.parked(handle, 'cash');
    const words = await Promise.all(
      refunds.map(async ({ handle, request }) => ({
        ...DECLINED,
        statement: await anOutcomeStatement(handle, request, DECLINED),
      })),
    );
    await signed.stopWorkers();
    const asked = refunds.map(({ handle }) => signed.state(handle).catch(() => undefined));
    for (const { handle } of refunds) await handle.cancel();
    const answers = Promise.allSettled(refunds.map(({ handle }, index) => say(handle, words[index] ?? {})));
    await signed.startWorkers();
    await answers;
    await Promise.all(asked);
    for (const { handle, request } of refunds) {
      expect((await handle.result()) as RefundState).toMatchObject({ status: 'cancelled' });
      expect(booked(saga.simulators, request)).toEqual({ cash: 0 });
      await replays(handle);
    }
  });

  test('a statement about a leg does not pass a reset', async () => {
    const { request, handle } = await parked();
    await signed.parked(handle, 'cash');
    const statement = await anOutcomeStatement(handle, request, REFUNDED);
    const again = await resetByHand(handle, await lastTaskOf(handle));
    await signed.parked(again, 'cash');
    expect(await refusalOf(say(again, { ...REFUNDED, statement }))).toContain(
      'about another run of this refund',
    );
    await say(again, { ...REFUNDED, statement: await anOutcomeStatement(again, request, REFUNDED) });
    expect(await again.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 0 });
  });

  test('retry sends nothing against a signed rejection, unless it is signed itself', async () => {
    const { request, handle } = await parked({ currency: 'EUR' });
    await signed.until(handle, ({ status }) => status === 'awaitingApproval');
    const point = await lastTaskOf(handle);
    await handle.signal('approve', { by: 'ana', statement: await aStatement(handle, request) });
    await signed.parked(handle, 'cash');
    const again = await resetByHand(handle, point, { withoutSignals: true });
    await signed.until(again, ({ status }) => status === 'awaitingApproval');
    const claims = { decision: 'reject' as const };
    await again.signal('reject', { by: 'ana', statement: await aStatement(again, request, { claims }) });
    await signed.until(again, ({ legs }) => legs.cash?.problem?.code === 'declined');
    signed.simulators.faults.clear();
    expect(await refusalOf(say(again, { ...RETRY, by: 'mallory' }))).toContain('only with a signature');
    expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 0 });
    const word = { ...RETRY, by: 'bob' };
    await say(again, { ...word, statement: await anOutcomeStatement(again, request, word) });
    expect(await again.result()).toMatchObject({ status: 'refunded' });
    expect(booked(saga.simulators, request)).toEqual({ sale: 10_000, cash: 2_550 });
    await replays(again);
  });
});
