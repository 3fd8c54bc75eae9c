import type { Simulators, Switches } from '../../simulators';
import { closeAll, fixture, post, send, shapeOf, someSimulators } from './calls';

const WALLET_API = '/mircate/CALL/WalletAPI';
const REFUND = `${WALLET_API}/refund/project1-account1`;
const SPEND = `${WALLET_API}/spend/project1-account1`;
const LIST = `${WALLET_API}/listTransactions/project1`;
const REQUEST = { transactionId: 'spend-1', accountNumber: 'acc-1', amount: 200 };

async function seeded(switches: Partial<Switches['mircate']> = {}): Promise<Simulators> {
  const simulators = await someSimulators({ switches: { mircate: switches } });
  simulators.mircate.addSpend({ transactionId: 'spend-1', points: 500, accountNumber: 'acc-1' });
  simulators.mircate.addSpend({
    transactionId: 'spend-2',
    points: 500,
    walletId: 'w-1',
    walletCurrency: 'POINT',
  });
  return simulators;
}

afterEach(closeAll);

describe('refund', () => {
  test('moves the points once and answers every documented field', async () => {
    const simulators = await seeded();
    const { status, json } = await post(simulators, REFUND, REQUEST);
    expect(status).toBe(200);
    expect(shapeOf(json)).toEqual(shapeOf(fixture('mircate/refund-response-sample')));
    expect(json).toMatchObject({
      transaction: { type: 'REFUNDED', amount: 200, refundedTransactionId: 'spend-1' },
      balance: 10_200,
    });
    const providerReference = String(json.transaction.transactionId);
    const entry = {
      provider: 'mircate',
      kind: 'refund',
      original: 'spend-1',
      points: 200,
      providerReference,
    };
    expect(simulators.books.entries()).toEqual([{ ...entry, at: expect.any(Number) }]);
  });

  test.each([
    [
      'the address as wallet and currency',
      { transactionId: 'spend-2', accountNumber: undefined, walletId: 'w-1', currency: 'POINT' },
      'spend-2',
      200,
    ],
    ['no amount: all that is left', { amount: undefined }, 'spend-1', 500],
  ])('takes %s', async (_, change, original, points) => {
    const simulators = await seeded();
    await post(simulators, REFUND, { ...REQUEST, ...change });
    expect(simulators.books.effective('mircate', original)).toBe(points);
  });

  test.each([
    ['no transaction', { transactionId: undefined }, 400],
    ['no address', { accountNumber: undefined }, 400],
    ['half an address', { accountNumber: undefined, walletId: 'w-1' }, 400],
    ['an amount that is a text', { amount: '200' }, 400],
    ['a fraction', { amount: 0.5 }, 400],
    ['amount 0', { amount: 0 }, 400],
    ['a negative amount', { amount: -1 }, 400],
    ['more than was spent', { amount: 501 }, 400],
    ['an unknown spend', { transactionId: 'x' }, 404],
    ['an unknown account', { accountNumber: 'x' }, 404],
    ['a spend of another wallet', { transactionId: 'spend-2' }, 404],
  ])('refuses %s', async (_, change, status) => {
    const simulators = await seeded();
    expect((await post(simulators, REFUND, { ...REQUEST, ...change })).status).toBe(status);
    expect(simulators.books.size).toBe(0);
  });

  test('executes the same partial twice, caps the sum, then says already', async () => {
    const simulators = await seeded();
    const ended = [];
    for (const amount of [200, 200, 200, 100, 1])
      ended.push(await post(simulators, REFUND, { ...REQUEST, amount }));
    expect(ended.map(({ status }) => status)).toEqual([200, 200, 400, 200, 400]);
    expect(ended[4]?.json).toEqual(fixture('mircate/synthetic-already-refunded-400'));
    expect(simulators.books.effective('mircate', 'spend-1')).toBe(500);
  });

  test('can answer 204 without content', async () => {
    const simulators = await seeded({ answer204: true });
    expect(await post(simulators, REFUND, REQUEST)).toMatchObject({ status: 204, text: '' });
    expect(simulators.books.effective('mircate', 'spend-1')).toBe(200);
  });

  test('wants the key, and its own project and account', async () => {
    const simulators = await seeded();
    const body = JSON.stringify(REQUEST);
    const headers = { 'Content-Type': 'application/json', 'x-api-key': 'wrong' };
    expect((await send(simulators, { path: REFUND, body, headers })).status).toBe(403);
    expect((await post(simulators, `${WALLET_API}/refund/-`, REQUEST)).status).toBe(404);
    expect(simulators.books.size).toBe(0);
  });
});

