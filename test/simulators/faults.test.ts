import {
  FAULT_KINDS,
  PROVIDERS,
  type Fault,
  type FaultKind,
  type ProviderName,
  type Simulators,
} from '../../simulators';
import { anyText, closeAll, fixture, someSimulators, type Ended } from './calls';
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
    ['wyre', 'contradictory', { status: 'COMPLETED', failedReason: anyText }],
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
    const simulators = await someSimulators({ faults: [{ provider: 'sipay', kind: 'bomb' }] });
    const packed = await fetch(`${simulators.url}/sipay/v1/Transaction/RefundPaymentInstant`, {
      method: 'POST',
    });
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(100_000);
    expect((await packed.text()).length).toBeGreaterThan(10_000_000);
  });
});
