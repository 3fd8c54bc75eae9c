import type { Simulators } from '../../simulators';
import { serve } from '../../simulators/engine/serve';
import { anyText, closeAll, get, post, someSimulators } from './calls';
import { REFUNDS } from './refunds';

afterEach(closeAll);

describe('/control', () => {
  const read = async (simulators: Simulators, what: string): Promise<unknown> =>
    JSON.parse((await get(simulators, `/control/${what}`)).text);

  test('is closed unless asked for', async () => {
    expect((await get(await someSimulators(), '/control/books')).status).toBe(404);
  });

  test('seeds, acts, scripts faults, and shows books and requests', async () => {
    const simulators = await someSimulators({ control: true });
    const seed = async (provider: string, record: object, act?: string) =>
      expect(await post(simulators, '/control/seed', { provider, record, act })).toMatchObject({
        status: 200,
      });
    await seed('dsquares', { walletCode: 'w', contactMsisdn: '1', transactionId: '46173', points: 500 });
    await seed('mircate', { transactionId: 'spend-1', points: 500, accountNumber: 'a' });
    await seed('paywall', { externalReference: 'sale-1', amountMinor: 2550, currency: 'TRY' });
    await seed('sipay', { transactionId: '744', amountMinor: 2550, currency: 'TRY' });
    await seed('wyre', { orderId: 'WO_1', amountMinor: 2550, currency: 'TRY' });
    await seed('paywall', { original: 'sale-1' }, 'cancelByHand');
    await seed('sipay', { amountMinor: 0 }, 'setMerchantBalance');
    await post(simulators, '/control/faults', { provider: 'wyre', kind: 'dropAfter' });
    await post(simulators, '/control/faults', [{ provider: 'mircate', kind: 'tooMany' }]);
    const ended = await Promise.all(Object.values(REFUNDS).map(({ refund }) => refund(simulators)));
    expect(ended.map(({ status }) => status)).toEqual([200, 429, 400, 200, undefined]);
    const books = await read(simulators, 'books');
    expect(books).toEqual(simulators.books.entries());
    expect(books).toHaveLength(3);
    expect(await read(simulators, 'requests')).toEqual(simulators.requests());
  });

  test('scripts a random mix and clears it', async () => {
    const simulators = await someSimulators({ control: true });
    await post(simulators, '/control/faults', { random: { seed: 1, rates: { tooMany: 1 } } });
    expect((await REFUNDS.wyre.lookUp(simulators)).status).toBe(429);
    await fetch(`${simulators.url}/control/faults`, { method: 'DELETE' });
    expect((await REFUNDS.wyre.lookUp(simulators)).status).toBe(404);
  });

  test.each([
    ['/control/seed', { provider: 'nobody', record: {} }, 400],
    ['/control/seed', { provider: 'wyre', act: 'failNext', record: { original: 'x' } }, 400],
    ['/control/seed', 'no JSON', 400],
    ['/control/faults', { provider: 'nobody', kind: 'down' }, 400],
    ['/control/faults', { provider: 'wyre', kind: 'nothing' }, 400],
    ['/control/nothing', {}, 404],
  ])('refuses %s %j', async (path, body, status) => {
    const ended = await post(await someSimulators({ control: true }), path, body);
    expect(ended).toMatchObject({ status, json: { error: anyText } });
  });
});

describe('npm run simulators', () => {
  test('prints what a worker needs, and holds demo data', async () => {
    const lines: string[] = [];
    const simulators = await serve({}, (line) => lines.push(line));
    try {
      for (const [name, value] of Object.entries(simulators.environment())) {
        expect(lines).toContain(`export ${name}=${value}`);
      }
      expect((await get(simulators, '/wyre/v3/orders/WO_H9HA4QDBLX')).status).toBe(200);
      expect((await get(simulators, '/control/books')).status).toBe(200);
    } finally {
      await simulators.close();
    }
  });

  test.each(['x', '-1', '65536', ''])('refuses the port %p', async (SIMULATORS_PORT) => {
    await expect(serve({ SIMULATORS_PORT }, () => undefined)).rejects.toThrow('SIMULATORS_PORT should be');
  });
});
