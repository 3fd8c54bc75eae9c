import type { Simulators, SimulatorOptions, Switches } from '../../simulators';
import { closeAll, fixture, post, send, shapeOf, someSimulators } from './calls';

const REFUND = '/sipay/v1/Transaction/RefundPaymentInstant';
const LIST = '/sipay/v1/TransactionData/SummaryRecordByFilter';
const PAYMENT = '7440022202222222022';
const REQUEST = {
  tx_correlation_id: PAYMENT,
  ext_transaction_id: 'rf-1:cash',
  currency_code: 'TRY',
  refund_amount: 25.5,
  description: 'refund rf-1',
};
const ASK = { page_size: 100, page_index: 1, order_column: 'CreatedDateUtc', order_by: 'desc' };

async function seeded(
  switches: Partial<Switches['sipay']> = {},
  options: SimulatorOptions = {},
): Promise<Simulators> {
  const simulators = await someSimulators({ ...options, switches: { sipay: switches } });
  simulators.sipay.addPayment({ transactionId: PAYMENT, amountMinor: 2550, currency: 'TRY' });
  return simulators;
}

const rowsOf = ({ json }: { json: Record<string, any> }) => json.payload.results as Record<string, unknown>[];

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
    expect(json.payload.transaction_id).toMatch(/^\d{19}$/);
    expect(json.payload.wallet_info.currency_code).toBe('TRY');
    expect(simulators.sipay.merchantBalance).toBe(before - 2550);
    expect(simulators.books.entries()).toEqual([
      {
        provider: 'sipay',
        kind: 'refund',
        original: PAYMENT,
        key: 'rf-1:cash',
        amountMinor: 2550,
        providerReference: json.payload.transaction_id,
        at: expect.any(Number),
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
    ['more than was paid', { refund_amount: 25.51 }, 200, '399'],
  ])('refuses %s', async (_, change, status, code) => {
    const simulators = await seeded();
    const ended = await post(simulators, REFUND, { ...REQUEST, ...change });
    expect(ended).toMatchObject({ status, json: { code, payload: null } });
    expect(ended.json.status).not.toBe(0);
    expect(simulators.books.size).toBe(0);
  });

  test('tells what went back before, and caps the sum', async () => {
    const simulators = await seeded();
    const part = (ext_transaction_id: string, refund_amount: number) =>
      post(simulators, REFUND, { ...REQUEST, ext_transaction_id, refund_amount });
    await part('a', 10);
    expect((await part('b', 10)).json.payload.previous_amount).toBe(10);
    expect((await part('c', 10)).json.code).toBe('399');
    expect(simulators.books.effective('sipay', PAYMENT)).toBe(2000);
  });

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

  test('can send its ids bare, to the last digit, and tell a fee', async () => {
    const simulators = await seeded({ numericIds: true, feeMinor: 250 });
    const { text } = await post(simulators, REFUND, REQUEST);
    const [entry] = simulators.books.entries();
    expect(text).toContain(`"transaction_id":${entry?.providerReference ?? ''},`);
    expect(text).toContain('"transaction_fee_amount":2.50');
  });
});

describe('connect/token', () => {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'demo-sipay-client',
    client_secret: 'demo-sipay-secret',
    scope: 'sts_business_api',
  };
  const ask = (simulators: Simulators, change: object = {}) =>
    send(simulators, {
      path: '/sipay/identity/connect/token',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...form, ...change }).toString(),
    });
  const refund = (simulators: Simulators, token: string) =>
    send(simulators, {
      path: REFUND,
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(REQUEST),
    });

  test('gives out a token that lives for an hour', async () => {
    let now = Date.now();
    const simulators = await seeded({}, { now: () => now });
    const { json } = await ask(simulators);
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'sts_business_api' });
    const token = json.access_token as string;
    now += 3_600_001;
    expect((await refund(simulators, token)).status).toBe(401);
    now -= 2;
    expect((await refund(simulators, token)).status).toBe(200);
  });

  test('takes tokens back', async () => {
    const simulators = await seeded();
    const { json } = await ask(simulators);
    simulators.sipay.expireTokens();
    expect((await refund(simulators, json.access_token as string)).status).toBe(401);
  });

  test.each(['', 'wrong'])('wants a token, not %p', async (token) => {
    const simulators = await seeded();
    expect(await refund(simulators, token)).toMatchObject({
      status: 401,
      json: fixture('sipay/synthetic-unauthorized-401'),
    });
    expect(simulators.books.size).toBe(0);
  });

  test.each([
    [{ client_secret: 'x' }, 'invalid_client'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ scope: 'x' }, 'invalid_scope'],
  ])('refuses %j', async (change, error) => {
    expect(await ask(await seeded(), change)).toMatchObject({ status: 400, json: { error } });
  });
});

describe('SummaryRecordByFilter', () => {
  test('finds a refund by our reference, and the payment by its id', async () => {
    const simulators = await seeded();
    await post(simulators, REFUND, REQUEST);
    const found = await post(simulators, LIST, { ...ASK, ext_transaction_id: 'rf-1:cash' });
    expect(rowsOf(found)).toHaveLength(1);
    expect(Object.keys(rowsOf(found)[0] ?? {})).toEqual(
      Object.keys((fixture('sipay/synthetic-lookup-found').payload.results as object[])[0] ?? {}),
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
      `{"page_size":1,"page_index":1,"order_column":"x","id":${PAYMENT}}`,
    );
    expect(rowsOf(control).map(({ id }) => id)).toEqual([PAYMENT]);
  });

  test.each([
    ['an unknown reference', { ext_transaction_id: 'x' }, 0],
    ['everything of the last day', {}, 2],
    ['a window before', { start_date: '2020-01-01T00:00:00Z', end_date: '2020-01-02T00:00:00Z' }, 0],
    ['pending ones', { process_level_status_id: 10 }, 0],
    ['refunds', { transaction_type_code: 5002 }, 1],
    ['the second page', { page_size: 1, page_index: 2 }, 1],
    ['a page behind the last', { page_index: 2 }, 0],
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
    ['firstPage', { firstPage: 0 as const }, 0],
  ])('obeys %s', async (_, switches, count) => {
    const simulators = await seeded(switches);
    await post(simulators, REFUND, REQUEST);
    expect(rowsOf(await post(simulators, LIST, { ...ASK, ext_transaction_id: 'rf-1:cash' }))).toHaveLength(
      count,
    );
  });

  test('wants its required fields', async () => {
    expect((await post(await seeded(), LIST, { page_size: 1, page_index: 1 })).status).toBe(400);
  });
});

test('a refund by someone else has a reference that is not ours', async () => {
  const simulators = await seeded();
  simulators.sipay.refundByHand(PAYMENT, 1000);
  expect(simulators.books.entries()).toMatchObject([{ kind: 'refund', amountMinor: 1000, byHand: true }]);
  expect(simulators.books.entries()[0]?.key).toBeUndefined();
  expect((await post(simulators, REFUND, REQUEST)).json.code).toBe('399');
});
