import { effectiveOf, own, peakOf, PROVIDERS } from '../../simulators';
import type { FaultKind, ProviderName, SimulatorOptions } from '../../simulators';
import { at, closeAll, someSimulators } from './calls';
import { list, refund, seeded, typesOf } from './paywall-calls';
import { REFUNDS } from './refunds';
import { struck } from './struck';

afterEach(closeAll);

/** The worth of one refund of REFUNDS. */
const WORTH: Record<ProviderName, number> = {
  dsquares: 500,
  mircate: 500,
  paywall: 2550,
  sipay: 2550,
  wyre: 2550,
};

async function moved(provider: ProviderName, kind: FaultKind, capped = false) {
  const switches = { dsquares: { capped }, mircate: { capped }, sipay: { capped } };
  const { simulators, ...ended } = await struck(provider, { kind }, { switches });
  return { simulators, ended, entries: simulators.books.of(provider, REFUNDS[provider].original) };
}

describe('somebody refunds the same original in the panel just before', () => {
  test.each([
    ['dsquares', 200, { errorCode: '0', pointsLog: { amountValue: 500 }, wallet: { redPoints: -500 } }, 1],
    ['mircate', 200, { transaction: { amount: 500 }, balance: 11_000 }, 1],
    ['sipay', 200, { code: '100', payload: { transaction_amount: 25.5 } }, 1],
    ['paywall', 400, { Errors: [{ Code: 'Transaction.AlreadyRefunded' }] }, 0],
    ['wyre', 400, { errorCode: 'refund.alreadyRefunded' }, 0],
  ] as const)('at %s', async (provider, status, answer, ours) => {
    const { ended, entries, simulators } = await moved(provider, 'panelRefund');
    expect(ended).toMatchObject({ status, json: answer });
    const worth = WORTH[provider];
    expect(entries.map(({ byHand }) => byHand)).toEqual([true, ...Array<undefined>(ours).fill(undefined)]);
    expect(effectiveOf(own(entries))).toBe(ours * worth);
    expect(peakOf(own(entries))).toBe(ours * worth);
    expect(simulators.books.effective(provider, REFUNDS[provider].original)).toBe((1 + ours) * worth);
    expect(simulators.requests()).toMatchObject([{ fault: 'panelRefund', applied: ours > 0 }]);
  });

  test.each(['dsquares', 'mircate', 'sipay'] as const)(
    'at %s with a cap, ours is refused',
    async (provider) => {
      const { entries } = await moved(provider, 'panelRefund', true);
      expect(entries).toMatchObject([{ byHand: true }]);
    },
  );

  test('paywall rolls back neither fee nor cashback for the panel', async () => {
    const simulators = await seeded();
    simulators.faults.add({ provider: 'paywall', kind: 'panelRefund' });
    expect((await refund(simulators)).status).toBe(400);
    const rows = (await list(simulators)).json;
    expect([at(rows, 'Value.1.TransactionType'), at(rows, 'Value.1.CashbackAmount')]).toEqual(['Refund', 0]);
    expect(simulators.books.entries()).toMatchObject([{ kind: 'refund', amountMinor: 14_990, byHand: true }]);
  });

  test.each(['paywall', 'wyre'] as const)('a look-up at %s can be the moment too', async (provider) => {
    const simulators = await someSimulators({
      faults: [{ provider, operation: 'lookUp', kind: 'panelRefund' }],
    });
    REFUNDS[provider].seed(simulators);
    expect(REFUNDS[provider].shows((await REFUNDS[provider].lookUp(simulators)).json)).toBe(true);
    expect(simulators.books.entries()).toMatchObject([{ byHand: true }]);
    expect(simulators.requests()).toMatchObject([{ operation: 'lookUp', applied: false }]);
  });

  test('a panel is refused what the provider refuses everyone', async () => {
    const simulators = await seeded();
    await refund(simulators);
    simulators.faults.add({ provider: 'paywall', operation: 'refund', kind: 'panelRefund' });
    expect((await refund(simulators)).status).toBe(400);
    expect(typesOf(await list(simulators))).toEqual(['Purchase', 'Refund']);
    expect(simulators.books.entries().filter(({ byHand }) => byHand)).toEqual([]);
  });
});

describe('a gateway sends the refund twice and delivers the second answer', () => {
  test.each([
    ['dsquares', 200, { errorCode: '0', pointsLog: { balanceAfter: 11_000 } }, 2],
    ['mircate', 200, { balance: 11_000 }, 2],
    ['paywall', 400, { IsFailure: true, Value: null }, 1],
    ['sipay', 200, { code: '301', payload: null }, 1],
    ['wyre', 400, { type: 'ValidationException' }, 1],
  ] as const)('at %s', async (provider, status, answer, times) => {
    const { ended, entries, simulators } = await moved(provider, 'repeated');
    expect(ended).toMatchObject({ status, json: answer });
    expect(entries).toHaveLength(times);
    expect(effectiveOf(own(entries))).toBe(times * WORTH[provider]);
    expect(simulators.requests()).toHaveLength(1);
  });

  test.each(PROVIDERS)('at %s only if the caller is who it says', async (provider) => {
    const credentials = {
      dsquares: { clientId: 'x' },
      mircate: { apiKey: 'x' },
      paywall: { apiKey: 'x' },
      sipay: { token: 'x' },
      wyre: { apiKey: 'x' },
    } satisfies Required<NonNullable<SimulatorOptions['credentials']>>;
    const simulators = await someSimulators({ credentials, faults: [{ provider, kind: 'repeated' }] });
    REFUNDS[provider].seed(simulators);
    expect([401, 403]).toContain((await REFUNDS[provider].refund(simulators)).status);
    expect(simulators.books.size).toBe(0);
  });
});
