import { closeAll, fixture, post, shapeOf } from './calls';
import { REFUND, LIST, REQUEST, seeded } from './mircate-calls';

afterEach(closeAll);

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

  test.each([
    [{ listTotal: false }, ['SPENT', 500], ['REFUNDED', 200]],
    [{ negativeAmounts: true }, ['SPENT', -500], ['REFUNDED', -200]],
    [{ refundType: 'REFUND' as const }, ['SPENT', 500], ['REFUNDED', 200]],
  ])('lists as told: %j', async (switches, ...rows) => {
    const simulators = await seeded(switches);
    await post(simulators, REFUND, REQUEST);
    const { json } = await post(simulators, LIST, { accountNumber: 'acc-1' });
    const transactions = json.transactions as { type: string; amount: number }[];
    expect(transactions.map(({ type, amount }) => [type, amount])).toEqual(rows);
    expect(json.total).toBe('listTotal' in switches ? undefined : 2);
    expect(json.size).toBe(2);
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
