import { closeAll, fixture, post, shapeOf, someSimulators } from './calls';
import { BASE, REFUND, REDEEM, seeded } from './dsquares-calls';

afterEach(closeAll);

describe('RedeemUser', () => {
  test.each([
    ['money', 125],
    ['points', 500],
  ] as const)('reverses a refund, counting in %s', async (redeemUnit, PointsValue) => {
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
    ['more than the wallet holds', { PointsValue: 2501 }, '35'],
    ['an unknown wallet', { WalletCode: '0', PointsValue: 1 }, '3'],
    ['another phone', { ContactMsisdn: '0', PointsValue: 1 }, '5'],
    ['nothing', { PointsValue: 0 }, '2'],
    ['no value', {}, undefined],
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
    expect((await tryPin('0000')).json.errorCode).toBe('28');
    expect((await tryPin('1234')).json.errorCode).toBe('0');
  });
});
