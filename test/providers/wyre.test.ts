import type { WyreLeg } from '../../src/domain/request';
import type { Provider, ProviderCall, ProviderSettings } from '../../src/providers/provider';
import { createWyre } from '../../src/providers/wyre/client';
import {
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

const API_KEY = 'wyre-key-2d9e';
const ORDER_ID = 'WO_H9HA4QDBLX';
/** The moment of the refund records in the fixtures. */
const REFUNDED_AT = 1_611_685_410_000;
const DAY_MS = 86_400_000;

function aCall(leg: Partial<WyreLeg> = {}, call: Partial<ProviderCall> = {}): ProviderCall<WyreLeg> {
  return {
    currency: 'USD',
    exponent: 2,
    key: 'rf-0001:cash',
    since: '2021-01-26T18:00:00.000Z',
    ...call,
    leg: {
      provider: 'wyre',
      orderId: ORDER_ID,
      amountMinor: 2_550,
      purchasedAt: new Date(Date.now() - DAY_MS).toISOString(),
      ...leg,
    },
  };
}

/** Whose answer a body is, where it is not about the usual order. */
const LEGS: Record<string, Partial<WyreLeg>> = {
  'lookup-response-sample.json': { orderId: 'WO_Q9PYNDY8LX' },
};

/** The index's class names as kinds of our answers; what is retried is told apart by its cause. */
const REFUND_KINDS: Record<string, readonly string[]> = {
  refunded: ['done'],
  declined: ['declined'],
  'already-done': ['alreadyDone'],
  ambiguous: ['ambiguous'],
  pending: ['ambiguous'],
  misconfigured: ['turnedAway'],
  'not-sent-retryable': ['turnedAway', 'transient'],
};
const LOOK_UP_KINDS: Record<string, string> = {
  refunded: 'found',
  declined: 'declined',
  absent: 'absent',
  pending: 'pending',
  'look-up-unhealthy': 'unanswered',
};

const entries = fixtureEntries('wyre');
const ofKind = (name: string) => titled(entries.filter(({ kind }) => kind === name));
const wyreFixture = (file: string, status = 200) => ({ status, body: fixtureText('wyre', file) });

const anOrder = (fields: object = {}): { status: number; body: string } => ({
  status: 200,
  body: JSON.stringify({
    id: ORDER_ID,
    status: 'COMPLETE',
    sourceAmount: 25.5,
    sourceCurrency: 'USD',
    ...fields,
  }),
});
const COMPLETED = wyreFixture('synthetic-success.json');
const NO_REFUND = wyreFixture('synthetic-lookup-absent-404.json', 404);
const NO_ORDER = wyreFixture('synthetic-lookup-order-unknown.json', 404);

let server: AnsweringServer;
let wyre: Provider<WyreLeg>;
beforeEach(async () => {
  server = await startAnsweringServer();
  wyre = createWyre({
    apiKey: API_KEY,
    baseUrl: `${server.url}/api`,
    callTimeoutMs: 5_000,
    maxConcurrent: 4,
  });
});
afterEach(async () => {
  wyre.close();
  await server.close();
});

describe('every body of the sheet', () => {
  test.each(ofKind('refund-response'))('refund: %s', async (_, entry) => {
    const served = fixtureAnswer('wyre', entry);
    server.answer(served);
    const answer = await wyre.refund(aCall(LEGS[entry.file ?? '']));
    expect(REFUND_KINDS[entry.expect ?? '']).toContain(answer.kind);
    expectHidden(answer, [API_KEY, ORDER_ID, ...privateTexts(served.body)]);
  });

  test.each(ofKind('lookup-response'))('look-up: %s', async (_, entry) => {
    const served = fixtureAnswer('wyre', entry);
    server.answer(served);
    server.answer(anOrder());
    const answer = await wyre.lookUp(aCall(LEGS[entry.file ?? '']));
    expect(answer.kind).toBe(LOOK_UP_KINDS[entry.expect ?? '']);
    expectHidden(answer, [API_KEY, ORDER_ID, ...privateTexts(served.body)]);
  });

  test('the answer of the sample is a refund when it was asked for by its own order', async () => {
    server.answer(wyreFixture('refund-response-sample.json'));
    const answer = await wyre.refund(aCall({ orderId: 'WO_Q9PYNDY8LX' }));
    expect(answer).toEqual({ kind: 'done', providerReference: 'WO_Q9PYNDY8LX' });
  });

  test('every entry has a test above', () => {
    expect(entries.filter(({ kind }) => kind !== 'refund-response' && kind !== 'lookup-response')).toEqual(
      [],
    );
  });
});

describe('what goes over the wire', () => {
  test("the refund goes to the order's route with the bearer key and without a body", async () => {
    server.answer(COMPLETED);
    await wyre.refund(aCall());
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        url: `/api/v3/orders/${ORDER_ID}/refund/partner`,
        headers: {
          authorization: `Bearer ${API_KEY}`,
          'content-type': 'application/json',
          'content-length': '0',
        },
        body: '',
      },
    ]);
  });

  test('a look-up asks for the refund, then for the order', async () => {
    server.answer(NO_REFUND);
    server.answer(anOrder());
    await wyre.lookUp(aCall());
    const headers = { authorization: `Bearer ${API_KEY}` };
    expect(server.requests).toMatchObject([
      { method: 'GET', url: `/api/v3/orders/${ORDER_ID}/refund`, headers, body: '' },
      { method: 'GET', url: `/api/v3/orders/${ORDER_ID}`, headers, body: '' },
    ]);
  });

  test.each([
    ['a/b ?#%', 'a%2Fb%20%3F%23%25'],
    ['sipariş', 'sipari%C5%9F'],
  ])('the order id %p stays one path segment', async (orderId, encoded) => {
    server.answer({ status: 500, body: '' });
    await wyre.refund(aCall({ orderId }));
    await wyre.lookUp(aCall({ orderId }));
    expect(server.requests.map(({ url }) => url)).toEqual([
      `/api/v3/orders/${encoded}/refund/partner`,
      `/api/v3/orders/${encoded}/refund`,
    ]);
  });
});

