import { closeAll, fixture, post, shapeOf } from './calls';
import { WALLET, REFUND, seeded, refund, list, typesOf } from './paywall-calls';

afterEach(closeAll);

describe('transaction/by/external-reference', () => {
  test('lists the sale, then its refund, in the newer envelope', async () => {
    const simulators = await seeded();
    expect(typesOf(await list(simulators))).toEqual(['Purchase']);
    await refund(simulators);
    const both = await list(simulators);
    expect(typesOf(both)).toEqual(['Purchase', 'Refund']);
    expect(shapeOf(both.json)).toEqual(shapeOf(fixture('paywall/synthetic-lookup-found')));
  });

  test('answers an unknown reference with an empty list', async () => {
    expect((await list(await seeded(), 'x')).json).toEqual(fixture('paywall/synthetic-lookup-empty-list'));
  });

  test('reads a reference with strange characters', async () => {
    const simulators = await seeded();
    const externalReference = 'Ünal / 7 % ?';
    simulators.paywall.addSale({ externalReference, amountMinor: 1, currency: 'TRY' });
    expect(typesOf(await list(simulators, externalReference))).toEqual(['Purchase']);
  });

  test('can lag behind', async () => {
    const simulators = await seeded({ lookUpDelayMs: 60_000 });
    await refund(simulators);
    expect(typesOf(await list(simulators))).toEqual(['Purchase']);
  });
});

describe('other movements', () => {
  test.each([
    ['refundByHand', 'Refund'],
    ['cancelByHand', 'Cancel'],
  ] as const)('%s gives the money back without our key', async (byHand, type) => {
    const simulators = await seeded();
    simulators.paywall[byHand]('sale-77');
    expect(typesOf(await list(simulators))).toEqual(['Purchase', type]);
    expect(simulators.books.entries()).toMatchObject([{ kind: 'refund', amountMinor: 14_990, byHand: true }]);
    expect((await refund(simulators)).status).toBe(400);
  });

  test('a cancel over HTTP has the same envelope', async () => {
    const { json } = await post(await seeded(), `${WALLET}/purchase/cancel`, REFUND);
    expect(shapeOf(json)).toEqual(shapeOf(fixture('paywall/cancel-response-sample')));
  });

  test('a withdrawal has a reference of its own and needs the balance', async () => {
    const simulators = await seeded();
    const { walletId } = simulators.paywall.walletOf('sale-77');
    const withdraw = (Amount: number) =>
      post(simulators, `${WALLET}/withdraw`, {
        Id: walletId,
        Amount,
        ExternalReference: 'own',
        Description: 'd',
      });
    expect((await withdraw(10_000.01)).json).toMatchObject({
      IsSuccess: false,
      IsFailure: true,
      Value: null,
    });
    expect((await withdraw(10_000)).json.Value).toMatchObject({
      TransactionType: 'Withdraw',
      BalanceAfterTransaction: 0,
    });
    expect(typesOf(await list(simulators, 'own'))).toEqual(['Withdraw']);
    expect(simulators.books.entries()).toMatchObject([
      { kind: 'other', original: 'own', key: 'own', amountMinor: 1_000_000 },
    ]);
  });
});
