import { anyText, closeAll, fixture, someSimulators } from './calls';
import { REFUNDS } from './refunds';
import { struck } from './struck';

afterEach(closeAll);

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
    const { simulators, json } = await struck(provider, { kind });
    expect(json).toMatchObject(answer);
    expect(Math.abs(simulators.books.effective(provider, REFUNDS[provider].original))).toBeGreaterThan(0);
  });

  test.each([
    ['dsquares', 200, { errorCode: '20', pointsLog: null }],
    ['mircate', 400, {}],
    ['paywall', 400, { IsSuccess: false, IsFailure: true, Value: null }],
    ['sipay', 200, { status: 1, code: '300' }],
    ['wyre', 400, { type: 'ValidationException' }],
  ] as const)('%s refuses in its own words', async (provider, status, answer) => {
    expect(await struck(provider, { kind: 'refuse' })).toMatchObject({ status, json: answer });
  });

  test('a refusal may carry a code of the test', async () => {
    expect((await struck('sipay', { kind: 'refuse', code: '361' })).json).toMatchObject({
      status: 1,
      code: '361',
    });
  });

  test('wyre calls a transient error transient', async () => {
    expect((await struck('wyre', { kind: 'transient' })).json).toEqual(
      fixture('wyre/synthetic-transient-500'),
    );
  });

  test('sizes are beyond any limit', async () => {
    expect((await struck('sipay', { kind: 'huge' })).text.length).toBeGreaterThan(1_000_000);
    const simulators = await someSimulators({ faults: [{ provider: 'sipay', kind: 'bomb' }] });
    const packed = await fetch(`${simulators.url}/sipay/v1/Transaction/RefundPaymentInstant`, {
      method: 'POST',
    });
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(100_000);
    expect((await packed.text()).length).toBeGreaterThan(10_000_000);
  });
});