describe('listTransactions', () => {
  test('pages through the rows of a wallet, without saying what they refund', async () => {
    const simulators = await seeded({ maxPageSize: 2 });
    for (const amount of [10, 20, 30]) await post(simulators, REFUND, { ...REQUEST, amount });
    const ask = { accountNumber: 'acc-1', pageSize: 50, filters: [{ type: 'REFUNDED' }] };
    const pages = [
      await post(simulators, LIST, { ...ask, from: 0 }),
      await post(simulators, LIST, { ...ask, from: 2 }),
    ];
    expect(shapeOf(pages[0]?.json)).toEqual(shapeOf(fixture('mircate/lookup-response-sample')));
    expect(pages.map(({ json }) => ({ size: json.size, total: json.total }))).toEqual([
      { size: 2, total: 3 },
      { size: 1, total: 3 },
    ]);
    const rows = pages.flatMap(({ json }) => json.transactions as { amount: number; description: string }[]);
    expect(rows.map(({ amount, description }) => [amount, description])).toEqual([
      [10, ''],
      [20, ''],
      [30, ''],
    ]);
  });

  test.each([
    ['all rows without a filter', {}, 2],
    ['rows whose text holds the search', { filters: [{ search: 'spend-1' }] }, 1],
    ['rows of either type', { filters: [{ type: 'SPENT' }, { type: 'REFUNDED' }] }, 2],
  ])('lists %s', async (_, change, total) => {
    const simulators = await seeded();
    await post(simulators, REFUND, REQUEST);
    expect((await post(simulators, LIST, { accountNumber: 'acc-1', ...change })).json.total).toBe(total);
  });

  test('can lag behind', async () => {
    const simulators = await seeded({ lookUpDelayMs: 60_000 });
    await post(simulators, REFUND, REQUEST);
    expect((await post(simulators, LIST, { accountNumber: 'acc-1' })).json.total).toBe(1);
  });

  test.each([
    ['no address', {}, 400],
    ['an unknown account', { accountNumber: 'x' }, 404],
  ])('refuses %s', async (_, body, status) => {
    expect((await post(await seeded(), LIST, body)).status).toBe(status);
  });
});

describe('spend', () => {
  const ask = { accountNumber: 'acc-1', amount: 200, channel: 'refunds', description: 'rf-1:loyalty:undo' };

  test('takes a refund back and lists its description', async () => {
    const simulators = await seeded();
    await post(simulators, REFUND, REQUEST);
    const { json } = await post(simulators, SPEND, ask);
    expect(shapeOf(json)).toEqual(shapeOf(fixture('mircate/spend-response-sample')));
    expect(json).toMatchObject({
      transaction: { type: 'SPENT', amount: 200, channel: 'refunds' },
      balance: 10_000,
    });
    expect(simulators.books.of('mircate', 'spend-1')[1]).toMatchObject({
      kind: 'reversal',
      key: ask.description,
    });
    expect(simulators.books.effective('mircate', 'spend-1')).toBe(0);
    const filters = [{ type: 'SPENT', search: ask.description }];
    expect((await post(simulators, LIST, { accountNumber: 'acc-1', filters })).json.total).toBe(1);
  });

  test('is laid to the wallet when nothing of that size was refunded', async () => {
    const simulators = await seeded();
    await post(simulators, SPEND, ask);
    expect(simulators.books.effective('mircate', 'wallet:acc-1')).toBe(-200);
  });

  test.each([
    ['more than the balance', { amount: 10_001 }, 400],
    ['no channel', { channel: undefined }, 400],
    ['no amount', { amount: undefined }, 400],
    ['an unknown account', { accountNumber: 'x' }, 404],
  ])('refuses %s', async (_, change, status) => {
    const simulators = await seeded();
    expect((await post(simulators, SPEND, { ...ask, ...change })).status).toBe(status);
    expect(simulators.books.size).toBe(0);
  });
});

test('what others do is in the books without our key', async () => {
  const { mircate, books } = await seeded();
  mircate.refundByHand('spend-1', 500);
  mircate.spend('spend-1', 100);
  expect(books.entries()).toMatchObject([
    { kind: 'refund', original: 'spend-1', points: 500, byHand: true },
    { kind: 'other', original: 'wallet:acc-1', points: 100, byHand: true },
  ]);
  expect(mircate.balance('spend-1')).toBe(10_400);
});
