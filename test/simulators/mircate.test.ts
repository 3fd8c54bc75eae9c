import { anyNumber, at, closeAll, fixture, post, send, shapeOf } from './calls';
import { WALLET_API, REFUND, REQUEST, seeded } from './mircate-calls';

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
    const providerReference = String(at(json, 'transaction.transactionId'));
    const entry = {
      provider: 'mircate',
      kind: 'refund',
      original: 'spend-1',
      points: 200,
      providerReference,
    };
    expect(simulators.books.entries()).toEqual([{ ...entry, at: anyNumber }]);
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
    ['an unknown spend', { transactionId: 'x' }, 404],
    ['an unknown account', { accountNumber: 'x' }, 404],
    ['a spend of another wallet', { transactionId: 'spend-2' }, 404],
  ])('refuses %s', async (_, change, status) => {
    const simulators = await seeded();
    expect((await post(simulators, REFUND, { ...REQUEST, ...change })).status).toBe(status);
    expect(simulators.books.size).toBe(0);
  });

  test.each([
    [false, [200, 200, 200, 501], [200, 200, 200, 200], 1101],
    [true, [200, 200, 200, 100], [200, 200, 400, 200], 500],
  ])(
    'executes the same partial twice; refunds of one spend are capped at its points: %s',
    async (capped, asked, statuses, effective) => {
      const simulators = await seeded({ capped });
      const ended = [];
      for (const amount of asked) ended.push((await post(simulators, REFUND, { ...REQUEST, amount })).status);
      expect(ended).toEqual(statuses);
      expect(simulators.books.effective('mircate', 'spend-1')).toBe(effective);
    },
  );

  test('says already once all is refunded: where it is capped, and to a request for all that is left', async () => {
    for (const [capped, amount] of [[true, 1] as const, [false, undefined] as const]) {
      const simulators = await seeded({ capped });
      await post(simulators, REFUND, { ...REQUEST, amount: 500 });
      const { json } = await post(simulators, REFUND, { ...REQUEST, amount });
      expect(json).toEqual(fixture('mircate/synthetic-already-refunded-400'));
      expect(simulators.books.effective('mircate', 'spend-1')).toBe(500);
    }
  });

  test.each([
    [{ refundType: 'REFUND' as const }, { transaction: { type: 'REFUND', amount: 200 } }],
    [{ successMessage: true }, { transaction: { type: 'REFUNDED', amount: 200 }, message: 'Success' }],
    [{ negativeAmounts: true }, { transaction: { type: 'REFUNDED', amount: -200 } }],
  ])('answers as told: %j', async (switches, answer) => {
    const simulators = await seeded(switches);
    expect((await post(simulators, REFUND, REQUEST)).json).toMatchObject(answer);
    expect(simulators.books.effective('mircate', 'spend-1')).toBe(200);
    expect(simulators.mircate.balance('spend-1')).toBe(10_200);
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