describe('the refund call', () => {
  const thrown = (fields: object) =>
    JSON.stringify({
      language: 'en',
      exceptionId: 'X',
      errorCode: 'some.code',
      message: 'm',
      transient: false,
      ...fields,
    });
  const withStatus = (fields: object) =>
    JSON.stringify({ ...(JSON.parse(COMPLETED.body) as object), ...fields });

  test.each([
    [
      'an empty balance',
      400,
      thrown({ type: 'InsufficientFundsException' }),
      { kind: 'declined', code: 'merchantBalance', lookUpFirst: true },
    ],
    [
      'an empty balance by its code',
      400,
      thrown({ type: 'ValidationException', errorCode: 'refund.insufficientFunds' }),
      { kind: 'declined', code: 'merchantBalance' },
    ],
    [
      'the window is over',
      400,
      thrown({ type: 'ValidationException', errorCode: 'refund.windowExpired' }),
      { kind: 'declined', code: 'windowClosed' },
    ],
    [
      'refunded before, told by the text',
      400,
      thrown({ type: 'TransferException', message: 'Already refunded' }),
      { kind: 'alreadyDone' },
    ],
    [
      'customer support',
      400,
      thrown({ type: 'CustomerSupportException' }),
      { kind: 'declined', code: 'declined', message: 'Wyre refused this refund: some.code; no money moved.' },
    ],
    [
      'an unknown order under 400',
      400,
      thrown({ type: 'NotFoundException' }),
      { kind: 'declined', code: 'declined' },
    ],
    ['a second factor', 400, thrown({ type: 'MFARequiredException' }), { kind: 'turnedAway' }],
    ['a forbidden call', 403, '', { kind: 'turnedAway' }],
    ['an unknown route', 404, '<html>', { kind: 'turnedAway' }],
    ['an unknown type', 400, thrown({ type: 'OddException' }), { kind: 'ambiguous' }],
    ['a type that is a name of the language', 400, thrown({ type: 'constructor' }), { kind: 'ambiguous' }],
    [
      'a passing failure under 400',
      400,
      thrown({ type: 'ValidationException', transient: true }),
      { kind: 'transient' },
    ],
    [
      'a passing failure under 200',
      200,
      thrown({ type: 'UnknownException', transient: true }),
      { kind: 'transient' },
    ],
    [
      'a passing failure as text',
      500,
      thrown({ type: 'UnknownException', transient: 'true' }),
      { kind: 'ambiguous' },
    ],
    [
      'a passing failure that is a refund too',
      200,
      withStatus({ type: 'UnknownException', transient: true }),
      { kind: 'ambiguous' },
    ],
    [
      'a refusal under a status of no business',
      418,
      thrown({ type: 'ValidationException' }),
      { kind: 'ambiguous' },
    ],
    ['a refund record under 400', 400, COMPLETED.body, { kind: 'ambiguous' }],
    ['a refund record under 401', 401, COMPLETED.body, { kind: 'ambiguous' }],
    ['a refund record under 201', 201, COMPLETED.body, { kind: 'ambiguous' }],
    [
      'a refund that ended before it began',
      200,
      withStatus({ finishedAt: REFUNDED_AT - 1 }),
      { kind: 'ambiguous' },
    ],
    [
      'a failed refund of another order',
      200,
      withStatus({ status: 'FAILED', walletOrderId: 'WO_OTHER' }),
      { kind: 'ambiguous' },
    ],
    ['times as text', 200, withStatus({ createdAt: '1', finishedAt: '2' }), { kind: 'ambiguous' }],
    [
      'a reason left out',
      200,
      withStatus({ failedReason: undefined }),
      { kind: 'done', providerReference: ORDER_ID },
    ],
  ])('%s (HTTP %i)', async (_, status, body, expected) => {
    server.answer({ status, body });
    expect(await wyre.refund(aCall())).toMatchObject(expected);
  });

  test('a passing failure carries how long to wait', async () => {
    const body = thrown({ type: 'RateLimitException', transient: true });
    server.answer({ status: 429, body, headers: { 'Retry-After': '3' } });
    expect(await wyre.refund(aCall())).toMatchObject({ kind: 'transient', retryAfterMs: 3_000 });
  });

  test('denied access names the key and shows no text of the provider', async () => {
    server.answer({
      status: 401,
      body: thrown({ type: 'AccessDeniedException', errorCode: 'call +905551234567' }),
    });
    expect(await wyre.refund(aCall())).toEqual({
      kind: 'turnedAway',
      message:
        'Wyre denied us access (HTTP 401, (code not shown)): check WYRE_API_KEY and that its account owns the order.',
    });
  });

  test.each(HOSTILE_BODIES)('%s proves nothing', async (_, body) => {
    for (const status of [200, 400, 422]) {
      server.answer({ status, body });
      expect(await wyre.refund(aCall())).toMatchObject({ kind: 'ambiguous' });
      expect(await wyre.lookUp(aCall())).toMatchObject({ kind: 'unanswered' });
      expect(await wyre.check?.(aCall())).toMatchObject({ kind: 'unanswered' });
    }
  });
});

