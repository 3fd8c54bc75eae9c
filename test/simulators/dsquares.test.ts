import type { Simulators, Switches } from '../../simulators';
import { closeAll, fixture, get, post, send, shapeOf, someSimulators } from './calls';

const BASE = '/dsquares/api/Integration/v1';
const REFUND = {
  WalletCode: '011111111111',
  ContactMsisdn: '01151618768',
  BranchMsisdn: '201020792658',
  Points: 500,
  ExternalLogId: 'rf-1:loyalty',
  TransactionId: 46173,
};
const REDEEM = { WalletCode: '011111111111', ContactMsisdn: '01151618768', BranchMsisdn: '201020792658' };

async function seeded(switches: Partial<Switches['dsquares']> = {}): Promise<Simulators> {
  const simulators = await someSimulators({ switches: { dsquares: switches } });
  const redemption = {
    walletCode: '011111111111',
    contactMsisdn: '01151618768',
    transactionId: '46173',
    points: 500,
  };
  simulators.dsquares.addRedemption(redemption);
  simulators.dsquares.addRedemption({ ...redemption, walletCode: 'other', transactionId: '46174' });
  return simulators;
}

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
    expect(json.pointsLog.createdDate).toMatch(/\.\d{7}\+03:00$/);
    expect(simulators.books.entries()).toEqual([
      {
        provider: 'dsquares',
        kind: 'refund',
        original: '46173',
        key: 'rf-1:loyalty',
        points: 500,
        providerReference: String(json.pointsLog.id),
        at: expect.any(Number),
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
      redeemFactor: 4,
      totalTransactions: 1,
    });
    await post(simulators, `${BASE}/Refund`, REFUND);
    const { data } = await read(simulators);
    expect(data).toMatchObject({
      totalPoints: 10_500,
      reedemPoints: 0,
      lifeTimePoints: 10_500,
      totalTransactions: 2,
    });
    expect(data.accumulationTransactions.map((row: { points: number }) => row.points)).toEqual(rows);
    const sample = fixture('dsquares/lookup-wallet-data-response-sample');
    expect(Object.keys(data)).toEqual(Object.keys(sample.data));
    expect(Object.keys(data.redemptionTransactions[0])).toEqual(
      Object.keys(sample.data.redemptionTransactions[0]),
    );
  });

  test('can lag behind', async () => {
    const simulators = await seeded({ lookUpDelayMs: 60_000 });
    await post(simulators, `${BASE}/Refund`, REFUND);
    expect((await read(simulators)).data.reedemPoints).toBe(500);
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

describe('RedeemUser', () => {
  test.each([
    ['money', 125],
    ['points', 500],
  ] as const)('takes a refund back, counting in %s', async (redeemUnit, PointsValue) => {
    const simulators = await seeded({ redeemUnit });
    await post(simulators, `${BASE}/Refund`, REFUND);
    const { json } = await post(simulators, `${BASE}/RedeemUser`, {
      ...REDEEM,
      PointsValue,
      Comment: 'rf-1:loyalty:undo',
    });
    expect(shapeOf(json)).toEqual(shapeOf(fixture('dsquares/redeem-response-sample')));
    expect(json.pointsLog).toMatchObject({
      logTypeId: 1,
      amountValue: 500,
      refundedLogId: null,
      externalLogId: null,
    });
    expect(simulators.books.effective('dsquares', '46173')).toBe(0);
    expect(simulators.books.peak('dsquares', '46173')).toBe(500);
    expect(simulators.environment().DSQUARES_REDEEM_UNIT).toBe(redeemUnit);
  });

  test('is laid to the refund that its comment names, else to the newest of that size, else to the wallet', async () => {
    const simulators = await seeded({ redeemUnit: 'points' });
    const { dsquares, books } = simulators;
    const more = { walletCode: '011111111111', contactMsisdn: '01151618768', points: 500 };
    dsquares.addRedemption({ ...more, transactionId: '46180' });
    await post(simulators, `${BASE}/Refund`, REFUND);
    await post(simulators, `${BASE}/Refund`, {
      ...REFUND,
      TransactionId: 46180,
      ExternalLogId: 'rf-2:loyalty',
    });
    for (const Comment of ['rf-1:loyalty:undo', 'no name', undefined]) {
      await post(simulators, `${BASE}/RedeemUser`, { ...REDEEM, PointsValue: 500, Comment });
    }
    const reversals = books.entries().filter(({ kind }) => kind === 'reversal');
    expect(reversals.map(({ original }) => original)).toEqual(['46173', '46180', 'wallet:011111111111']);
  });

  test.each([
    ['more than the wallet holds', { PointsValue: 2501 }, '19'],
    ['an unknown wallet', { WalletCode: '0', PointsValue: 1 }, '14'],
    ['nothing', { PointsValue: 0 }, '15'],
    ['no value', {}, '11'],
  ])('refuses %s', async (_, change, errorCode) => {
    const simulators = await seeded();
    expect((await post(simulators, `${BASE}/RedeemUser`, { ...REDEEM, ...change })).json.errorCode).toBe(
      errorCode,
    );
    expect(simulators.books.size).toBe(0);
  });

  test('wants the PIN of a wallet that has one', async () => {
    const simulators = await someSimulators();
    const wallet = { walletCode: '011111111111', contactMsisdn: '01151618768', pinCode: '1234' };
    simulators.dsquares.addRedemption({ ...wallet, transactionId: '1', points: 4 });
    const tryPin = (PinCode: string) =>
      post(simulators, `${BASE}/RedeemUser`, { ...REDEEM, PointsValue: 1, PinCode });
    expect((await tryPin('0000')).json.errorCode).toBe('18');
    expect((await tryPin('1234')).json.errorCode).toBe('0');
  });
});

test('a refund by someone else is in the books without our key', async () => {
  const { dsquares, books } = await seeded();
  dsquares.refundByHand('46173', 500);
  expect(books.of('dsquares', '46173')).toMatchObject([{ kind: 'refund', points: 500, byHand: true }]);
  expect(books.of('dsquares', '46173')[0]?.key).toBeUndefined();
  expect(() => dsquares.refundByHand('1', 1)).toThrow('no transaction 1');
});
