import { anyNumber, at, closeAll, fixture, post, shapeOf } from './calls';
import { ASK, LIST, REFUND, PAYMENT, REQUEST, rowsOf, seeded } from './sipay-calls';

afterEach(closeAll);

describe('RefundPaymentInstant', () => {
  test('moves the money once and answers every documented field', async () => {
    const simulators = await seeded();
    const before = simulators.sipay.merchantBalance;
    const { status, json, text } = await post(simulators, REFUND, REQUEST);
    expect(status).toBe(200);
    expect(shapeOf(json)).toEqual(shapeOf(fixture('sipay/refund-response-sample')));
    expect(json).toMatchObject({ status: 0, code: '100', payload: { ext_transaction_id: 'rf-1:cash' } });
    expect(text).toContain('"transaction_amount":25.50,');
    expect(at(json, 'payload.transaction_id')).toMatch(/^\d{19}$/);
    expect(at(json, 'payload.wallet_info.currency_code')).toBe('TRY');
    expect(simulators.sipay.merchantBalance).toBe(before - 2550);
    expect(simulators.books.entries()).toEqual([
      {
        provider: 'sipay',
        kind: 'refund',
        original: PAYMENT,
        key: 'rf-1:cash',
        amountMinor: 2550,
        providerReference: at(json, 'payload.transaction_id'),
        at: anyNumber,
      },
    ]);
  });

  test.each([
    ['a text', '"25.50"', `"${PAYMENT}"`],
    ['an exact decimal, the id bare', '25.50', PAYMENT],
  ])('takes the amount as %s', async (_, amount, id) => {
    const simulators = await seeded();
    const rest = '"ext_transaction_id":"k","currency_code":"TRY"';
    await post(simulators, REFUND, `{"tx_correlation_id":${id},"refund_amount":${amount},${rest}}`);
    expect(simulators.books.effective('sipay', PAYMENT)).toBe(2550);
  });

  test.each([
    ['a field missing', { ext_transaction_id: undefined }, 400, null],
    ['an amount finer than the currency', { refund_amount: 25.501 }, 400, null],
    ['a negative amount', { refund_amount: -1 }, 400, null],
    ['amount 0', { refund_amount: 0 }, 200, null],
    ['an unknown payment', { tx_correlation_id: '1' }, 200, '300'],
    ['another currency', { currency_code: 'EUR' }, 200, '300'],
  ])('refuses %s', async (_, change, status, code) => {
    const simulators = await seeded();
    const ended = await post(simulators, REFUND, { ...REQUEST, ...change });
    expect(ended).toMatchObject({ status, json: { code, payload: null } });
    expect(ended.json.status).not.toBe(0);
    expect(simulators.books.size).toBe(0);
  });

  test.each([
    [false, ['100', '100', '100'], 3000],
    [true, ['100', '100', '399'], 2000],
  ])(
    'tells what was refunded before; refunds of one payment are capped at its amount: %s',
    async (capped, codes, effective) => {
      const simulators = await seeded({ capped });
      const ended = [];
      for (const ext_transaction_id of ['a', 'b', 'c']) {
        ended.push(await post(simulators, REFUND, { ...REQUEST, ext_transaction_id, refund_amount: 10 }));
      }
      expect(ended.map(({ json }) => json.code)).toEqual(codes);
      expect(at(ended[1]?.json, 'payload.previous_amount')).toBe(10);
      expect(simulators.books.effective('sipay', PAYMENT)).toBe(effective);
    },
  );

  test.each([
    [false, 200, 200, 1000],
    [false, 400, 400, 1000],
    [true, 200, 200, 2000],
  ] as const)(
    'answers a used reference with 301 (executes it: %s, status %s)',
    async (executesDuplicates, refusalStatus, status, effective) => {
      const simulators = await seeded({ executesDuplicates, refusalStatus });
      await post(simulators, REFUND, { ...REQUEST, refund_amount: 10 });
      const second = await post(simulators, REFUND, { ...REQUEST, refund_amount: 10 });
      expect(second).toMatchObject({ status, json: { code: executesDuplicates ? '100' : '301' } });
      expect(simulators.books.effective('sipay', PAYMENT)).toBe(effective);
    },
  );

  test('answers 311 while our float is too low', async () => {
    const simulators = await seeded({ merchantBalance: 2549 });
    expect((await post(simulators, REFUND, REQUEST)).json).toEqual(
      fixture('sipay/synthetic-insufficient-balance-311'),
    );
    simulators.sipay.setMerchantBalance(2550);
    expect((await post(simulators, REFUND, REQUEST)).json.code).toBe('100');
  });

  test.each([
    [PAYMENT, 1],
    [`"${PAYMENT}"`, 0],
  ])('can want a bare id: %s', async (id, moved) => {
    const simulators = await seeded({ wantsIntegerIds: true });
    const rest = '"ext_transaction_id":"k","currency_code":"TRY","refund_amount":25.50';
    const { status } = await post(simulators, REFUND, `{"tx_correlation_id":${id},${rest}}`);
    expect([status, simulators.books.size]).toEqual([moved === 1 ? 200 : 400, moved]);
    expect(simulators.environment().SIPAY_INTEGER_IDS).toBe('true');
  });

  test('can send its ids bare, to the last digit, and tell a fee', async () => {
    const simulators = await seeded({ numericIds: true, feeMinor: 250 });
    const { text } = await post(simulators, REFUND, REQUEST);
    const [entry] = simulators.books.entries();
    expect(text).toContain(`"transaction_id":${entry?.providerReference ?? ''},`);
    expect(text).toContain('"transaction_fee_amount":2.50');
  });
});

test('a refund by someone else has a reference that is not ours', async () => {
  const simulators = await seeded();
  simulators.sipay.refundByHand(PAYMENT, 1000);
  expect(simulators.books.entries()).toMatchObject([{ kind: 'refund', amountMinor: 1000, byHand: true }]);
  expect(simulators.books.entries()[0]?.key).toBeUndefined();
  const [row] = rowsOf(await post(simulators, LIST, ASK));
  expect(row).toMatchObject({ ext_transaction_id: 'hand-1', tx_ref_correlation_id: PAYMENT });
});
