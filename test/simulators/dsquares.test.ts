import { anyNumber, at, closeAll, fixture, post, send, shapeOf } from './calls';
import { BASE, REFUND, seeded } from './dsquares-calls';

afterEach(closeAll);

describe('Refund', () => {
  test('moves the points once and answers every documented field', async () => {
    const simulators = await seeded();
    const { status, json } = await post(simulators, `${BASE}/Refund`, { ...REFUND, InvoiceNumber: 'INV-9' });
    expect(status).toBe(200);
    expect(shapeOf(json)).toEqual(shapeOf(fixture('dsquares/refund-response-sample')));
    expect(json).toMatchObject({
      errorCode: '0',
      errorMessage: 'Success',
      wallet: { totalPoints: 10_500, accumulatedPoints: 10_500, redPoints: 0 },
      pointsLog: { logTypeId: 3, amount: 125, amountValue: 500, balanceAfter: 10_500, refundedLogId: 46173 },
      transaction: null,
      totalAmount: 2625,
    });
    expect(json.pointsLog).toMatchObject({ externalLogId: 'rf-1:loyalty', invoiceNumber: 'INV-9' });
    expect(at(json, 'pointsLog.createdDate')).toMatch(/\.\d{7}\+03:00$/);
    expect(simulators.books.entries()).toEqual([
      {
        provider: 'dsquares',
        kind: 'refund',
        original: '46173',
        key: 'rf-1:loyalty',
        points: 500,
        providerReference: String(at(json, 'pointsLog.id')),
        at: anyNumber,
      },
    ]);
  });

  test.each([
    ['no Points: all that is left', { Points: undefined }, 500],
    ['PointsValue alone: money', { Points: undefined, PointsValue: 50 }, 200],
    ['both, equal', { Points: 200, PointsValue: 50 }, 200],
    ['a part', { Points: 1 }, 1],
  ])('refunds with %s', async (_, change, points) => {
    const simulators = await seeded();
    await post(simulators, `${BASE}/Refund`, { ...REFUND, ...change });
    expect(simulators.books.effective('dsquares', '46173')).toBe(points);
  });

  test.each([
    ['a field missing', { BranchMsisdn: undefined }, 400, '11'],
    ['an id that is a text', { TransactionId: '46173' }, 400, '11'],
    ['an unknown wallet', { WalletCode: '0' }, 200, '14'],
    ['another phone', { ContactMsisdn: '0' }, 200, '14'],
    ['an unknown transaction', { TransactionId: 1 }, 200, '12'],
    ['a transaction of another wallet', { TransactionId: 46174 }, 200, '12'],
    ['Points and PointsValue that disagree', { PointsValue: 500 }, 200, '15'],
    ['no points', { Points: 0 }, 200, '15'],
    ['a fraction', { Points: 0.5 }, 200, '15'],
    ['too many points', { Points: 501 }, 200, '16'],
  ])('refuses %s', async (_, change, status, errorCode) => {
    const simulators = await seeded();
    const ended = await post(simulators, `${BASE}/Refund`, { ...REFUND, ...change });
    expect(ended).toMatchObject({ status, json: { errorCode, pointsLog: null } });
    expect(simulators.books.size).toBe(0);
  });

  test('caps the sum at what was redeemed, then says already', async () => {
    const simulators = await seeded();
    const codes = [];
    for (const Points of [300, 300, 200, 1]) {
      codes.push((await post(simulators, `${BASE}/Refund`, { ...REFUND, Points })).json.errorCode);
    }
    expect(codes).toEqual(['0', '16', '0', '13']);
    expect(simulators.books.effective('dsquares', '46173')).toBe(500);
  });

  test.each([
    [false, 400],
    [true, 200],
  ])(
    'executes a used ExternalLogId again, unless told otherwise (%s)',
    async (uniqueExternalLogId, points) => {
      const simulators = await seeded({ uniqueExternalLogId });
      for (let time = 0; time < 2; time += 1)
        await post(simulators, `${BASE}/Refund`, { ...REFUND, Points: 200 });
      expect(simulators.books.effective('dsquares', '46173')).toBe(points);
    },
  );

  test('wants a known ClientId', async () => {
    const simulators = await seeded();
    const ended = await send(simulators, { path: `${BASE}/Refund`, body: JSON.stringify(REFUND) });
    expect(ended).toMatchObject({ status: 401, json: fixture('dsquares/synthetic-unauthorized-401') });
    expect(simulators.books.size).toBe(0);
  });
});

test('a refund by someone else is in the books without our key', async () => {
  const { dsquares, books } = await seeded();
  dsquares.refundByHand('46173', 500);
  expect(books.of('dsquares', '46173')).toMatchObject([{ kind: 'refund', points: 500, byHand: true }]);
  expect(books.of('dsquares', '46173')[0]?.key).toBeUndefined();
  expect(() => dsquares.refundByHand('1', 1)).toThrow('no transaction 1');
});
