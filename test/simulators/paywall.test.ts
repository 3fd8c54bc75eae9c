import type { Simulators, Switches } from '../../simulators';
import { closeAll, fixture, get, post, send, shapeOf, someSimulators } from './calls';

const WALLET = '/paywall/api/v1/wallet';
const REFUND = { ExternalReference: 'sale-77', RollbackFee: true, RollbackCashback: true };

async function seeded(switches: Partial<Switches['paywall']> = {}): Promise<Simulators> {
  const simulators = await someSimulators({ switches: { paywall: switches } });
  const sale = { externalReference: 'sale-77', amountMinor: 14_990, currency: 'TRY' };
  simulators.paywall.addSale({ ...sale, feeMinor: 150, cashbackMinor: 750 });
  return simulators;
}

const refund = (simulators: Simulators, change: object = {}) =>
  post(simulators, `${WALLET}/purchase/refund`, { ...REFUND, ...change });
const list = (simulators: Simulators, reference = 'sale-77') =>
  get(simulators, `${WALLET}/transaction/by/external-reference/${encodeURIComponent(reference)}`);
const typesOf = ({ json }: { json: Record<string, any> }) =>
  (json.Value as { TransactionType: string }[]).map(({ TransactionType }) => TransactionType);

afterEach(closeAll);

describe('purchase/refund', () => {
  test('gives the whole sale back once, takes the cashback, and answers every documented field', async () => {
    const simulators = await seeded();
    const { status, json, text } = await refund(simulators);
    expect(status).toBe(200);
    expect(shapeOf(json)).toEqual(shapeOf(fixture('paywall/refund-response-sample')));
    const sale = (await list(simulators)).json.Value[0] as { Id: string };
    expect(json).toMatchObject({ IsSuccess: true, IsFailure: false, Errors: [] });
    expect(json.Value).toMatchObject({
      TransactionType: 'Refund',
      Description: 'Refund of Purchase sale-77',
      ExternalReference: 'sale-77',
      MainTransactionId: sale.Id,
      GiftAmount: null,
    });
    expect(text).toContain('"Amount":149.90,');
    expect(text).toContain('"BalanceAfterTransaction":10142.40,');
    expect(text).toContain('"CashbackAmount":7.50}');
    expect(json.Value.CreatedAt).toMatch(/\.\d{7}Z$/);
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
    expect(json.Value.CashbackAmount).toBe(0);
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

  test('refuses an unknown sale, and one that was given back', async () => {
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

  test('tells the gift part apart', async () => {
    const simulators = await seeded();
    simulators.paywall.addSale({
      externalReference: 'gift',
      amountMinor: 14_990,
      currency: 'TRY',
      giftMinor: 2000,
    });
    const { json } = await refund(simulators, { ExternalReference: 'gift' });
    expect(json.Value).toMatchObject({ Amount: 129.9, GiftAmount: 20 });
  });

  test.each([
    { apikeypublic: 'demo-paywall-key' },
    { apikeypublic: 'x', apiclientpublic: 'demo-paywall-client' },
  ])('wants both keys: %j', async (keys) => {
    const simulators = await seeded();
    const headers = { ...keys, 'Content-Type': 'application/json' };
    const body = JSON.stringify(REFUND);
    const ended = await send(simulators, { path: `${WALLET}/purchase/refund`, headers, body });
    expect(ended).toMatchObject({ status: 401, json: fixture('paywall/synthetic-unauthorized-401') });
    expect(simulators.books.size).toBe(0);
  });
});

describe('transaction/by/external-reference', () => {
  test('lists the sale, then its refund, in the newer envelope', async () => {
    const simulators = await seeded();
    expect(typesOf(await list(simulators))).toEqual(['Purchase']);
    await refund(simulators);
    const both = await list(simulators);
    expect(typesOf(both)).toEqual(['Purchase', 'Refund']);
    expect(shapeOf(both.json)).toEqual(shapeOf(fixture('paywall/synthetic-lookup-found')));
  });

  test('answers an unknown reference with an empty list', async () => {
    expect((await list(await seeded(), 'x')).json).toEqual(fixture('paywall/synthetic-lookup-empty-list'));
  });

  test('reads a reference with strange characters', async () => {
    const simulators = await seeded();
    const externalReference = 'Ünal / 7 % ?';
    simulators.paywall.addSale({ externalReference, amountMinor: 1, currency: 'TRY' });
    expect(typesOf(await list(simulators, externalReference))).toEqual(['Purchase']);
  });

  test('can lag behind', async () => {
    const simulators = await seeded({ lookUpDelayMs: 60_000 });
    await refund(simulators);
    expect(typesOf(await list(simulators))).toEqual(['Purchase']);
  });
});

describe('other movements', () => {
  test.each([
    ['refundByHand', 'Refund'],
    ['cancelByHand', 'Cancel'],
  ] as const)('%s gives the money back without our key', async (byHand, type) => {
    const simulators = await seeded();
    simulators.paywall[byHand]('sale-77');
    expect(typesOf(await list(simulators))).toEqual(['Purchase', type]);
    expect(simulators.books.entries()).toMatchObject([{ kind: 'refund', amountMinor: 14_990, byHand: true }]);
    expect((await refund(simulators)).status).toBe(400);
  });

  test('a cancel over HTTP has the same envelope', async () => {
    const { json } = await post(await seeded(), `${WALLET}/purchase/cancel`, REFUND);
    expect(shapeOf(json)).toEqual(shapeOf(fixture('paywall/cancel-response-sample')));
  });

  test('a withdrawal has a reference of its own and needs the balance', async () => {
    const simulators = await seeded();
    const { walletId } = simulators.paywall.walletOf('sale-77');
    const withdraw = (Amount: number) =>
      post(simulators, `${WALLET}/withdraw`, {
        Id: walletId,
        Amount,
        ExternalReference: 'own',
        Description: 'd',
      });
    expect((await withdraw(10_000.01)).json).toMatchObject({
      IsSuccess: false,
      IsFailure: true,
      Value: null,
    });
    expect((await withdraw(10_000)).json.Value).toMatchObject({
      TransactionType: 'Withdraw',
      BalanceAfterTransaction: 0,
    });
    expect(typesOf(await list(simulators, 'own'))).toEqual(['Withdraw']);
    expect(simulators.books.entries()).toMatchObject([
      { kind: 'other', original: 'own', key: 'own', amountMinor: 1_000_000 },
    ]);
  });
});
