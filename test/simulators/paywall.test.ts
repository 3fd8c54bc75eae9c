import { at, closeAll, fixture, rowsAt, send, shapeOf } from './calls';
import { WALLET, REFUND, seeded, refund, list } from './paywall-calls';

afterEach(closeAll);

describe('purchase/refund', () => {
  test('gives the whole sale back once, takes the cashback, and answers every documented field', async () => {
    const simulators = await seeded();
    const { status, json, text } = await refund(simulators);
    expect(status).toBe(200);
    expect(shapeOf(json)).toEqual(shapeOf(fixture('paywall/refund-response-sample')));
    const [sale] = rowsAt((await list(simulators)).json, 'Value');
    expect(json).toMatchObject({ IsSuccess: true, IsFailure: false, Errors: [] });
    expect(json.Value).toMatchObject({
      TransactionType: 'Refund',
      Description: 'Refund of Purchase sale-77',
      ExternalReference: 'sale-77',
      MainTransactionId: sale?.Id,
      GiftAmount: null,
    });
    expect(text).toContain('"Amount":149.90,');
    expect(text).toContain('"BalanceAfterTransaction":10142.40,');
    expect(text).toContain('"CashbackAmount":7.50}');
    expect(at(json, 'Value.CreatedAt')).toMatch(/\.\d{7}Z$/);
    const movements = simulators.books.of('paywall', 'sale-77');
    expect(movements.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
      ['refund', 14_990],
      ['other', 750],
      ['other', 150],
    ]);
    expect(simulators.books.effective('paywall', 'sale-77')).toBe(14_990);
  });

  test('leaves fee and cashback alone when not asked', async () => {
    const simulators = await seeded();
    const { json } = await refund(simulators, { RollbackFee: false, RollbackCashback: false });
    expect(at(json, 'Value.CashbackAmount')).toBe(0);
    expect(simulators.books.size).toBe(1);
  });

  test.each([
    ['old', false, 'paywall/synthetic-success'],
    ['old', true, 'paywall/synthetic-success-value-array'],
    ['newer', false, 'paywall/synthetic-success-newer-envelope'],
  ] as const)('answers in the %s envelope, Value an array: %s', async (envelope, valueArray, sample) => {
    const { json } = await refund(await seeded({ envelope, valueArray }));
    expect(shapeOf(json)).toEqual(shapeOf(fixture(sample)));
  });

  test('refuses an unknown sale, and one that was refunded', async () => {
    const simulators = await seeded();
    const unknown = await refund(simulators, { ExternalReference: 'x' });
    expect(unknown).toMatchObject({ status: 400, json: fixture('paywall/synthetic-declined-400') });
    await refund(simulators);
    expect(await refund(simulators)).toMatchObject({
      status: 400,
      json: fixture('paywall/synthetic-already-refunded-400'),
    });
    expect(simulators.books.peak('paywall', 'sale-77')).toBe(14_990);
  });

  test('moves again when it is hostile, but never after a cancel', async () => {
    const simulators = await seeded({ hostileSecondRefund: true });
    await refund(simulators);
    await refund(simulators);
    expect(simulators.books.effective('paywall', 'sale-77')).toBe(29_980);
    const other = await seeded({ hostileSecondRefund: true });
    other.paywall.cancelByHand('sale-77');
    expect((await refund(other)).status).toBe(400);
  });

  test.each([
    ['refuse', 400, 0],
    ['negative', 200, 14_990],
  ] as const)('with spent cashback: %s', async (spentCashback, status, effective) => {
    const simulators = await seeded({ spentCashback });
    simulators.paywall.spendCashback('sale-77');
    expect((await refund(simulators)).status).toBe(status);
    expect(simulators.books.effective('paywall', 'sale-77')).toBe(effective);
  });

  test.each([
    ['a part', 2000, 20],
    ['nothing', 0, 0],
    ['no gift balance', undefined, null],
  ])('tells the same gift part as the sale: %s', async (_, giftMinor, GiftAmount) => {
    const simulators = await seeded();
    const gift = giftMinor === undefined ? {} : { giftMinor };
    const sale = { externalReference: 'gift', amountMinor: 14_990, currency: 'TRY', cashbackMinor: 750 };
    simulators.paywall.addSale({ ...sale, ...gift });
    await refund(simulators, { ExternalReference: 'gift' });
    const money = { Amount: 149.9, GiftAmount, CashbackAmount: 7.5 };
    expect(rowsAt((await list(simulators, 'gift')).json, 'Value')).toMatchObject([
      { TransactionType: 'Purchase', ...money },
      { TransactionType: 'Refund', ...money },
    ]);
  });

  test.each(['old', 'newer'] as const)(
    'can say that its errors are null, in the %s envelope',
    async (envelope) => {
      const simulators = await seeded({ envelope, nullErrors: true });
      const success = { IsSuccess: true, IsFailure: false, Errors: null };
      expect((await refund(simulators)).json).toMatchObject(success);
      expect((await list(simulators)).json).toMatchObject(success);
    },
  );

  test('can refuse in Turkish, without any code', async () => {
    const simulators = await seeded({ language: 'tr' });
    const unknown = await refund(simulators, { ExternalReference: 'x' });
    await refund(simulators);
    const again = await refund(simulators);
    for (const [ended, text] of [
      [unknown, 'İşlem bulunamadı'],
      [again, 'İşlem daha önce iade edilmiş'],
    ] as const) {
      const json = { Value: null, Errors: [text], IsSuccess: false, IsFailure: true };
      expect(ended).toMatchObject({ status: 400, json });
    }
    expect(simulators.books.effective('paywall', 'sale-77')).toBe(14_990);
  });

  test.each([
    { apikeypublic: 'demo-paywall-key' },
    { apikeypublic: 'x', apiclientpublic: 'demo-paywall-client' },
  ])('wants both keys: %j', async (keys) => {
    const simulators = await seeded();
    const headers = { 'Content-Type': 'application/json', ...keys } as Record<string, string>;
    const body = JSON.stringify(REFUND);
    const ended = await send(simulators, { path: `${WALLET}/purchase/refund`, headers, body });
    expect(ended).toMatchObject({ status: 401, json: fixture('paywall/synthetic-unauthorized-401') });
    expect(simulators.books.size).toBe(0);
  });
});
