import { anyNumber, anyText, at, closeAll, fixture, post, send, shapeOf } from './calls';
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
    ['an unknown wallet', { WalletCode: '0' }, '3'],
    ['another phone', { ContactMsisdn: '0' }, '5'],
    ['an unknown transaction', { TransactionId: 1 }, '20'],
    ['a transaction of another wallet', { TransactionId: 46174 }, '20'],
    ['Points and PointsValue that disagree', { PointsValue: 500 }, '34'],
    ['no points', { Points: 0 }, '2'],
    ['a fraction', { Points: 0.5 }, '34'],
  ])("refuses %s by the vendor's code", async (_, change, errorCode) => {
    const simulators = await seeded();
    const ended = await post(simulators, `${BASE}/Refund`, { ...REFUND, ...change });
    expect(ended).toMatchObject({ status: 200, json: { errorCode, pointsLog: null } });
    expect(simulators.books.size).toBe(0);
  });

  test.each([
    ['a field missing', { BranchMsisdn: undefined }],
    ['an id that is a text', { TransactionId: '46173' }],
  ])('answers %s with the Error Object', async (_, change) => {
    const simulators = await seeded();
    const { status, json } = await post(simulators, `${BASE}/Refund`, { ...REFUND, ...change });
    expect({ status, json }).toEqual({
      status: 400,
      json: { message: anyText, statusCode: 400, statusName: 'BadRequest' },
    });
    expect(shapeOf(json)).toEqual(shapeOf(fixture('dsquares/synthetic-error-object-400')));
    expect(simulators.books.size).toBe(0);
  });

  test.each([
    [false, [300, 300, 200, 501], ['0', '0', '0', '0'], 1301],
    [true, [300, 300, 200, 1], ['0', '41', '0', '21'], 500],
  ])('refunds of one redemption are capped at its points: %s', async (capped, asked, codes, effective) => {
    const simulators = await seeded({ capped });
    const answered = [];
    for (const Points of asked) {
      answered.push((await post(simulators, `${BASE}/Refund`, { ...REFUND, Points })).json.errorCode);
    }
    expect(answered).toEqual(codes);
    expect(simulators.books.effective('dsquares', '46173')).toBe(effective);
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
    const json = { message: 'Invalid ClientId', statusCode: 401, statusName: 'Unauthorized' };
    expect(ended).toMatchObject({ status: 401, json });
    expect(simulators.books.size).toBe(0);
  });
});

test('a route that it does not know is answered with the Error Object', async () => {
  const json = { message: anyText, statusCode: 404, statusName: 'NotFound' };
  expect(await post(await seeded(), '/dsquares/api/Integration/v2/Refund', REFUND)).toMatchObject({
    status: 404,
    json,
  });
});

test('a refund by someone else is in the books without our key', async () => {
  const { dsquares, books } = await seeded();
  dsquares.refundByHand('46173', 500);
  expect(books.of('dsquares', '46173')).toMatchObject([{ kind: 'refund', points: 500, byHand: true }]);
  expect(books.of('dsquares', '46173')[0]?.key).toBeUndefined();
  expect(() => dsquares.refundByHand('1', 1)).toThrow('no transaction 1');
});