/** Answers by route, as the two questions of preflight come in any order. */
function answerByRoute(order: PlainAnswer, refund: PlainAnswer): void {
  server.answer(({ url }) => (url.endsWith('/refund') ? refund : order));
}

describe('preflight', () => {
  const record = (status: string) => wyreFixture(`synthetic-lookup-${status}.json`);

  test.each<[string, PlainAnswer, PlainAnswer, object]>([
    ['an order without a refund', anOrder(), NO_REFUND, { kind: 'passed' }],
    ['an order without a currency', anOrder({ sourceCurrency: undefined }), NO_REFUND, { kind: 'passed' }],
    ['no refund by the legacy status', anOrder(), { ...NO_REFUND, status: 400 }, { kind: 'passed' }],
    ['an unknown order', NO_ORDER, NO_ORDER, { kind: 'refused', code: 'declined' }],
    [
      'another amount',
      anOrder({ sourceAmount: 25.51 }),
      NO_REFUND,
      { kind: 'refused', code: 'amountMismatch' },
    ],
    [
      'another currency',
      anOrder({ sourceCurrency: 'EUR' }),
      NO_REFUND,
      { kind: 'refused', code: 'amountMismatch' },
    ],
    ['a completed refund', anOrder(), record('found'), { kind: 'refused', code: 'alreadyDone' }],
    ['a refund under way', anOrder(), record('pending'), { kind: 'refused', code: 'alreadyDone' }],
    ['a failed refund', anOrder(), record('failed'), { kind: 'refused', code: 'declined' }],
    [
      'a completed refund of an order we cannot see',
      { status: 500, body: '' },
      record('found'),
      { kind: 'refused' },
    ],
    ['another order', anOrder({ id: 'WO_OTHER' }), NO_REFUND, { kind: 'unanswered' }],
    ['an amount as text', anOrder({ sourceAmount: '25.50' }), NO_REFUND, { kind: 'unanswered' }],
    ['no amount', anOrder({ sourceAmount: undefined }), NO_REFUND, { kind: 'unanswered' }],
    ['an order seen and unknown at once', anOrder(), NO_ORDER, { kind: 'unanswered' }],
    ['a lost refund answer', anOrder(), 'reset', { kind: 'unanswered' }],
    ['a lost order answer', 'reset', NO_REFUND, { kind: 'unanswered' }],
    [
      'denied access',
      wyreFixture('error-401-sample.json', 401),
      NO_REFUND,
      { kind: 'unanswered', message: expect.stringContaining('WYRE_API_KEY') as string },
    ],
  ])('%s', async (_, order, refund, expected) => {
    answerByRoute(order, refund);
    expect(await wyre.check?.(aCall())).toMatchObject(expected);
    expect(server.requests).toHaveLength(2);
  });

  test('both questions are asked at the same time', async () => {
    let arrived = 0;
    let release: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (release = resolve));
    server.answer(async ({ url }) => {
      arrived += 1;
      if (arrived === 2) release();
      await both;
      return url.endsWith('/refund') ? NO_REFUND : anOrder();
    });
    expect(await wyre.check?.(aCall())).toEqual({ kind: 'passed' });
  });

  test('a purchase older than 30 days is refused without a call', async () => {
    const purchasedAt = new Date(Date.now() - 30 * DAY_MS - 1_000).toISOString();
    expect(await wyre.check?.(aCall({ purchasedAt }))).toMatchObject({
      kind: 'refused',
      code: 'windowClosed',
    });
    expect(server.requests).toHaveLength(0);
    answerByRoute(anOrder(), NO_REFUND);
    const younger = new Date(Date.now() - 30 * DAY_MS + 60_000).toISOString();
    expect(await wyre.check?.(aCall({ purchasedAt: younger }))).toEqual({ kind: 'passed' });
  });
});

