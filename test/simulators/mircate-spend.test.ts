import { closeAll, fixture, post, shapeOf } from './calls';
import { REFUND, SPEND, LIST, REQUEST, seeded } from './mircate-calls';

afterEach(closeAll);

describe('spend', () => {
  const ask = { accountNumber: 'acc-1', amount: 200, channel: 'refunds', description: 'rf-1:loyalty:undo' };

  test('reverses a refund and lists its description', async () => {
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
