import { gunzipSync } from 'node:zlib';
import {
  FAULT_KINDS,
  PROVIDERS,
  type Fault,
  type FaultKind,
  type ProviderName,
  type Simulators,
} from '../../simulators';
import { closeAll, fixture, someSimulators, type Ended } from './calls';
import { REFUNDS } from './refunds';

type Numbers = Partial<Fault>;

/** What each kind does to a refund: whether it moves, and what comes back. */
const EFFECTS: Record<FaultKind, { moves: boolean; status?: number; numbers?: Numbers; text?: RegExp }> = {
  refuse: { moves: false },
  alreadyDone: { moves: false, text: /already|Duplicate/ },
  slow: { moves: true, status: 200, numbers: { delayMs: 50 } },
  slowBefore: { moves: true, status: 200, numbers: { delayMs: 50 } },
  dropBefore: { moves: false },
  dropAfter: { moves: true },
  errorBefore: { moves: false, status: 503, numbers: { status: 503, retryAfter: 2 } },
  errorAfter: { moves: true, status: 500 },
  malformed: { moves: true, status: 200, text: /^\{.*[^}]$/s },
  empty: { moves: true, status: 200, text: /^$/ },
  contradictory: { moves: true, status: 200 },
  wrongAmount: { moves: true, status: 200 },
  wrongReference: { moves: true, status: 200 },
  tooMany: { moves: false, status: 429, numbers: { retryAfter: 2 } },
  unauthorized: { moves: false, status: 401 },
  down: { moves: false },
  redirect: { moves: false, status: 302 },
  staleLookUp: { moves: true, status: 200 },
  pending: { moves: true },
  huge: { moves: true, status: 200 },
  bomb: { moves: true, status: 200 },
  transient: { moves: false, status: 500 },
};
const DROPPED: readonly FaultKind[] = ['dropBefore', 'dropAfter', 'down'];
const UNSTATED: readonly FaultKind[] = ['refuse', 'alreadyDone', 'pending', ...DROPPED];

async function struck(
  provider: ProviderName,
  kind: FaultKind,
  numbers: Numbers = {},
): Promise<[Simulators, Ended]> {
  const simulators = await someSimulators();
  REFUNDS[provider].seed(simulators);
  simulators.faults.add({ provider, operation: 'refund', kind, ...numbers });
  return [simulators, await REFUNDS[provider].refund(simulators)];
}

afterEach(closeAll);

describe.each(PROVIDERS)('a refund at %s', (provider) => {
  test.each(FAULT_KINDS)('struck by %s', async (kind) => {
    const { moves, status, numbers, text } = EFFECTS[kind];
    const [simulators, ended] = await struck(provider, kind, numbers);
    expect(simulators.books.of(provider, REFUNDS[provider].original)).toHaveLength(moves ? 1 : 0);
    if (!UNSTATED.includes(kind)) expect(ended.status).toBe(status);
    if (DROPPED.includes(kind)) expect(ended.status).toBeUndefined();
    if (text) expect(ended.text).toMatch(text);
    if (numbers?.retryAfter) expect(ended.headers['retry-after']).toBe('2');
    const [request] = simulators.requests();
    expect(request).toMatchObject({ provider, operation: 'refund', applied: moves });
    expect(request?.fault).toBe(kind === 'staleLookUp' ? undefined : kind);
    expect(request?.status).toBe(ended.status);
  });
});

