import type { SipayLeg } from '../../src/domain/request';
import type { Provider, ProviderCall, ProviderSettings } from '../../src/providers/provider';
import { createSipay, type SipaySettings } from '../../src/providers/sipay/client';
import { startBudget } from '../../src/providers/time-budget';
import {
  AMPLE_TIME,
  clocksNow,
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
    notBefore: '2026-01-15T23:00:00.000Z',
    now: clocksNow(),
    notOurs: [],
    budget: AMPLE_TIME,
    ...call,
    leg: { provider: 'sipay', transactionId: '7440011111111111011', amountMinor: 14_990, ...leg },
  };
}

/** Whose answer a body is, where it is not about the usual refund. */
const CALLS: Record<string, ProviderCall<SipayLeg>> = {
  'refund-request-sample.json': aCall({ key: 'string' }, { transactionId: 'XXX1234X', amountMinor: 1_000 }),
  'refund-response-sample.json': aCall({}, { amountMinor: 1_000 }),
  'lookup-response-sample.json': aCall(
    { key: 'EXT_TXN_00001', since: '2025-05-27T07:53:00.000Z' },
    { amountMinor: 500 },
  ),
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
/** Where the sheet, which is newer, says it more exactly: a "no" that it does not list, and a success of something else. */
const EXACTER_KINDS: Record<string, string> = {
  'refund-response-sample.json': 'otherMovement',
  'synthetic-wrong-reference.json': 'otherMovement',
  'synthetic-wrong-amount.json': 'otherMovement',
  'synthetic-over-cap.json': 'unlistedRefusal',
  'synthetic-unknown-code.json': 'unlistedRefusal',
  'synthetic-validation-400.json': 'unlistedRefusal',
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

type Lists = Partial<Record<'zero' | 'one' | 'controlZero' | 'controlOne', PlainAnswer>>;

/** Answers each question of a look-up by what it asks. */
function answerLookUps({
  zero = NO_ROWS,
  one = NO_ROWS,
  controlZero = CONTROL_PAGE,
  controlOne = NO_ROWS,
}: Lists): void {
  server.answer(({ body }) => {
    const asked = JSON.parse(body) as Record<string, unknown>;
    if ('ext_transaction_id' in asked) return asked.page_index === 0 ? zero : one;
    return asked.page_index === 0 ? controlZero : controlOne;
  });
}

/** What was asked, in order: whose list, and which page of it. */
const asked = () =>
  server.requests.map(({ body }) => {
    const question = JSON.parse(body) as Record<string, unknown>;
    return `${'ext_transaction_id' in question ? 'ours' : 'any'} ${String(question.page_index)}`;
  });

describe('every body of the sheet', () => {
  test.each(ofKind('refund-response', 'webhook'))('refund: %s', async (_, entry) => {
    const served = fixtureAnswer('sipay', entry);
    server.answer(served);
    const answer = await sipay.refund(callOf(entry.file));
    expect(answer.kind).toBe(EXACTER_KINDS[entry.file ?? ''] ?? REFUND_KINDS[entry.expect ?? '']);
    const shownByUs = ['TRY'];
    expectHidden(answer, [
      TOKEN,
      KEY,
      ...privateTexts(served.body).filter((text) => !shownByUs.includes(text)),
    ]);
  });

  test.each(ofKind('lookup-response'))('look-up: %s', async (_, entry) => {
    const served = fixtureAnswer('sipay', entry);
    answerLookUps({ zero: served });
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

  test('sent: synthetic-lookup-request.json, its first page', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-01-15T00:00:00.000Z'));
    server.answer({ status: 500, body: '' });
    await sipay.lookUp(aCall());
    const expected = compact(fixtureText('sipay', 'synthetic-lookup-request.json'));
    expect(server.requests[0]?.body).toBe(expected.replace('"page_index":1', '"page_index":0'));
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
  const withPayload = (fields: object, beside: object = {}) => {
    const sample = JSON.parse(SUCCESS.body) as { payload: object };
    return JSON.stringify({ ...sample, ...beside, payload: { ...sample.payload, ...fields } });
  };
  const UNLISTED = { kind: 'unlistedRefusal', code: 'declined' };
  const shows = (text: string) => expect.stringContaining(text) as string;

  test.each([
    ['our wallet is empty', 200, refusal(1, '311'), { kind: 'declined', code: 'merchantBalance' }],
    ['a limit', 400, refusal(1, '310'), { kind: 'declined', code: 'declined' }],
    ['a reference processed before', 200, refusal(1, '360'), { kind: 'alreadyDone' }],
    ['an unknown wallet by 404', 404, refusal(1, '300'), { kind: 'declined', code: 'declined' }],
    ['a listed code by 403', 403, refusal(1, '361'), { kind: 'declined' }],
    ['a code that is not listed', 200, refusal(1, '399'), { ...UNLISTED, message: shows('code 399') }],
    [
      'a code that is not listed by 409',
      409,
      refusal(1, 'limit.daily'),
      { ...UNLISTED, message: shows('code limit.daily') },
    ],
    ['a code in capitals', 409, refusal(1, 'LIMIT'), { ...UNLISTED, message: shows('not shown') }],
    ['a listed code under 500', 500, refusal(1, '300'), { kind: 'ambiguous' }],
    ['a code that repeats the status', 401, refusal(1, '401'), { kind: 'turnedAway' }],
    ['a system error under 401 with a listed code', 401, refusal(2, '301'), { kind: 'ambiguous' }],
    ['a limit in words', 200, refusal(1, '361'), { message: 'Sipay refused this refund (code 361, limit).' }],
    [
      'a code with words in it',
      200,
      refusal(1, 'call +905551112233'),
      { ...UNLISTED, message: shows('not shown') },
    ],
    ['a code that is a name of the language', 200, refusal(1, 'constructor'), UNLISTED],
    ['no code under 400', 400, refusal(1, null), { ...UNLISTED, message: shows('without a code') }],
    ['no code under 422', 422, refusal(1, null), UNLISTED],
    ['no code under 200', 200, refusal(1, null), { kind: 'ambiguous' }],
    [
      'a refusal that hands out a payload',
      200,
      refusal(1, '300', { transaction_id: '1' }),
      { kind: 'ambiguous' },
    ],
    ['a code that is a number', 200, '{"status":1,"code":300,"payload":null}', { kind: 'ambiguous' }],
    ['a system error under 400', 400, refusal(2, null), { kind: 'ambiguous' }],
    ['a system error with a listed code', 200, refusal(2, '300'), { kind: 'ambiguous' }],
    ['a system error under 401', 401, refusal(2, null), { kind: 'ambiguous' }],
    ['a forbidden call', 403, refusal(1, '403'), { kind: 'turnedAway', message: shows('SIPAY_X_CLIENT_ID') }],
    ['a forbidden call without a body', 403, '', { kind: 'turnedAway' }],
    [
      'an unknown route of its own',
      404,
      refusal(1, null),
      { kind: 'turnedAway', message: shows('SIPAY_BASE_URL') },
    ],
    ['an unknown route without a body', 404, '', { kind: 'turnedAway', message: shows('SIPAY_BASE_URL') }],
    ['a wrong method', 405, '', { kind: 'turnedAway' }],
    ['a wrong type of body', 415, '', { kind: 'turnedAway' }],
    ['an unknown route in HTML', 404, '<html>', { kind: 'ambiguous' }],
    ['a filter that forbids in its own JSON', 403, '{"message":"Forbidden"}', { kind: 'ambiguous' }],
    ['a gateway that repeats the HTTP status', 401, '{"status":401,"code":"401"}', { kind: 'ambiguous' }],
    ['problem details of the framework', 400, '{"status":400,"title":"Bad Request"}', { kind: 'ambiguous' }],
    ['a success under 401', 401, SUCCESS.body, { kind: 'ambiguous' }],
    ['a success under 400', 400, SUCCESS.body, { kind: 'ambiguous' }],
    ['an id that cannot be printed', 200, withPayload({ transaction_id: '7\n' }), { kind: 'ambiguous' }],
    [
      'the id of the original',
      200,
      withPayload({ transaction_id: '7440011111111111011' }),
      { kind: 'ambiguous' },
    ],
    ['a cancelled movement', 200, withPayload({ transaction_status_id: 40 }), { kind: 'ambiguous' }],
    ['a pending movement', 200, withPayload({ transaction_status_id: 10 }), { kind: 'ambiguous' }],
    ['a completed movement', 200, withPayload({ transaction_status_id: 60 }), { kind: 'done' }],
    ['a result of failure', 200, withPayload({ result_code: 'Declined' }), { kind: 'ambiguous' }],
    ['no success', 200, withPayload({ is_success: false }), { kind: 'ambiguous' }],
    ['a message of failure', 200, withPayload({}, { message: 'Refund failed' }), { kind: 'ambiguous' }],
    [
      'its currency in old letters',
      200,
      withPayload({ wallet_info: { currency_code: 'TL' } }),
      { kind: 'done' },
    ],
    ['an empty id', 200, SUCCESS.body.replace('7440022202222222022', ''), { kind: 'ambiguous' }],
  ])('%s (HTTP %i)', async (_, status, body, expected) => {
    server.answer({ status, body });
    expect(await sipay.refund(aCall())).toMatchObject(expected);
  });

  test.each([401, 403, 404, 405, 409, 415, 418, 422, 429])(
    'a listed code and a repeat are read before HTTP %i',
    async (status) => {
      const kinds: string[] = [];
      for (const body of [
        refusal(1, '301'),
        refusal(1, '361'),
        '{"status":1,"code":null,"message":"Duplicate transaction","payload":null}',
      ]) {
        server.answer({ status, body });
        kinds.push((await sipay.refund(aCall())).kind);
      }
      expect(kinds).toEqual(['alreadyDone', 'declined', 'alreadyDone']);
    },
  );

  test('a listed code under 401 has no token renewed, and nothing sent again', async () => {
    server.answer({ status: 200, body: fixtureText('sipay', 'token-response-sample.json') });
    server.answer({ status: 401, body: refusal(1, '301') });
    const answer = await aFetchingSipay((provider) => provider.refund(aCall()));
    expect(answer).toMatchObject({ kind: 'alreadyDone' });
    expect(server.requests).toHaveLength(2);
  });

  test('an id that a person called not ours is of a refund made before', async () => {
    server.answer(SUCCESS);
    const answer = await sipay.refund(aCall({ notOurs: ['7440022202222222022'] }));
    expect(answer).toMatchObject({ kind: 'otherMovement', code: 'alreadyDone' });
  });

  test.each([
    ['another reference', 'reference', `"${KEY}"`, '"rf-0001-l3-2"'],
    [
      'another reference and no amount',
      'reference',
      `"${KEY}",\n    "transaction_amount": 149.90`,
      '"other",\n    "transaction_amount": null',
    ],
    [
      'another reference and no id',
      'reference',
      '"7440022202222222022",\n    "ext_transaction_id": "rf-0001-l3-1"',
      'null,"ext_transaction_id":"x"',
    ],
    ['another amount', 'amount', '149.90', '100.00'],
    ['another amount as a text', 'amount', '149.90', '"100.00"'],
    ['a fraction more', 'amount', '149.90', '149.905'],
    ['the amount below zero', 'amount', '149.90', '-149.90'],
    ['another currency', 'currency', '"TRY"', '"EUR"'],
  ])('a success that names %s is of something else', async (_, name, ours, theirs) => {
    const body = SUCCESS.body.replace(ours, theirs);
    expect(body).not.toBe(SUCCESS.body);
    server.answer({ status: 200, body });
    expect(await sipay.refund(aCall())).toEqual({
      kind: 'otherMovement',
      code: 'ambiguous',
      message: `Sipay confirmed a movement that differs from this refund in: ${name}.`,
    });
  });

  test.each(['149.9', '149.900', '1499E-1', '1.499E+2'])('an amount written %s is ours', async (amount) => {
    server.answer({ status: 200, body: SUCCESS.body.replace('149.90', amount) });
    expect(await sipay.refund(aCall())).toMatchObject({ kind: 'done' });
  });

  test('ids without quotes keep every digit', async () => {
    server.answer({ status: 200, body: fixtureText('sipay', 'synthetic-success-numeric-ids.json') });
    expect(await sipay.refund(aCall())).toEqual({ kind: 'done', providerReference: '7440022202222222022' });
  });

  test.each([
    ['2.50', { feeMinor: 250, note: 'The provider kept a fee of 2.50 TRY; reconcile.' }],
    ['2.505', { note: 'The provider kept a fee; reconcile.' }],
    ['-1', { note: 'The provider kept a fee; reconcile.' }],
    ['0.000', {}],
    ['null', {}],
  ])('a fee of %s is told', async (fee, told) => {
    const body = SUCCESS.body.replace('"transaction_fee_amount": 0.00', `"transaction_fee_amount": ${fee}`);
    server.answer({ status: 200, body });
    const answer = await sipay.refund(aCall());
    expect(answer).toEqual({ kind: 'done', providerReference: '7440022202222222022', ...told });
  });

  test.each(HOSTILE_BODIES)('%s proves nothing', async (_, body) => {
    for (const status of [200, 400, 422]) {
      server.answer({ status, body });
      expect(await sipay.refund(aCall())).toMatchObject({ kind: 'ambiguous' });
      expect(await sipay.lookUp(aCall())).toMatchObject({ kind: 'unanswered' });
      expect(await sipay.check(aCall())).toMatchObject({ kind: 'unanswered' });
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

/** A movement under our reference, as it is listed. */
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

describe('the look-up', () => {
  const conflict = (about: string) => ({
    kind: 'conflict',
    message: expect.stringContaining(about) as string,
  });

  test.each([
    ['a row of ours', listOf(row({})), { kind: 'found', providerReference: '1' }],
    [
      'a row of ours with a fee',
      listOf(row({ tx_additional_fee: 1.5 })),
      { kind: 'found', feeMinor: 150, note: 'The provider kept a fee of 1.50 TRY; reconcile.' },
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
    ['our original', listOf(row({ tx_ref_correlation_id: '7440011111111111011' })), { kind: 'found' }],
    ['no original', listOf(row({ tx_ref_correlation_id: '' })), { kind: 'found' }],
    ['another original', listOf(row({ tx_ref_correlation_id: '7440011111111111012' })), conflict('original')],
    [
      'another original, under way',
      listOf(row({ tx_ref_correlation_id: '1', transaction_status_id: 10 })),
      conflict('original'),
    ],
    ['the age of this refund', listOf(row({ created_date_utc: '2026-01-15T00:00:00Z' })), { kind: 'found' }],
    ['a clock behind ours', listOf(row({ created_date_utc: '2026-01-14T23:59:01' })), { kind: 'found' }],
    ['a greater age', listOf(row({ created_date_utc: '2026-01-14T23:58:59' })), conflict('older')],
    [
      'a greater age by another zone',
      listOf(row({ created_date_utc: '2026-01-15T02:58:00+03:00' })),
      conflict('older'),
    ],
    ['no age', listOf(row({ created_date_utc: null })), { kind: 'found' }],
    ['an age that cannot be read', listOf(row({ created_date_utc: 'soon' })), { kind: 'unreadable' }],
    ['the future', listOf(row({ created_date_utc: '2999-01-01T00:00:00Z' })), { kind: 'unreadable' }],
    ['a date by default', listOf(row({ created_date_utc: '0001-01-01T00:00:00' })), { kind: 'unreadable' }],
    ['lira by their old letters', listOf(row({ currency_code: 'TL' })), { kind: 'found' }],
    ['the original itself', listOf(row({ id: '7440011111111111011' })), conflict('original')],
    [
      'a state that is called a failure',
      listOf(row({ transaction_status: 'Reversed' })),
      conflict('failure'),
    ],
    ['a type that is called a reversal', listOf(row({ transaction_type: 'Reversal' })), { kind: 'found' }],
    ['an unknown state', listOf(row({ transaction_status_id: 30 })), { kind: 'unreadable' }],
    ['an amount as text', listOf(row({ tx_base_amount: '149.90' })), { kind: 'unreadable' }],
    ['rows that are no objects', listOf(1, null), { kind: 'unanswered' }],
    ['a refused token', UNAUTHORISED.body, { kind: 'unanswered' }],
  ])('%s', async (_, body, expected) => {
    server.answer({ status: 200, body });
    expect(await sipay.lookUp(aCall())).toMatchObject(expected);
  });

  const found = { status: 200, body: fixtureText('sipay', 'synthetic-lookup-found.json') };
  const noPage = { status: 400, body: '{"status":1,"code":null,"message":"page_index","payload":null}' };
  const emptyPages = ['ours 0', 'ours 1'];
  const allPages = [...emptyPages, 'any 0', 'any 1'];
  test.each<[string, Lists, string, string[]]>([
    ['one row of others, where pages count from 0', {}, 'absent', allPages.slice(0, 3)],
    [
      'one row of others, where pages count from 1',
      { controlZero: NO_ROWS, controlOne: CONTROL_PAGE },
      'absent',
      allPages,
    ],
    [
      'a first page that is refused, and one after it',
      { zero: noPage, controlZero: noPage, controlOne: CONTROL_PAGE },
      'absent',
      allPages,
    ],
    ['an empty page, and a refused one after it', { one: noPage }, 'absent', allPages.slice(0, 3)],
    ['our row on page 0', { zero: found }, 'found', ['ours 0']],
    ['our row on page 1', { one: found }, 'found', emptyPages],
    ['our row on page 1, where page 0 is refused', { zero: noPage, one: found }, 'found', emptyPages],
    ['rows of others alone', { zero: CONTROL_PAGE }, 'unanswered', ['ours 0']],
    ['a failing page after the empty one', { one: { status: 500, body: '' } }, 'unanswered', emptyPages],
    ['a lost page after the empty one', { one: 'reset' }, 'unanswered', emptyPages],
    ['two refused pages', { zero: noPage, one: noPage }, 'unanswered', emptyPages],
    [
      'a page that something else refused',
      { zero: { status: 400, body: '<html>' } },
      'unanswered',
      ['ours 0'],
    ],
    ['a page refused without a word', { zero: { status: 400, body: '' } }, 'unanswered', ['ours 0']],
    ['nothing at all', { controlZero: NO_ROWS }, 'unanswered', allPages],
    ['a failing control', { controlZero: { status: 500, body: '' } }, 'unanswered', allPages.slice(0, 3)],
    ['a lost control', { controlZero: 'reset' }, 'unanswered', allPages.slice(0, 3)],
  ])('that shows %s', async (_, lists, kind, questions) => {
    answerLookUps(lists);
    expect(await sipay.lookUp(aCall())).toMatchObject({ kind });
    expect(asked()).toEqual(questions);
    expect(questions.length).toBeLessThanOrEqual(sipay.requestsInSequence.question);
  });

  test('a refused token is named', async () => {
    server.answer(UNAUTHORISED);
    expect(await sipay.lookUp(aCall())).toMatchObject({
      message: expect.stringContaining('SIPAY_TOKEN') as string,
    });
  });
});

describe('preflight', () => {
  test.each<[string, Lists, object, string[]]>([
    [
      'nothing under our reference, also where no other row is',
      { controlZero: NO_ROWS },
      { kind: 'passed' },
      ['ours 0', 'ours 1'],
    ],
    [
      'a row under our reference, whoever made it',
      { zero: { status: 200, body: fixtureText('sipay', 'synthetic-lookup-wrong-amount.json') } },
      { kind: 'refused', code: 'alreadyDone' },
      ['ours 0'],
    ],
    [
      'a cancelled row under our reference on page 1',
      { one: { status: 200, body: fixtureText('sipay', 'synthetic-lookup-cancelled-40.json') } },
      { kind: 'refused', code: 'alreadyDone' },
      ['ours 0', 'ours 1'],
    ],
    ['rows of others', { zero: CONTROL_PAGE }, { kind: 'unanswered' }, ['ours 0']],
    [
      'our reference in other letters',
      { zero: { status: 200, body: listOf(row({ ext_transaction_id: `${KEY.toUpperCase()} ` })) } },
      { kind: 'refused', code: 'alreadyDone' },
      ['ours 0'],
    ],
    [
      'our reference in an answer that proves nothing',
      { zero: { status: 500, body: listOf(row({})) } },
      { kind: 'refused', code: 'alreadyDone' },
      ['ours 0'],
    ],
    [
      'a failing page after the empty one',
      { one: { status: 502, body: '' } },
      { kind: 'unanswered' },
      ['ours 0', 'ours 1'],
    ],
  ])('shows %s', async (_, lists, expected, questions) => {
    answerLookUps(lists);
    expect(await sipay.check(aCall())).toMatchObject(expected);
    expect(asked()).toEqual(questions);
  });

  test.each([
    ['a refused token', 401, UNAUTHORISED.body, 'SIPAY_TOKEN'],
    ['a filter in front of Sipay', 403, '<html>', 'SIPAY_BASE_URL'],
    ['an unknown route', 404, '', 'SIPAY_BASE_URL'],
    ['a web server that is not Sipay', 404, '<html>', 'SIPAY_BASE_URL'],
  ])('that meets %s (HTTP %i) says what to mend', async (_, status, body, setting) => {
    server.answer({ status, body, headers: { 'Retry-After': '9' } });
    expect(await sipay.check(aCall())).toMatchObject({
      kind: 'unanswered',
      retryAfterMs: 9_000,
      message: expect.stringContaining(setting) as string,
    });
  });
});

describe('settings', () => {
  async function withSettings<Value>(
    settings: Partial<SipaySettings>,
    use: (provider: Provider<SipayLeg>) => Promise<Value>,
  ): Promise<Value> {
    const provider = createSipay({
      credentials: { token: TOKEN },
      baseUrl: server.url,
      callTimeoutMs: 5_000,
      maxConcurrent: 20,
      ...settings,
    });
    try {
      return await use(provider);
    } finally {
      provider.close();
    }
  }

  test('x-client-id goes with every request, only when it is set', async () => {
    server.answer(SUCCESS);
    await sipay.refund(aCall());
    await withSettings({ xClientId: 'key-77' }, async (provider) => {
      await provider.refund(aCall());
      await provider.check(aCall());
    });
    expect(server.requests.map(({ headers }) => headers['x-client-id'])).toEqual([
      undefined,
      'key-77',
      'key-77',
    ]);
  });

  test('an integer id keeps every digit', async () => {
    server.answer(SUCCESS);
    await withSettings({ integerIds: true }, (provider) => provider.refund(aCall()));
    expect(server.requests[0]?.body).toContain('"tx_correlation_id":7440011111111111011,');
  });

  test.each(['XXX1234X', '007', '0'])(
    'the id %s, which is no integer, is not sent as one',
    async (transactionId) => {
      const call = aCall({}, { transactionId });
      const message = 'Not sent: the id of this payment is no integer: check SIPAY_INTEGER_IDS.';
      await withSettings({ integerIds: true }, async (provider) => {
        expect(await provider.refund(call)).toEqual({ kind: 'notSent', message });
        expect(await provider.check(call)).toEqual({ kind: 'unanswered', message });
      });
      expect(server.requests).toHaveLength(0);
    },
  );
});

const SECRET = 'client-secret-c0de';

/** A provider that fetches its tokens from the same server, for one test. */
async function aFetchingSipay<Result>(
  use: (provider: Provider<SipayLeg>) => Promise<Result>,
): Promise<Result> {
  const provider = createSipay({
    credentials: {
      identityUrl: `${server.url}/identity`,
      clientId: 'client-4711',
      clientSecret: SECRET,
      scope: 'wallet_api',
    },
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
      expect((await provider.refund(aCall())).kind).toBe('done');
    });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        url: '/identity/connect/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `grant_type=client_credentials&client_id=client-4711&client_secret=${SECRET}&scope=wallet_api`,
      },
      { url: '/v1/Transaction/RefundPaymentInstant', headers: { authorization: 'Bearer token-1' } },
    ]);
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

  test('and their renewal are counted in what a call may take', async () => {
    answerByToken((token) => (token === 'token-1' ? UNAUTHORISED : NO_ROWS));
    await aFetchingSipay(async (provider) => {
      await provider.lookUp(aCall());
      expect(server.requests).toHaveLength(provider.requestsInSequence.question);
      expect(provider.requestsInSequence.movement).toBe(4);
    });
    expect(sipay.requestsInSequence.movement).toBe(1);
  });

  test('are renewed once in a call: what is refused after that proves nothing', async () => {
    answerByToken((token) => (token === 'token-1' ? UNAUTHORISED : { status: 401, body: '' }));
    const answer = await aFetchingSipay((provider) => provider.lookUp(aCall()));
    expect(answer.kind).toBe('unanswered');
    expect(server.requests).toHaveLength(4);
  });

  test('are not renewed by a 401 of something else, which may have passed the call on', async () => {
    answerByToken(() => ({ status: 401, body: '<html>' }));
    const answer = await aFetchingSipay((provider) => provider.refund(aCall()));
    expect(answer.kind).toBe('ambiguous');
    expect(server.requests).toHaveLength(2);
  });

  test('that come too slowly are waited for no longer than a call may take, and serve the next one', async () => {
    let release: (answer: PlainAnswer) => void = () => undefined;
    server.answer(() => new Promise((resolve) => (release = resolve)));
    server.answer(SUCCESS);
    await aFetchingSipay(async (provider) => {
      const hasty = await provider.refund(aCall({ budget: startBudget(100) }));
      expect(hasty).toEqual({
        kind: 'notSent',
        message: 'Not sent, because Sipay gave us no token in time.',
      });
      const patient = provider.refund(aCall());
      release({ status: 200, body: fixtureText('sipay', 'token-response-sample.json') });
      expect((await patient).kind).toBe('done');
    });
    expect(server.requests).toHaveLength(2);
  });

  test('that are refused too late leave no time to send again', async () => {
    let release: (answer: PlainAnswer) => void = () => undefined;
    server.answer({ status: 200, body: fixtureText('sipay', 'token-response-sample.json') });
    server.answer(() => new Promise((resolve) => (release = resolve)));
    server.answer({ status: 200, body: fixtureText('sipay', 'token-response-sample.json') });
    setTimeout(() => release(UNAUTHORISED), 500);
    const answer = await aFetchingSipay((provider) => provider.refund(aCall({ budget: startBudget(900) })));
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
    ['a life of words', { status: 200, body: JSON.stringify({ ...good, expires_in: '1 hour' }) }, 'HTTP 200'],
    ['a life of nothing', { status: 200, body: JSON.stringify({ ...good, expires_in: '0' }) }, 'HTTP 200'],
    ['a scope that is not ours', { status: 400, body: '{"error":"invalid_scope"}' }, 'SIPAY_SCOPE'],
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

  test('that are refused for haste carry how long to wait, whatever they were for', async () => {
    server.answer({ status: 429, body: '', headers: { 'Retry-After': '9' } });
    await aFetchingSipay(async (provider) => {
      expect(await provider.refund(aCall())).toMatchObject({ kind: 'notSent', retryAfterMs: 9_000 });
      expect(await provider.check(aCall())).toMatchObject({ kind: 'unanswered', retryAfterMs: 9_000 });
    });
  });

  test('whose life is a text of digits are kept as long', async () => {
    server.answer({ status: 200, body: JSON.stringify({ ...good, expires_in: '3600' }) });
    server.answer(SUCCESS);
    await aFetchingSipay(async (provider) => {
      expect((await provider.refund(aCall())).kind).toBe('done');
      expect((await provider.refund(aCall())).kind).toBe('done');
    });
    expect(tokenCalls()).toHaveLength(1);
  });
});

describeTransport(
  (settings: ProviderSettings) => createSipay({ ...settings, credentials: { token: TOKEN } }),
  aCall(),
);
