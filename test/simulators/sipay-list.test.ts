import { at, closeAll, fixture, post, shapeOf } from './calls';
import { REFUND, LIST, PAYMENT, REQUEST, ASK, seeded, rowsOf } from './sipay-calls';

afterEach(closeAll);

describe('SummaryRecordByFilter', () => {
  test('finds a refund by our reference, and the payment by its id', async () => {
    const simulators = await seeded();
    await post(simulators, REFUND, REQUEST);
    const found = await post(simulators, LIST, { ...ASK, ext_transaction_id: 'rf-1:cash' });
    expect(rowsOf(found)).toHaveLength(1);
    expect(shapeOf(rowsOf(found))).toEqual(
      shapeOf(at(fixture('sipay/synthetic-lookup-found'), 'payload.results')),
    );
    expect(rowsOf(found)[0]).toMatchObject({
      transaction_status_id: 20,
      result_code: 'Success',
      tx_base_amount: 25.5,
      tx_ref_correlation_id: PAYMENT,
    });
    const control = await post(
      simulators,
      LIST,
      `{"page_size":1,"page_index":0,"order_column":"x","id":${PAYMENT}}`,
    );
    expect(rowsOf(control).map(({ id }) => id)).toEqual([PAYMENT]);
  });

  test.each([
    ['an unknown reference', { ext_transaction_id: 'x' }, 0],
    ['everything of the last day', {}, 2],
    ['a window before', { start_date: '2020-01-01T00:00:00Z', end_date: '2020-01-02T00:00:00Z' }, 0],
    ['pending ones', { process_level_status_id: 10 }, 0],
    ['refunds', { transaction_type_code: 5002 }, 1],
    ['the second page', { page_size: 1, page_index: 1 }, 1],
    ['a page behind the last', { page_index: 1 }, 0],
  ])('lists %s', async (_, change, count) => {
    const simulators = await seeded();
    await post(simulators, REFUND, REQUEST);
    expect(rowsOf(await post(simulators, LIST, { ...ASK, ...change }))).toHaveLength(count);
  });

  test('looks back one day where no dates are sent', async () => {
    const simulators = await seeded();
    const at = Date.now() - 25 * 3_600_000;
    simulators.sipay.addPayment({ transactionId: '2', amountMinor: 1, currency: 'TRY', at });
    expect(rowsOf(await post(simulators, LIST, ASK))).toHaveLength(1);
    expect(
      rowsOf(await post(simulators, LIST, { ...ASK, start_date: new Date(at).toISOString() })),
    ).toHaveLength(2);
  });

  test.each([
    ['filterIgnored', { filterIgnored: true }, 2],
    ['lookUpDelayMs', { lookUpDelayMs: 60_000 }, 0],
    ['firstPage', { firstPage: 1 as const }, 1],
  ])('obeys %s', async (_, switches, count) => {
    const simulators = await seeded(switches);
    await post(simulators, REFUND, REQUEST);
    expect(rowsOf(await post(simulators, LIST, { ...ASK, ext_transaction_id: 'rf-1:cash' }))).toHaveLength(
      count,
    );
  });

  test('wants its required fields', async () => {
    expect((await post(await seeded(), LIST, { page_size: 1, page_index: 0 })).status).toBe(400);
  });
});