describe('answers that mislead', () => {
  test.each([
    ['dsquares', 'contradictory', { errorCode: '0', errorMessage: 'Failed' }],
    ['dsquares', 'wrongAmount', { pointsLog: { amountValue: 501 } }],
    ['dsquares', 'wrongReference', { pointsLog: { refundedLogId: 46174, externalLogId: 'rf-1:loyalty9' } }],
    ['mircate', 'contradictory', { message: 'Refund failed', transaction: { amount: 500 } }],
    ['mircate', 'wrongAmount', { transaction: { amount: 501 } }],
    ['mircate', 'wrongReference', { transaction: { refundedTransactionId: 'spend-19' } }],
    ['paywall', 'contradictory', { IsSuccess: true, IsFailure: true }],
    ['paywall', 'wrongAmount', { Value: { Amount: 125.5 } }],
    ['paywall', 'wrongReference', { Value: { ExternalReference: 'sale-19' } }],
    ['sipay', 'contradictory', { status: 0, code: '301' }],
    ['sipay', 'wrongAmount', { payload: { transaction_amount: 125.5 } }],
    ['sipay', 'wrongReference', { payload: { ext_transaction_id: 'rf-1:cash9' } }],
    ['wyre', 'contradictory', { status: 'COMPLETED', failedReason: expect.any(String) }],
    ['wyre', 'wrongReference', { walletOrderId: 'WO_19' }],
  ] as const)('%s, %s', async (provider, kind, answer) => {
    const [simulators, ended] = await struck(provider, kind);
    expect(ended.json).toMatchObject(answer);
    expect(Math.abs(simulators.books.effective(provider, REFUNDS[provider].original))).toBeGreaterThan(0);
  });

  test.each([
    ['dsquares', 200, { errorCode: '12', pointsLog: null }],
    ['mircate', 400, {}],
    ['paywall', 400, { IsSuccess: false, IsFailure: true, Value: null }],
    ['sipay', 200, { status: 1, code: '300' }],
    ['wyre', 400, { type: 'ValidationException' }],
  ] as const)('%s refuses in its own words', async (provider, status, answer) => {
    expect((await struck(provider, 'refuse'))[1]).toMatchObject({ status, json: answer });
  });

  test('a refusal may carry a code of the test', async () => {
    expect((await struck('sipay', 'refuse', { code: '361' }))[1].json).toMatchObject({
      status: 1,
      code: '361',
    });
  });

  test('wyre calls a transient error transient', async () => {
    expect((await struck('wyre', 'transient'))[1].json).toEqual(fixture('wyre/synthetic-transient-500'));
  });

  test('sizes are beyond any limit', async () => {
    expect((await struck('sipay', 'huge'))[1].text.length).toBeGreaterThan(1_000_000);
    const [simulators] = await struck('sipay', 'bomb');
    simulators.faults.add({ provider: 'sipay', operation: 'lookUp', kind: 'bomb' });
    const response = await fetch(`${simulators.url}/sipay/v1/TransactionData/SummaryRecordByFilter`, {
      method: 'POST',
    });
    expect((await response.text()).length).toBeGreaterThan(10_000_000);
    expect(gunzipSync).toBeDefined();
  });
});

describe('look-ups', () => {
  test.each(PROVIDERS)('of %s can be stale', async (provider) => {
    const { seed, refund, lookUp, shows } = REFUNDS[provider];
    const simulators = await someSimulators();
    seed(simulators);
    await refund(simulators);
    simulators.faults.add({ provider, kind: 'staleLookUp', delayMs: 1000 });
    expect(shows((await lookUp(simulators)).json)).toBe(false);
    expect(shows((await lookUp(simulators)).json)).toBe(true);
  });

  test.each([
    [
      'sipay',
      504,
      (json: Record<string, any>) => json.payload.results[0].transaction_status_id as unknown,
      [10, 10, 20],
    ],
    ['wyre', 200, (json: Record<string, any>) => json.status as unknown, ['CREATED', 'CREATED', 'COMPLETED']],
  ] as const)('of %s see a pending refund finish', async (provider, status, read, seen) => {
    const [simulators, ended] = await struck(provider, 'pending', { reads: 2 });
    expect(ended.status).toBe(status);
    const states = [];
    for (let time = 0; time < 3; time += 1)
      states.push(read((await REFUNDS[provider].lookUp(simulators)).json));
    expect(states).toEqual(seen);
  });

  test.each([
    ['dsquares', 200, { errorCode: '14', data: null }],
    ['mircate', 400, {}],
    ['paywall', 400, { IsFailure: true, Value: null }],
    ['sipay', 200, { status: 2, payload: null }],
    ['wyre', 400, {}],
  ] as const)('of %s can be unhealthy', async (provider, status, answer) => {
    const simulators = await someSimulators();
    REFUNDS[provider].seed(simulators);
    simulators.faults.add({ provider, operation: 'lookUp', kind: 'refuse' });
    expect(await REFUNDS[provider].lookUp(simulators)).toMatchObject({ status, json: answer });
  });
});

