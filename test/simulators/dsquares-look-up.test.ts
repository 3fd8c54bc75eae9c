import type { Simulators } from '../../simulators';
import { at, closeAll, fixture, get, post, rowsAt, shapeOf } from './calls';
import { BASE, REFUND, seeded } from './dsquares-calls';

afterEach(closeAll);

describe('GetWalletData', () => {
  const read = async (simulators: Simulators) =>
    (await get(simulators, `${BASE}/GetWalletData?query=011111111111`)).json;

  test.each([
    [true, [500]],
    [false, []],
  ])('shows a refund in its counters at once, and as a row if listed (%s)', async (refundListed, rows) => {
    const simulators = await seeded({ refundListed });
    const before = await read(simulators);
    expect(before.data).toMatchObject({
      totalPoints: 10_000,
      reedemPoints: 500,
      redeemFactor: 0,
      totalTransactions: 1,
    });
    await post(simulators, `${BASE}/Refund`, REFUND);
    const data = at(await read(simulators), 'data') as Record<string, unknown>;
    expect(data).toMatchObject({
      totalPoints: 10_500,
      reedemPoints: 0,
      lifeTimePoints: 10_500,
      totalTransactions: 2,
    });
    expect(rowsAt(data, 'accumulationTransactions').map(({ points }) => points)).toEqual(rows);
    const sample = fixture('dsquares/lookup-wallet-data-response-sample');
    expect(Object.keys(data)).toEqual(Object.keys(at(sample, 'data') as object));
    const row = 'redemptionTransactions.0';
    expect(shapeOf(at(data, row))).toEqual(shapeOf(at(sample, `data.${row}`)));
  });

  test("tells the vendor's factor of 0 unless told another", async () => {
    expect(at(await read(await seeded({ redeemFactor: 4 })), 'data.redeemFactor')).toBe(4);
  });

  test('can lag behind', async () => {
    const simulators = await seeded({ lookUpDelayMs: 60_000 });
    await post(simulators, `${BASE}/Refund`, REFUND);
    expect(at(await read(simulators), 'data.reedemPoints')).toBe(500);
  });

  test('tells what the customer did meanwhile', async () => {
    const simulators = await seeded();
    simulators.dsquares.earn('011111111111', 300);
    simulators.dsquares.spend('011111111111', 100);
    expect((await read(simulators)).data).toMatchObject({
      totalPoints: 10_200,
      lifeTimePoints: 10_800,
      reedemPoints: 600,
    });
  });

  test('does not know every wallet', async () => {
    const { json } = await get(await seeded(), `${BASE}/GetWalletData?query=0`);
    expect(json).toEqual(fixture('dsquares/synthetic-lookup-failed'));
  });
});
