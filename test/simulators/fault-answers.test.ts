import { PROVIDERS } from '../../simulators';
import { at, closeAll, post, someSimulators } from './calls';
import { list, refund, seeded } from './paywall-calls';
import { REFUNDS } from './refunds';
import { struck } from './struck';

afterEach(closeAll);

describe('a filter on the way', () => {
  test.each([
    [{ kind: 'filteredBefore' }, 403, 'text/html; charset=utf-8', /^<!DOCTYPE html>/, 0],
    [{ kind: 'filteredAfter', status: 404 }, 404, 'text/html; charset=utf-8', /^<!DOCTYPE html>/, 1],
    [{ kind: 'filteredBefore', body: 'text', status: 401 }, 401, 'text/plain; charset=utf-8', /^Request/, 0],
    [{ kind: 'filteredAfter', body: 'text', status: 200 }, 200, 'text/plain; charset=utf-8', /^Request/, 1],
    [
      { kind: 'filteredAfter', body: 'json', status: 405 },
      405,
      'application/json; charset=utf-8',
      /^\{"error"/,
      1,
    ],
  ] as const)('answers in the place of every provider: %j', async (fault, status, type, text, moved) => {
    for (const provider of PROVIDERS) {
      const ended = await struck(provider, fault);
      expect(ended).toMatchObject({ status, headers: { 'content-type': type } });
      expect(ended.text).toMatch(text);
      expect(ended.simulators.books.size).toBe(moved);
    }
  });

  test('stands before tokens and look-ups too', async () => {
    const faults = [{ provider: 'sipay', kind: 'filteredBefore', times: 2 } as const];
    const simulators = await someSimulators({ faults });
    expect((await post(simulators, '/sipay/identity/connect/token')).text).toMatch(/^<!DOCTYPE/);
    expect((await REFUNDS.sipay.lookUp(simulators)).text).toMatch(/^<!DOCTYPE/);
  });
});

describe('a "no" that no document lists', () => {
  test.each([
    ['dsquares', 200, { errorCode: '99', pointsLog: null }, { errorCode: 'own' }],
    ['mircate', 409, { message: 'Conflict' }, { message: 'own' }],
    ['paywall', 400, { IsFailure: true, Value: null, Errors: ['Mükerrer işlem'] }, { Errors: ['own'] }],
    ['sipay', 200, { status: 1, code: '999', payload: null }, { code: 'own' }],
    ['wyre', 400, { type: 'ValidationException', errorCode: 'order.processing' }, { errorCode: 'own' }],
  ] as const)(
    'of %s comes before or after it moved, with any code',
    async (provider, status, answer, own) => {
      const { original } = REFUNDS[provider];
      const before = await struck(provider, { kind: 'unlistedBefore' });
      expect(before).toMatchObject({ status, json: answer });
      expect(before.simulators.books.of(provider, original)).toHaveLength(0);
      const after = await struck(provider, { kind: 'unlistedAfter', code: 'own', status: 422 });
      expect(after).toMatchObject({ status: 422, json: own });
      expect(after.simulators.books.of(provider, original)).toHaveLength(1);
      expect(REFUNDS[provider].shows((await REFUNDS[provider].lookUp(after.simulators)).json)).toBe(true);
    },
  );

  test('of a look-up has the shape of its answers', async () => {
    const simulators = await someSimulators({ faults: [{ provider: 'dsquares', kind: 'unlistedBefore' }] });
    const json = { errorCode: '99', data: null };
    expect(await REFUNDS.dsquares.lookUp(simulators)).toMatchObject({ status: 200, json });
  });
});

describe('numbers that hardly anyone writes', () => {
  const NUMBERS = /[:[,](-?\d[\d.eE+-]*)(?=[,}\]])/g;
  const numbersIn = (text: string) =>
    [...text.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(NUMBERS)].map(([, number = '']) => number);

  test.each(PROVIDERS)('%s: equal by value, in the answer and in the look-up', async (provider) => {
    const now = () => Date.parse('2026-11-01T10:00:00.123Z');
    const [plain, odd] = [await someSimulators({ now }), await someSimulators({ now })];
    odd.faults.add({ provider, kind: 'exponentNumbers', times: 2 });
    for (const simulators of [plain, odd]) REFUNDS[provider].seed(simulators);
    for (const ask of [REFUNDS[provider].refund, REFUNDS[provider].lookUp]) {
      const [one, other] = [numbersIn((await ask(plain)).text), numbersIn((await ask(odd)).text)];
      expect(other.map(Number)).toEqual(one.map(Number));
      expect(one.length).toBeGreaterThan(0);
      for (const [index, number] of other.entries()) expect(number).not.toBe(one[index]);
      expect(other.every((number) => /E|0$/.test(number))).toBe(true);
    }
    expect(odd.books.size).toBe(1);
  });
});

describe('a cashback that goes another way than asked', () => {
  test.each([
    ['unaskedCashback', false, 7.5, [14_990, 750]],
    ['unaskedCashback', true, 7.5, [14_990, 750]],
    ['keptCashback', true, 0, [14_990]],
    ['keptCashback', false, 0, [14_990]],
  ] as const)('%s, asked: %s', async (kind, RollbackCashback, told, moved) => {
    const simulators = await seeded();
    simulators.faults.add({ provider: 'paywall', kind });
    const { json, status } = await refund(simulators, { RollbackFee: false, RollbackCashback });
    expect([status, at(json, 'Value.CashbackAmount')]).toEqual([200, told]);
    expect(at((await list(simulators)).json, 'Value.1.CashbackAmount')).toBe(told);
    const entries = simulators.books.of('paywall', 'sale-77');
    expect(entries.map(({ amountMinor }) => amountMinor)).toEqual(moved);
    expect(entries.map(({ kind: booked }) => booked)).toEqual(['refund', 'other'].slice(0, moved.length));
  });

  test('a sale that earned none can lose some all the same', async () => {
    const { simulators, json } = await struck('paywall', { kind: 'unaskedCashback' });
    expect(at(json, 'Value.CashbackAmount')).toBe(7.77);
    expect(simulators.books.entries()).toMatchObject([
      { kind: 'refund' },
      { kind: 'other', amountMinor: 777 },
    ]);
  });
});