describe('the look-up', () => {
  const startedAfter = (milliseconds: number) => new Date(REFUNDED_AT + milliseconds).toISOString();

  test.each([
    ['within a minute before our start', 60_000, 'found'],
    ['more than a minute before our start', 60_001, 'conflict'],
  ])('a refund made %s', async (_, milliseconds, kind) => {
    server.answer(COMPLETED);
    expect(await wyre.lookUp(aCall({}, { since: startedAfter(milliseconds) }))).toMatchObject({ kind });
  });

  test('a refund dated in seconds is dated right', async () => {
    const seconds = { createdAt: REFUNDED_AT / 1000, finishedAt: REFUNDED_AT / 1000 + 1 };
    server.answer({
      status: 200,
      body: JSON.stringify({ ...(JSON.parse(COMPLETED.body) as object), ...seconds }),
    });
    expect(await wyre.lookUp(aCall({}, { since: startedAfter(0) }))).toMatchObject({ kind: 'found' });
  });

  test.each<[string, PlainAnswer, string]>([
    ['the order is visible', anOrder(), 'absent'],
    ['the order is not visible', NO_ORDER, 'unanswered'],
    ['another order is shown', anOrder({ id: 'WO_OTHER' }), 'unanswered'],
    ['the order cannot be read', { status: 500, body: '' }, 'unanswered'],
    ["the order's answer is lost", 'reset', 'unanswered'],
  ])('no refund, and %s', async (_, order, kind) => {
    answerByRoute(order, NO_REFUND);
    expect(await wyre.lookUp(aCall())).toMatchObject({ kind });
  });

  test('denied access names the key', async () => {
    server.answer(wyreFixture('synthetic-access-denied-401.json', 401));
    const answer = await wyre.lookUp(aCall());
    expect(answer).toMatchObject({
      kind: 'unanswered',
      message: expect.stringContaining('WYRE_API_KEY') as string,
    });
  });
});

describeTransport((settings: ProviderSettings) => createWyre({ apiKey: API_KEY, ...settings }), aCall());