describe('the script', () => {
  const kinds = (simulators: Simulators) => simulators.requests().map(({ fault }) => fault);

  test('strikes in order, so many times, after so many', async () => {
    const simulators = await someSimulators();
    simulators.faults.add({ provider: 'wyre', kind: 'tooMany', times: 2, skip: 1 });
    simulators.faults.add({ provider: 'wyre', kind: 'errorBefore' });
    for (let time = 0; time < 5; time += 1) await REFUNDS.wyre.lookUp(simulators);
    expect(kinds(simulators)).toEqual(['errorBefore', 'tooMany', 'tooMany', undefined, undefined]);
  });

  test('strikes only the provider, operation and text that it names, until it is cleared', async () => {
    const simulators = await someSimulators();
    const { faults } = simulators;
    faults.add({ provider: 'wyre', operation: 'refund', kind: 'down', times: 9 });
    faults.add({ provider: 'sipay', kind: 'down', times: 9, match: 'rf-2' });
    faults.add({ provider: 'paywall', kind: 'down', times: Infinity, match: 'sale-1' });
    const calls = [REFUNDS.wyre.lookUp, REFUNDS.wyre.refund, REFUNDS.sipay.refund, REFUNDS.paywall.lookUp];
    for (const call of calls) await call(simulators);
    faults.clear();
    await REFUNDS.paywall.lookUp(simulators);
    expect(kinds(simulators)).toEqual([undefined, 'down', undefined, 'down', undefined]);
  });

  test('a slow provider applies before or after its delay', async () => {
    for (const [kind, movedAtOnce] of [
      ['slow', 1],
      ['slowBefore', 0],
    ] as const) {
      const simulators = await someSimulators({ faults: [{ provider: 'wyre', kind, delayMs: 150 }] });
      REFUNDS.wyre.seed(simulators);
      const began = Date.now();
      const ended = REFUNDS.wyre.refund(simulators);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(simulators.books.size).toBe(movedAtOnce);
      await ended;
      expect(simulators.books.size).toBe(1);
      expect(Date.now() - began).toBeGreaterThanOrEqual(149);
    }
  });

  test('a redirect leads to an address that is watched', async () => {
    const [simulators, ended] = await struck('wyre', 'redirect');
    expect(ended.headers.location).toMatch(
      /^http:\/\/localhost:\d+\/redirected\/wyre\/v3\/orders\/WO_1\/refund\/partner$/,
    );
    await fetch(String(ended.headers.location).replace('localhost', '127.0.0.1'), { method: 'POST' });
    expect(simulators.requests({ operation: 'redirected' })).toHaveLength(1);
  });
});

describe('a random mix', () => {
  const rates = { errorBefore: 0.2, dropAfter: 0.2, malformed: 0.1 };

  async function kindsOf(
    seed: number,
    order: readonly number[],
  ): Promise<Record<string, (FaultKind | undefined)[]>> {
    const simulators = await someSimulators();
    simulators.faults.random(seed, rates, { providers: ['wyre'] });
    const struckBy: Record<string, (FaultKind | undefined)[]> = {};
    for (const id of order) {
      const path = `/wyre/v3/orders/WO_${id}`;
      await fetch(simulators.url + path).catch(() => undefined);
      (struckBy[path] ??= []).push(simulators.requests().at(-1)?.fault);
    }
    return struckBy;
  }

  const ids = Array.from({ length: 40 }, (_, index) => index);

  test('is the same for the same seed, in whatever order movements arrive', async () => {
    const one = await kindsOf(7, [...ids, ...ids]);
    expect(await kindsOf(7, [...[...ids].reverse(), ...ids])).toEqual(one);
    expect(await kindsOf(8, [...ids, ...ids])).not.toEqual(one);
  });

  test('strikes about as often as asked, and only where asked', async () => {
    const all = Object.values(await kindsOf(7, ids)).flat();
    const hits = all.filter((kind) => kind !== undefined);
    expect(hits.length).toBeGreaterThan(10);
    expect(hits.length).toBeLessThan(30);
    const simulators = await someSimulators();
    simulators.faults.random(1, { down: 1 }, { operations: ['refund'] });
    await REFUNDS.wyre.lookUp(simulators);
    await REFUNDS.wyre.refund(simulators);
    expect(simulators.requests().map(({ fault }) => fault)).toEqual([undefined, 'down']);
  });
});
