import { once } from 'node:events';
import { createConnection } from 'node:net';
import { startSimulators } from '../../simulators';
import { closeAll, get, post, someSimulators } from './calls';
import { REFUNDS } from './refunds';

afterEach(closeAll);

describe('the server', () => {
  test('tells a worker how to use it', async () => {
    const simulators = await someSimulators({ credentials: { wyre: { apiKey: 'own' } } });
    const environment = simulators.environment();
    expect(Object.keys(environment)).toHaveLength(17);
    expect(environment).toMatchObject({
      DSQUARES_BASE_URL: `${simulators.url}/dsquares`,
      DSQUARES_REDEEM_UNIT: 'money',
      SIPAY_IDENTITY_URL: `${simulators.url}/sipay/identity`,
      WYRE_API_KEY: 'own',
    });
    expect((await REFUNDS.wyre.refund(simulators)).status).toBe(401);
  });

  test('refuses connections while stopped, and keeps its books and port', async () => {
    const simulators = await someSimulators();
    REFUNDS.wyre.seed(simulators);
    await REFUNDS.wyre.refund(simulators);
    const { url } = simulators;
    await simulators.stop();
    expect((await REFUNDS.wyre.lookUp(simulators)).status).toBeUndefined();
    await expect(once(createConnection(Number(new URL(url).port), '127.0.0.1'), 'connect')).rejects.toThrow(
      'ECONNREFUSED',
    );
    await simulators.start();
    expect(simulators.url).toBe(url);
    expect((await REFUNDS.wyre.lookUp(simulators)).json.status).toBe('COMPLETED');
    expect(simulators.books.size).toBe(1);
  });

  test('drops what is under way when it is closed, and never applies it', async () => {
    const simulators = await startSimulators({
      faults: [{ provider: 'wyre', kind: 'slowBefore', delayMs: 60_000 }],
    });
    REFUNDS.wyre.seed(simulators);
    const ended = REFUNDS.wyre.refund(simulators);
    while (simulators.requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await simulators.close();
    await simulators.close();
    expect((await ended).status).toBeUndefined();
    expect(simulators.books.size).toBe(0);
  });

  test('applies a slow request whose caller went away', async () => {
    const simulators = await someSimulators({
      faults: [{ provider: 'wyre', kind: 'slowBefore', delayMs: 600 }],
    });
    REFUNDS.wyre.seed(simulators);
    const url = `${simulators.url}/wyre/v3/orders/WO_1/refund/partner`;
    const headers = { Authorization: 'Bearer demo-wyre-key' };
    await expect(fetch(url, { method: 'POST', headers, signal: AbortSignal.timeout(300) })).rejects.toThrow();
    expect(simulators.books.size).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(simulators.books.size).toBe(1);
  });

  test('takes its time', async () => {
    const simulators = await someSimulators({ latencyMs: [40, 60] });
    const began = Date.now();
    await REFUNDS.wyre.lookUp(simulators);
    expect(Date.now() - began).toBeGreaterThanOrEqual(38);
  });

  test.each([
    ['/wyre/v3/unknown', 404, 1],
    ['/wyre/v3/orders/WO_1/refund/partner', 405, 1],
    ['/nobody', 404, 0],
  ])('answers GET %s with %s', async (path, status, logged) => {
    const simulators = await someSimulators();
    expect((await get(simulators, path)).status).toBe(status);
    expect(simulators.requests({ operation: 'unknown' })).toHaveLength(logged);
  });

  test('writes down what was sent, to the letter', async () => {
    const simulators = await someSimulators();
    await post(simulators, '/sipay/v1/Transaction/RefundPaymentInstant', '{"refund_amount": 25.50}');
    await get(simulators, '/dsquares/api/Integration/v1/GetWalletData?query=a%20b');
    expect(simulators.requests()).toMatchObject([
      { operation: 'refund', method: 'POST', body: '{"refund_amount": 25.50}', status: 400, applied: false },
      {
        operation: 'lookUp',
        method: 'GET',
        path: '/api/Integration/v1/GetWalletData?query=a%20b',
        status: 200,
      },
    ]);
    expect(simulators.requests({ provider: 'sipay' })).toHaveLength(1);
  });
});
