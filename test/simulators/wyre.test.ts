import type { Simulators, Switches } from '../../simulators';
import { anyText, closeAll, fixture, get, post, send, shapeOf, someSimulators } from './calls';

const ORDER = '/wyre/v3/orders/WO_1';
const DAY_MS = 24 * 3_600_000;

async function seeded(switches: Partial<Switches['wyre']> = {}): Promise<Simulators> {
  const simulators = await someSimulators({ switches: { wyre: switches } });
  simulators.wyre.addOrder({ orderId: 'WO_1', amountMinor: 2550, currency: 'EUR' });
  return simulators;
}

const refund = (simulators: Simulators, order = ORDER) => post(simulators, `${order}/refund/partner`);

afterEach(closeAll);

describe('refund/partner', () => {
  test('moves the whole order once and answers every documented field, times in milliseconds', async () => {
    const simulators = await seeded();
    const before = simulators.wyre.partnerBalance('EUR');
    const { status, json } = await refund(simulators);
    expect(status).toBe(200);
    expect(shapeOf(json)).toEqual(shapeOf(fixture('wyre/refund-response-sample')));
    expect(json).toMatchObject({ walletOrderId: 'WO_1', status: 'COMPLETED', failedReason: null });
    expect(Math.abs((json.createdAt as number) - Date.now())).toBeLessThan(10_000);
    expect(json.finishedAt).toBeGreaterThanOrEqual(json.createdAt as number);
    expect(simulators.wyre.partnerBalance('EUR')).toBe(before - 2550);
    const entry = {
      provider: 'wyre',
      kind: 'refund',
      original: 'WO_1',
      amountMinor: 2550,
      providerReference: 'WO_1',
    };
    expect(simulators.books.entries()).toEqual([{ ...entry, at: json.createdAt }]);
    expect((await get(simulators, `${ORDER}/refund`)).json).toEqual(json);
  });

  test('refuses any second one', async () => {
    const simulators = await seeded();
    await refund(simulators);
    expect(await refund(simulators)).toMatchObject({
      status: 400,
      json: fixture('wyre/synthetic-already-refunded-400'),
    });
    expect(simulators.books.size).toBe(1);
  });

  test('moves the money again where that is wished, but never after a failure', async () => {
    const simulators = await seeded({ hostileSecondRefund: true });
    const before = simulators.wyre.partnerBalance('EUR');
    expect([(await refund(simulators)).status, (await refund(simulators)).status]).toEqual([200, 200]);
    expect(simulators.books.size).toBe(2);
    expect(simulators.wyre.partnerBalance('EUR')).toBe(before - 5100);
    const other = await seeded({ hostileSecondRefund: true });
    other.wyre.failNext('WO_1');
    await refund(other);
    expect((await refund(other)).status).toBe(400);
    expect(other.books.size).toBe(0);
  });

  test('a failure moves nothing and is final', async () => {
    const simulators = await seeded();
    simulators.wyre.failNext('WO_1');
    expect((await refund(simulators)).json).toMatchObject({
      status: 'FAILED',
      failedReason: anyText,
    });
    expect((await refund(simulators)).status).toBe(400);
    expect((await get(simulators, `${ORDER}/refund`)).json.status).toBe('FAILED');
    expect(simulators.books.size).toBe(0);
  });

  test.each([
    [false, 200, 1],
    [true, 400, 0],
  ])(
    'says when our float is too low; that uses up the attempt: %s',
    async (insufficientFundsBurns, status, moved) => {
      const simulators = await seeded({ insufficientFundsBurns });
      simulators.wyre.setPartnerBalance('EUR', 2549);
      const first = await refund(simulators);
      expect(first).toMatchObject({ status: 400, json: fixture('wyre/synthetic-insufficient-funds-400') });
      simulators.wyre.setPartnerBalance('EUR', 2550);
      expect((await refund(simulators)).status).toBe(status);
      expect(simulators.books.size).toBe(moved);
    },
  );

  test.each([
    ['an order of another account', { owner: 'account:AC_OTHER' }, 401, 'AccessDeniedException'],
    ['an order of 31 days ago', { purchasedAt: Date.now() - 31 * DAY_MS }, 400, 'ValidationException'],
    ['an order made 31 days ago', { createdAt: Date.now() - 31 * DAY_MS }, 400, 'ValidationException'],
    ['an order that failed', { status: 'FAILED' }, 400, 'ValidationException'],
  ])('refuses %s', async (_, change, status, type) => {
    const simulators = await seeded();
    simulators.wyre.addOrder({ orderId: 'WO_2', amountMinor: 1, currency: 'EUR', ...change });
    expect(await refund(simulators, '/wyre/v3/orders/WO_2')).toMatchObject({
      status,
      json: { type, transient: false },
    });
    expect(simulators.books.size).toBe(0);
  });

  test('wants the key', async () => {
    const simulators = await seeded();
    const ended = await send(simulators, { path: `${ORDER}/refund/partner` });
    const { exceptionId, ...sample } = fixture('wyre/error-401-sample');
    expect(ended).toMatchObject({ status: 401, json: sample });
    expect(ended.json.exceptionId).toHaveLength(String(exceptionId).length);
    expect(simulators.books.size).toBe(0);
  });
});

describe('reading', () => {
  test('shows the order', async () => {
    const simulators = await seeded();
    const purchasedAt = '2026-11-01T10:00:00+03:00';
    simulators.wyre.addOrder({ orderId: 'WO_2', amountMinor: 2550, currency: 'EUR', purchasedAt });
    const { json, text } = await get(simulators, '/wyre/v3/orders/WO_2');
    expect(json).toMatchObject({ id: 'WO_2', sourceCurrency: 'EUR', createdAt: Date.parse(purchasedAt) });
    expect(json).toMatchObject({ owner: anyText, transferId: anyText });
    expect(json.status).toBe('COMPLETE');
    expect(text).toContain('"sourceAmount":25.50');
    const createdAt = Date.now() - 40 * DAY_MS;
    const own = { createdAt, status: 'FAILED' };
    simulators.wyre.addOrder({ orderId: 'WO_3', amountMinor: 2550, currency: 'EUR', purchasedAt, ...own });
    expect((await get(simulators, '/wyre/v3/orders/WO_3')).json).toMatchObject(own);
  });

  test.each([404, 400] as const)('answers what is not there with %s', async (notFoundStatus) => {
    const simulators = await seeded({ notFoundStatus });
    const noRefund = await get(simulators, `${ORDER}/refund`);
    expect(noRefund).toMatchObject({
      status: notFoundStatus,
      json: fixture('wyre/synthetic-lookup-absent-404'),
    });
    for (const ended of [
      await get(simulators, '/wyre/v3/orders/x'),
      await get(simulators, '/wyre/v3/orders/x/refund'),
      await refund(simulators, '/wyre/v3/orders/x'),
    ]) {
      expect(ended).toMatchObject({ status: notFoundStatus, json: fixture('wyre/synthetic-not-found-404') });
    }
  });

  test('can lag behind with the refund', async () => {
    const simulators = await seeded({ lookUpDelayMs: 60_000 });
    await refund(simulators);
    expect((await get(simulators, `${ORDER}/refund`)).status).toBe(404);
  });
});

test('a refund by someone else keeps its own time', async () => {
  const simulators = await seeded();
  const at = Date.now() - DAY_MS;
  simulators.wyre.refundByHand('WO_1', at);
  expect((await get(simulators, `${ORDER}/refund`)).json).toMatchObject({
    status: 'COMPLETED',
    createdAt: at,
  });
  expect(simulators.books.entries()).toMatchObject([{ original: 'WO_1', byHand: true, at }]);
});
