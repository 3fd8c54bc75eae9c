import type { Simulators } from '../../simulators';
import { closeAll, fixture, send } from './calls';
import { REFUND, REQUEST, seeded } from './sipay-calls';

afterEach(closeAll);

describe('connect/token', () => {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'demo-sipay-client',
    client_secret: 'demo-sipay-secret',
    scope: 'sts_business_api',
  };
  const ask = (simulators: Simulators, change: object = {}) =>
    send(simulators, {
      path: '/sipay/identity/connect/token',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...form, ...change }).toString(),
    });
  const refund = (simulators: Simulators, token: string) =>
    send(simulators, {
      path: REFUND,
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(REQUEST),
    });

  test('gives out a token that lives for an hour', async () => {
    let now = Date.now();
    const simulators = await seeded({}, { now: () => now });
    const { json } = await ask(simulators);
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'sts_business_api' });
    const token = json.access_token as string;
    now += 3_600_001;
    expect((await refund(simulators, token)).status).toBe(401);
    now -= 2;
    expect((await refund(simulators, token)).status).toBe(200);
  });

  test('can write the life of a token as a text, and know another scope', async () => {
    const credentials = { sipay: { scope: 'sts_wallet_api' } };
    const simulators = await seeded({ expiresInText: true }, { credentials });
    expect(await ask(simulators)).toMatchObject({ status: 400, json: { error: 'invalid_scope' } });
    const { json } = await ask(simulators, { scope: 'sts_wallet_api' });
    expect(json).toMatchObject({ expires_in: '3600', scope: 'sts_wallet_api' });
    expect(simulators.environment().SIPAY_SCOPE).toBe('sts_wallet_api');
  });

  test.each([
    [{}, 401],
    [{ 'x-client-id': 'other' }, 401],
    [{ 'x-client-id': 'client-9' }, 200],
  ])('can want a client id beside the token: %j', async (headers, status) => {
    const simulators = await seeded({ requiredClientId: 'client-9' });
    const own = { 'Content-Type': 'application/json', Authorization: 'Bearer demo-sipay-token' };
    const call = { path: REFUND, headers: { ...own, ...headers }, body: JSON.stringify(REQUEST) };
    expect((await send(simulators, call)).status).toBe(status);
    expect(simulators.books.size).toBe(status === 200 ? 1 : 0);
    expect(simulators.environment().SIPAY_X_CLIENT_ID).toBe('client-9');
  });

  test('takes tokens back', async () => {
    const simulators = await seeded();
    const { json } = await ask(simulators);
    simulators.sipay.expireTokens();
    expect((await refund(simulators, json.access_token as string)).status).toBe(401);
  });

  test.each(['', 'wrong'])('wants a token, not %p', async (token) => {
    const simulators = await seeded();
    expect(await refund(simulators, token)).toMatchObject({
      status: 401,
      json: fixture('sipay/synthetic-unauthorized-401'),
    });
    expect(simulators.books.size).toBe(0);
  });

  test.each([
    [{ client_secret: 'x' }, 'invalid_client'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ scope: 'x' }, 'invalid_scope'],
  ])('refuses %j', async (change, error) => {
    expect(await ask(await seeded(), change)).toMatchObject({ status: 400, json: { error } });
  });
});
