import type { SipayLeg } from '../../src/domain/request';
import type { Provider, ProviderCall, ProviderSettings } from '../../src/providers/provider';
import { createSipay } from '../../src/providers/sipay/client';
import {
  compact,
  describeTransport,
  expectHidden,
  fixtureAnswer,
  fixtureEntries,
  fixtureText,
  HOSTILE_BODIES,
  privateTexts,
  titled,
} from '../support/adapter-cases';
import { startAnsweringServer, type AnsweringServer, type PlainAnswer } from '../support/answering-server';

const TOKEN = 'handed-token-5e21';
const KEY = 'rf-0001-l3-1';

function aCall(call: Partial<ProviderCall> = {}, leg: Partial<SipayLeg> = {}): ProviderCall<SipayLeg> {
  return {
    currency: 'TRY',
    exponent: 2,
    key: KEY,
    since: '2026-01-15T00:00:00.000Z',
    ...call,
    leg: { provider: 'sipay', transactionId: '7440011111111111011', amountMinor: 14_990, ...leg },
  };
}

/** Whose answer a body is, where it is not about the usual refund. */
const CALLS: Record<string, ProviderCall<SipayLeg>> = {
  'refund-request-sample.json': aCall({ key: 'string' }, { transactionId: 'XXX1234X', amountMinor: 1_000 }),
  'refund-response-sample.json': aCall({}, { amountMinor: 1_000 }),
  'lookup-response-sample.json': aCall({ key: 'EXT_TXN_00001' }, { amountMinor: 500 }),
  'synthetic-lookup-twin-partials.json': aCall({}, { amountMinor: 5_000 }),
};
const callOf = (file: string | null) => CALLS[file ?? ''] ?? aCall();

/** The index's class names as kinds of our answers. */
const REFUND_KINDS: Record<string, string> = {
  refunded: 'done',
  declined: 'declined',
  'already-done': 'alreadyDone',
  ambiguous: 'ambiguous',
  'not-sent-retryable': 'turnedAway',
};
const LOOK_UP_KINDS: Record<string, string> = {
  refunded: 'found',
  absent: 'absent',
  pending: 'pending',
  'look-up-unhealthy': 'unanswered',
  operator: 'conflict',
};
const TOKEN_KINDS: Record<string, string> = { misconfigured: 'notSent', usable: 'done' };

/** Classes that the index leaves open. The webhook is no answer of ours: served as one it proves nothing. */
const OPEN_CLASSES: Record<string, string> = {
  'token-response-sample.json': 'usable',
  'lookup-response-sample.json': 'refunded',
  'webhook-topup-limit-310-sample.json': 'ambiguous',
};

const entries = fixtureEntries('sipay').map((entry) => ({
  ...entry,
  expect: entry.expect ?? OPEN_CLASSES[entry.file ?? ''],
}));
const ofKind = (...kinds: string[]) => titled(entries.filter(({ kind }) => kinds.includes(kind)));

const CONTROL_PAGE = { status: 200, body: fixtureText('sipay', 'lookup-response-sample.json') };
const SUCCESS = { status: 200, body: fixtureText('sipay', 'synthetic-success.json') };
const UNAUTHORISED = { status: 401, body: fixtureText('sipay', 'synthetic-unauthorized-401.json') };

const NO_ROWS = { status: 200, body: fixtureText('sipay', 'synthetic-lookup-absent.json') };

let server: AnsweringServer;
let sipay: Provider<SipayLeg>;
beforeEach(async () => {
  server = await startAnsweringServer();
  sipay = createSipay({
    credentials: { token: TOKEN },
    baseUrl: `${server.url}/gate/`,
    callTimeoutMs: 5_000,
    maxConcurrent: 20,
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  sipay.close();
  await server.close();
});

/** Answers each question of a look-up by what it asks, as two of them come in any order. */
function answerLookUps({
  pageOne = NO_ROWS,
  pageZero = NO_ROWS,
  control = CONTROL_PAGE,
}: Partial<Record<'pageOne' | 'pageZero' | 'control', PlainAnswer>>): void {
  server.answer(({ body }) => {
    const asked = JSON.parse(body) as Record<string, unknown>;
    if (!('ext_transaction_id' in asked)) return control;
    return asked.page_index === 0 ? pageZero : pageOne;
  });
}

describe('every body of the sheet', () => {
  test.each(ofKind('refund-response', 'webhook'))('refund: %s', async (_, entry) => {
    const served = fixtureAnswer('sipay', entry);
    server.answer(served);
    const answer = await sipay.refund(callOf(entry.file));
    expect(answer.kind).toBe(REFUND_KINDS[entry.expect ?? '']);
    const shownByUs = ['TRY'];
    expectHidden(answer, [
      TOKEN,
      KEY,
      ...privateTexts(served.body).filter((text) => !shownByUs.includes(text)),
    ]);
  });

  test.each(ofKind('lookup-response'))('look-up: %s', async (_, entry) => {
    const served = fixtureAnswer('sipay', entry);
    answerLookUps({ pageOne: served });
    const answer = await sipay.lookUp(callOf(entry.file));
    expect(answer.kind).toBe(LOOK_UP_KINDS[entry.expect ?? '']);
    expectHidden(answer, [TOKEN, KEY, ...privateTexts(served.body)]);
  });

  test.each(ofKind('token-response'))('token: %s', async (_, entry) => {
    server.answer(fixtureAnswer('sipay', entry));
    server.answer(SUCCESS);
    const answer = await aFetchingSipay((provider) => provider.refund(aCall()));
    expect(answer.kind).toBe(TOKEN_KINDS[entry.expect ?? '']);
  });

  test('the answer of the sample is a refund when it was asked for by its own reference', async () => {
    server.answer({ status: 200, body: fixtureText('sipay', 'refund-response-sample.json') });
    const answer = await sipay.refund(aCall({ key: 'e2a58a96a0022' }, { amountMinor: 1_000 }));
    expect(answer).toEqual({ kind: 'done', providerReference: '7440022202222222022' });
  });

  test('sent: synthetic-refund-request.json, but for its description', async () => {
    server.answer(SUCCESS);
    await sipay.refund(aCall());
    const expected = compact(fixtureText('sipay', 'synthetic-refund-request.json'));
    expect(server.requests[0]?.body).toBe(expected.replace('"refund rf-0001"', `"refund ${KEY}"`));
  });

  test('sent: refund-request-sample.json, with two decimals and a description of ours', async () => {
    server.answer(SUCCESS);
    await sipay.refund(callOf('refund-request-sample.json'));
    const expected = compact(fixtureText('sipay', 'refund-request-sample.json'));
    expect(server.requests[0]?.body).toBe(
      expected.replace('"refund_amount":10,', '"refund_amount":10.00,').replace('"iade"', '"refund string"'),
    );
  });

  test('sent: synthetic-lookup-request.json', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-01-15T00:00:00.000Z'));
    server.answer({ status: 500, body: '' });
    await sipay.lookUp(aCall());
    expect(server.requests[0]?.body).toBe(compact(fixtureText('sipay', 'synthetic-lookup-request.json')));
  });

  test('lookup-request-sample.json names no field that we write otherwise', async () => {
    server.answer({ status: 500, body: '' });
    await sipay.lookUp(aCall());
    const sample = JSON.parse(fixtureText('sipay', 'lookup-request-sample.json')) as Record<string, unknown>;
    const sent = JSON.parse(server.requests[0]?.body ?? '') as Record<string, unknown>;
    expect(Object.keys(sample).filter((name) => !(name in sent))).toEqual(['transaction_type_code_list']);
    expect(sent).toMatchObject({ order_column: sample.order_column, page_size: sample.page_size });
  });

  test('payment-request-sample.json is never sent: it would charge the customer without consent', () => {
    expect(sipay).not.toHaveProperty('reverse');
    expect(fixtureText('sipay', 'payment-request-sample.json')).toContain('sender_wallet_number');
  });

  test('every entry has a test above', () => {
    const tested = [
      'refund-response',
      'webhook',
      'lookup-response',
      'token-response',
      'refund-request',
      'lookup-request',
    ];
    expect(entries.filter(({ kind }) => !tested.includes(kind)).map(({ file }) => file)).toEqual([
      'payment-request-sample.json',
    ]);
  });
});

describe('what goes over the wire', () => {
  test('both calls go to their routes with the bearer token', async () => {
    server.answer({ status: 500, body: '' });
    await sipay.refund(aCall());
    await sipay.lookUp(aCall());
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    expect(server.requests).toMatchObject([
      { method: 'POST', url: '/gate/v1/Transaction/RefundPaymentInstant', headers },
      { method: 'POST', url: '/gate/v1/TransactionData/SummaryRecordByFilter', headers },
    ]);
  });

  test.each([
    [1, 2, '0.01'],
    [10, 2, '0.10'],
    [1_000_000_000_000, 2, '10000000000.00'],
    [5, 3, '0.005'],
    [700, 0, '700'],
  ])('%i minor units with %i decimals are written %s', async (amountMinor, exponent, written) => {
    server.answer({ status: 500, body: '' });
    await sipay.refund(aCall({ exponent }, { amountMinor }));
    expect(server.requests[0]?.body).toContain(`"refund_amount":${written},`);
  });
});

describe('the refund call', () => {
  const refusal = (status: number, code: unknown, payload: unknown = null) =>
    JSON.stringify({ status, code, payload });

  test.each([
    ['our wallet is empty', 200, refusal(1, '311'), { kind: 'declined', code: 'merchantBalance' }],
    ['a limit', 400, refusal(1, '310'), { kind: 'declined', code: 'declined' }],
    ['a reference processed before', 200, refusal(1, '360'), { kind: 'alreadyDone' }],
    ['an unknown wallet by 404', 404, refusal(1, '300'), { kind: 'declined', code: 'declined' }],
    ['a business code by 403', 403, refusal(1, '361'), { kind: 'declined' }],
    [
      'a refusal that hands out a payload',
      200,
      refusal(1, '300', { transaction_id: '1' }),
      { kind: 'ambiguous' },
    ],
    ['a code that is a number', 200, '{"status":1,"code":300,"payload":null}', { kind: 'ambiguous' }],
    ['a code that is a name of the language', 200, refusal(1, 'constructor'), { kind: 'ambiguous' }],
    ['a system error under 400', 400, refusal(2, null), { kind: 'ambiguous' }],
    ['no code under 422', 422, refusal(1, null), { kind: 'ambiguous' }],
    ['a forbidden call', 403, refusal(1, '403'), { kind: 'turnedAway' }],
    ['a forbidden call without a body', 403, '', { kind: 'turnedAway' }],
    ['an unknown route', 404, '<html>', { kind: 'turnedAway' }],
    ['a wrong type of body', 415, '', { kind: 'turnedAway' }],
    ['a success under 401', 401, SUCCESS.body, { kind: 'ambiguous' }],
    ['another currency', 200, SUCCESS.body.replace('"TRY"', '"EUR"'), { kind: 'ambiguous' }],
    ['an empty id', 200, SUCCESS.body.replace('7440022202222222022', ''), { kind: 'ambiguous' }],
  ])('%s (HTTP %i)', async (_, status, body, expected) => {
    server.answer({ status, body });
    expect(await sipay.refund(aCall())).toMatchObject(expected);
  });

  test('ids without quotes keep every digit', async () => {
    server.answer({ status: 200, body: fixtureText('sipay', 'synthetic-success-numeric-ids.json') });
    expect(await sipay.refund(aCall())).toEqual({ kind: 'done', providerReference: '7440022202222222022' });
  });

  test.each([
    ['2.50', 'The provider kept a fee of 2.50 TRY; reconcile.'],
    ['2.505', 'The provider kept a fee; reconcile.'],
    ['-1', 'The provider kept a fee; reconcile.'],
    ['0.000', undefined],
    ['null', undefined],
  ])('a fee of %s is noted', async (fee, note) => {
    const body = SUCCESS.body.replace('"transaction_fee_amount": 0.00', `"transaction_fee_amount": ${fee}`);
    server.answer({ status: 200, body });
    const answer = await sipay.refund(aCall());
    expect(answer).toEqual({ kind: 'done', providerReference: '7440022202222222022', ...(note && { note }) });
  });

  test.each(HOSTILE_BODIES)('%s proves nothing', async (_, body) => {
    for (const status of [200, 400, 422]) {
      server.answer({ status, body });
      expect(await sipay.refund(aCall())).toMatchObject({ kind: 'ambiguous' });
      expect(await sipay.lookUp(aCall())).toMatchObject({ kind: 'unanswered' });
    }
  });

  test('a refused token that was handed to us is turned away and not tried twice', async () => {
    server.answer(UNAUTHORISED);
    const answer = await sipay.refund(aCall());
    expect(answer).toEqual({
      kind: 'turnedAway',
      message: 'Sipay refused our token (HTTP 401): check SIPAY_TOKEN.',
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe('the look-up', () => {
  const row = (fields: object) => ({
    id: '1',
    transaction_status_id: 20,
    result_code: 'Success',
    tx_base_amount: 149.9,
    currency_code: 'TRY',
    ext_transaction_id: KEY,
    ...fields,
  });
  const listOf = (...results: unknown[]) => JSON.stringify({ status: 0, code: '100', payload: { results } });

  test.each([
    ['a row of ours', listOf(row({})), { kind: 'found', providerReference: '1' }],
    [
      'a row of ours with a fee',
      listOf(row({ tx_additional_fee: 1.5 })),
      { kind: 'found', note: expect.any(String) as string },
    ],
    [
      'a row of ours beside one without a reference',
      listOf(row({ ext_transaction_id: null }), row({})),
      { kind: 'found' },
    ],
    [
      'a pending row of another amount',
      listOf(row({ transaction_status_id: 10, tx_base_amount: 1 })),
      { kind: 'conflict' },
    ],
    ['another currency', listOf(row({ currency_code: 'EUR' })), { kind: 'conflict' }],
    ['no currency', listOf(row({ currency_code: null })), { kind: 'conflict' }],
    ['an unknown state', listOf(row({ transaction_status_id: 30 })), { kind: 'unanswered' }],
    ['an amount as text', listOf(row({ tx_base_amount: '149.90' })), { kind: 'unanswered' }],
    ['rows that are no objects', listOf(1, null), { kind: 'unanswered' }],
    ['a refused token', UNAUTHORISED.body, { kind: 'unanswered' }],
  ])('%s', async (_, body, expected) => {
    server.answer({ status: 200, body });
    expect(await sipay.lookUp(aCall())).toMatchObject(expected);
  });

  const found = { status: 200, body: fixtureText('sipay', 'synthetic-lookup-found.json') };
  test.each<[string, Parameters<typeof answerLookUps>[0], string]>([
    ['no page before it and a row beside it', {}, 'absent'],
    ['a refused page before it', { pageZero: { status: 400, body: '' } }, 'absent'],
    ['our row on the page before it', { pageZero: found }, 'found'],
    ['our row on the page before it and no row beside it', { pageZero: found, control: NO_ROWS }, 'found'],
    ['rows of others on the page before it', { pageZero: CONTROL_PAGE }, 'unanswered'],
    ['a failing page before it', { pageZero: { status: 500, body: '' } }, 'unanswered'],
    ['a lost page before it', { pageZero: 'reset' }, 'unanswered'],
    ['no row beside it', { control: NO_ROWS }, 'unanswered'],
    ['a failing control', { control: { status: 500, body: '' } }, 'unanswered'],
    ['a lost control', { control: 'reset' }, 'unanswered'],
  ])('an empty page with %s', async (_, answers, kind) => {
    answerLookUps(answers);
    expect(await sipay.lookUp(aCall())).toMatchObject({ kind });
    const asked = server.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    const { ext_transaction_id: reference, ...control } = { ...asked[0], page_size: 1 } as Record<
      string,
      unknown
    >;
    expect(reference).toBe(KEY);
    expect(asked).toHaveLength(3);
    expect(asked).toContainEqual({ ...asked[0], page_index: 0 });
    expect(asked).toContainEqual(control);
  });

  test('a refused token is named', async () => {
    server.answer(UNAUTHORISED);
    expect(await sipay.lookUp(aCall())).toMatchObject({
      message: expect.stringContaining('SIPAY_TOKEN') as string,
    });
  });
});

const SECRET = 'client-secret-c0de';

/** A provider that fetches its tokens from the same server, for one test. */
async function aFetchingSipay<Result>(
  use: (provider: Provider<SipayLeg>) => Promise<Result>,
): Promise<Result> {
  const provider = createSipay({
    credentials: { identityUrl: `${server.url}/identity`, clientId: 'client-4711', clientSecret: SECRET },
    baseUrl: server.url,
    callTimeoutMs: 5_000,
    maxConcurrent: 20,
  });
  try {
    return await use(provider);
  } finally {
    provider.close();
  }
}

describe('fetched tokens', () => {
  /** Answers token calls with `token-1`, `token-2` …, and refunds as told by their token. */
  function answerByToken(refund: (token: string) => { status: number; body: string }): void {
    let given = 0;
    server.answer(({ url, headers }) => {
      if (url !== '/identity/connect/token')
        return refund(headers.authorization?.replace('Bearer ', '') ?? '');
      given += 1;
      return {
        status: 200,
        body: `{"access_token":"token-${given}","token_type":"Bearer","expires_in":3600}`,
      };
    });
  }
  const tokenCalls = () => server.requests.filter(({ url }) => url === '/identity/connect/token');

  test('are asked for by a form with the client credentials', async () => {
    answerByToken(() => SUCCESS);
    await aFetchingSipay(async (provider) => {
      expect(provider.preparesCalls).toBe(true);
      expect((await provider.refund(aCall())).kind).toBe('done');
    });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        url: '/identity/connect/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `grant_type=client_credentials&client_id=client-4711&client_secret=${SECRET}&scope=sts_business_api`,
      },
      { url: '/v1/Transaction/RefundPaymentInstant', headers: { authorization: 'Bearer token-1' } },
    ]);
    expect(sipay.preparesCalls).toBe(false);
  });

  test('are fetched once by ten calls at the same time, and then cached', async () => {
    answerByToken(() => SUCCESS);
    await aFetchingSipay(async (provider) => {
      await Promise.all(Array.from({ length: 10 }, () => provider.refund(aCall())));
      await provider.refund(aCall());
    });
    expect(tokenCalls()).toHaveLength(1);
    expect(server.requests).toHaveLength(12);
  });

  test('are fetched anew 60 seconds before they end', async () => {
    answerByToken(() => SUCCESS);
    const start = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
    await aFetchingSipay(async (provider) => {
      await provider.refund(aCall());
      clock.mockReturnValue(start + 3_539_999);
      await provider.refund(aCall());
      expect(tokenCalls()).toHaveLength(1);
      clock.mockReturnValue(start + 3_540_000);
      await provider.refund(aCall());
    });
    expect(tokenCalls()).toHaveLength(2);
  });

  test('are renewed once on a 401, however many calls were refused, and each call goes out once more', async () => {
    answerByToken((token) => (token === 'token-1' ? UNAUTHORISED : SUCCESS));
    const answers = await aFetchingSipay((provider) =>
      Promise.all(Array.from({ length: 10 }, () => provider.refund(aCall()))),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'done'));
    expect(tokenCalls()).toHaveLength(2);
    expect(server.requests).toHaveLength(22);
  });

  test('that are refused twice turn the call away and name the client credentials', async () => {
    answerByToken(() => UNAUTHORISED);
    const answer = await aFetchingSipay((provider) => provider.refund(aCall()));
    expect(answer).toEqual({
      kind: 'turnedAway',
      message: 'Sipay refused our token (HTTP 401): check SIPAY_CLIENT_ID and SIPAY_CLIENT_SECRET.',
    });
    expect(server.requests).toHaveLength(4);
  });

  test('that are refused too late leave no time to send again', async () => {
    let release: (answer: PlainAnswer) => void = () => undefined;
    server.answer({ status: 200, body: fixtureText('sipay', 'token-response-sample.json') });
    server.answer(() => new Promise((resolve) => (release = resolve)));
    server.answer({ status: 200, body: fixtureText('sipay', 'token-response-sample.json') });
    const sendBefore = Date.now() + 200;
    setTimeout(() => release(UNAUTHORISED), 300);
    const answer = await aFetchingSipay((provider) => provider.refund(aCall({ sendBefore })));
    expect(answer.kind).toBe('notSent');
    expect(server.requests).toHaveLength(3);
  });

  test('are not renewed by a 401 that claims success', async () => {
    answerByToken(() => ({ status: 401, body: SUCCESS.body }));
    const answer = await aFetchingSipay((provider) => provider.refund(aCall()));
    expect(answer.kind).toBe('ambiguous');
    expect(server.requests).toHaveLength(2);
  });

  const good = { access_token: 'token-1', token_type: 'Bearer', expires_in: 3600 };
  test.each([
    ['refused credentials', { status: 401, body: '{"error":"invalid_client"}' }, 'SIPAY_CLIENT_SECRET'],
    ['an unknown route', { status: 404, body: '' }, 'SIPAY_IDENTITY_URL'],
    ['no token', { status: 200, body: '{}' }, 'SIPAY_IDENTITY_URL'],
    [
      'a token with a line break',
      { status: 200, body: JSON.stringify({ ...good, access_token: 'a\r\nb' }) },
      'HTTP 200',
    ],
    [
      'a token of another type',
      { status: 200, body: JSON.stringify({ ...good, token_type: 'mac' }) },
      'HTTP 200',
    ],
    [
      'a life that is a text',
      { status: 200, body: JSON.stringify({ ...good, expires_in: '3600' }) },
      'HTTP 200',
    ],
    ['a lost answer', 'reset' as const, 'no token'],
  ])('that cannot be had (%s) mean that nothing was sent', async (_, answer, shown) => {
    server.answer(answer);
    const { refund, lookUp } = await aFetchingSipay(async (provider) => ({
      refund: await provider.refund(aCall()),
      lookUp: await provider.lookUp(aCall()),
    }));
    expect(refund).toMatchObject({ kind: 'notSent', message: expect.stringContaining(shown) as string });
    expect(lookUp).toMatchObject({ kind: 'unanswered' });
    expectHidden(refund, [SECRET, 'client-4711', 'invalid_client']);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/identity/connect/token',
      '/identity/connect/token',
    ]);
  });

  test('that are refused for haste carry how long to wait', async () => {
    server.answer({ status: 429, body: '', headers: { 'Retry-After': '9' } });
    const answer = await aFetchingSipay((provider) => provider.refund(aCall()));
    expect(answer).toMatchObject({ kind: 'notSent', retryAfterMs: 9_000 });
  });
});

describeTransport(
  (settings: ProviderSettings) => createSipay({ ...settings, credentials: { token: TOKEN } }),
  aCall(),
);
