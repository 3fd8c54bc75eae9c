import type { WyreLeg } from '../../src/domain/request';
import type { Provider, ProviderCall, ProviderSettings } from '../../src/providers/provider';
import { startBudget } from '../../src/providers/time-budget';
import { createWyre } from '../../src/providers/wyre/client';
import {
  AMPLE_TIME,
  clocksNow,
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
    notBefore: '2021-01-26T18:00:00.000Z',
    now: clocksNow(),
    notOurs: [],
    budget: AMPLE_TIME,
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

/** The index's class names as kinds of our answers. */
const REFUND_KINDS: Record<string, string> = {
  refunded: 'done',
  declined: 'declined',
  'already-done': 'alreadyDone',
  ambiguous: 'ambiguous',
  pending: 'ambiguous',
  misconfigured: 'turnedAway',
  'not-sent-retryable': 'turnedAway',
};
/** What is more than the index tells: it calls a refusal by what it ends in once no refund is found. */
const MORE_EXACTLY: Record<string, string> = {
  'refund-response-sample.json': 'otherMovement',
  'synthetic-wrong-order.json': 'otherMovement',
  'synthetic-window-over-400.json': 'unlistedRefusal',
  'synthetic-not-found-404.json': 'unlistedRefusal',
  'synthetic-transient-500.json': 'transient',
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
    expect(answer.kind).toBe(MORE_EXACTLY[entry.file ?? ''] ?? REFUND_KINDS[entry.expect ?? '']);
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

  test('a look-up asks for the refund, then for the order, and says that it asks twice', async () => {
    let answered = 0;
    const answeredBefore: number[] = [];
    server.answer(async ({ url }) => {
      answeredBefore.push(answered);
      await new Promise((resolve) => setTimeout(resolve, 50));
      answered += 1;
      return url.endsWith('/refund') ? NO_REFUND : anOrder();
    });
    await wyre.lookUp(aCall());
    const headers = { authorization: `Bearer ${API_KEY}` };
    expect(server.requests).toMatchObject([
      { method: 'GET', url: `/api/v3/orders/${ORDER_ID}/refund`, headers, body: '' },
      { method: 'GET', url: `/api/v3/orders/${ORDER_ID}`, headers, body: '' },
    ]);
    expect(answeredBefore).toEqual([0, 1]);
    expect(wyre.requestsInSequence).toEqual({ movement: 1, question: 2 });
  });

  test('two slow requests fit into the time of a look-up that gives each its own', async () => {
    const slow = async (answer: PlainAnswer) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return answer;
    };
    server.answer(({ url }) => slow(url.endsWith('/refund') ? NO_REFUND : anOrder()));
    const provider = createWyre({
      apiKey: API_KEY,
      baseUrl: server.url,
      callTimeoutMs: 500,
      maxConcurrent: 1,
    });
    const budget = startBudget(500 * provider.requestsInSequence.question);
    expect(await provider.lookUp(aCall({}, { budget }))).toMatchObject({ kind: 'absent' });
    provider.close();
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

const thrown = (fields: object) =>
  JSON.stringify({
    language: 'en',
    exceptionId: 'X',
    errorCode: 'some.code',
    message: 'm',
    type: 'ValidationException',
    transient: false,
    ...fields,
  });
const recordWith = (fields: object) =>
  JSON.stringify({ ...(JSON.parse(COMPLETED.body) as object), ...fields });

describe('a refusal, by status and body', () => {
  const DENIED = thrown({ type: 'AccessDeniedException', errorCode: 'accessDenied.notOwner' });
  const PASSING = thrown({ type: 'UnknownException', transient: true });
  const GATEWAY = '{"type":"about:blank","title":"Forbidden","errorCode":"403","transient":true}';

  /** For each status: an empty body, a refusal, denied access, a passing failure, a record, a gateway's JSON. */
  test.each([
    [200, 'ambiguous', 'ambiguous', 'ambiguous', 'transient', 'done', 'ambiguous'],
    [201, 'ambiguous', 'ambiguous', 'ambiguous', 'transient', 'ambiguous', 'ambiguous'],
    [302, 'ambiguous', 'ambiguous', 'ambiguous', 'transient', 'ambiguous', 'ambiguous'],
    [400, 'ambiguous', 'unlistedRefusal', 'turnedAway', 'transient', 'ambiguous', 'ambiguous'],
    [401, 'turnedAway', 'ambiguous', 'turnedAway', 'transient', 'ambiguous', 'ambiguous'],
    [403, 'turnedAway', 'ambiguous', 'turnedAway', 'transient', 'ambiguous', 'ambiguous'],
    [404, 'turnedAway', 'unlistedRefusal', 'turnedAway', 'transient', 'ambiguous', 'ambiguous'],
    [405, 'turnedAway', 'ambiguous', 'turnedAway', 'transient', 'ambiguous', 'ambiguous'],
    [408, 'ambiguous', 'ambiguous', 'ambiguous', 'transient', 'ambiguous', 'ambiguous'],
    [409, 'ambiguous', 'unlistedRefusal', 'turnedAway', 'transient', 'ambiguous', 'ambiguous'],
    [415, 'turnedAway', 'ambiguous', 'turnedAway', 'transient', 'ambiguous', 'ambiguous'],
    [418, 'ambiguous', 'ambiguous', 'turnedAway', 'transient', 'ambiguous', 'ambiguous'],
    [422, 'ambiguous', 'unlistedRefusal', 'turnedAway', 'transient', 'ambiguous', 'ambiguous'],
    [429, 'turnedAway', 'turnedAway', 'turnedAway', 'transient', 'ambiguous', 'turnedAway'],
    [500, 'ambiguous', 'ambiguous', 'ambiguous', 'transient', 'ambiguous', 'ambiguous'],
    [503, 'ambiguous', 'ambiguous', 'ambiguous', 'transient', 'ambiguous', 'ambiguous'],
  ])('HTTP %i', async (status, ...expected) => {
    const kinds: string[] = [];
    for (const body of ['', thrown({}), DENIED, PASSING, COMPLETED.body, GATEWAY]) {
      server.answer({ status, body });
      kinds.push((await wyre.refund(aCall())).kind);
    }
    expect(kinds).toEqual(expected);
  });

  const declined = { kind: 'unlistedRefusal', code: 'declined' };
  const merchantBalance = { kind: 'declined', code: 'merchantBalance', lookUpFirst: true };
  test.each([
    ['an empty balance', { type: 'InsufficientFundsException' }, merchantBalance],
    ['an empty balance by its code', { errorCode: 'refund.insufficientFunds' }, merchantBalance],
    [
      'the window is over',
      { errorCode: 'refund.windowExpired' },
      {
        kind: 'unlistedRefusal',
        code: 'windowClosed',
        message: expect.stringContaining('refund.windowExpired') as string,
      },
    ],
    [
      'an empty balance, though access is denied',
      { type: 'AccessDeniedException', errorCode: 'refund.insufficientFunds' },
      merchantBalance,
    ],
    [
      'an empty balance that passes',
      { errorCode: 'refund.insufficientFunds', transient: true },
      { kind: 'transient' },
    ],
    [
      'refunded before, and an empty balance',
      { type: 'InsufficientFundsException', message: 'Already refunded' },
      { kind: 'alreadyDone' },
    ],
    ['refunded before, told by the text', { message: 'Already refunded' }, { kind: 'alreadyDone' }],
    ['refunded before, told by the code', { errorCode: 'refund.duplicate' }, { kind: 'alreadyDone' }],
    ['refunded before, told in Turkish', { message: 'Mükerrer işlem' }, declined],
    [
      'customer support',
      { type: 'CustomerSupportException' },
      { ...declined, message: 'Wyre refused this refund: some.code.' },
    ],
    ['a transfer', { type: 'TransferException', errorCode: 'call +905551234567' }, declined],
    ['an unknown order', { type: 'NotFoundException' }, declined],
    ['an unknown type', { type: 'OddException' }, declined],
    ['no code', { errorCode: null }, { ...declined, message: 'Wyre refused this refund: (code not shown).' }],
    ['a second factor', { type: 'MFARequiredException' }, { kind: 'turnedAway' }],
    ['a limit', { type: 'RateLimitException' }, { kind: 'turnedAway' }],
    ['a failure that Wyre does not know either', { type: 'UnknownException' }, { kind: 'ambiguous' }],
    ['a passing failure as text', { transient: 'true' }, declined],
    [
      'a passing failure that is a refund too',
      { ...JSON.parse(COMPLETED.body), transient: true },
      { kind: 'ambiguous' },
    ],
    ['a type that is a name of the language', { type: 'constructor' }, { kind: 'ambiguous' }],
    ['a failure without an id', { exceptionId: undefined, transient: true }, { kind: 'ambiguous' }],
  ])('%s (HTTP 400)', async (_, fields: object, expected) => {
    server.answer({ status: 400, body: thrown(fields) });
    const answer = await wyre.refund(aCall());
    expect(answer).toMatchObject(expected);
    expectHidden(answer, ['+905551234567', 'Mükerrer', ORDER_ID]);
  });

  test.each(['AccessDeniedException', 'MFARequiredException', 'RateLimitException', 'UnknownException'])(
    'a repeat is one under any 4xx, though Wyre calls it %s',
    async (type) => {
      for (const status of [400, 401, 403, 404, 405, 409, 415, 418, 422, 429]) {
        for (const fields of [{ errorCode: 'refund.alreadyRefunded' }, { message: 'Duplicate refund' }]) {
          server.answer({ status, body: thrown({ type, ...fields }) });
          expect([status, await wyre.refund(aCall())]).toMatchObject([status, { kind: 'alreadyDone' }]);
        }
      }
    },
  );

  test.each([
    ['a failing server', 503, ''],
    ['a server that gave up waiting', 408, ''],
    ['a gateway', 403, '<html>'],
    ['a body that proves nothing', 200, '{}'],
    ['a record that has not ended', 200, recordWith({ finishedAt: null })],
  ])('a doubt about %s carries how long to wait', async (_, status, body) => {
    server.answer({ status, body, headers: { 'Retry-After': '3' } });
    expect(await wyre.refund(aCall())).toMatchObject({ kind: 'ambiguous', retryAfterMs: 3_000 });
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

  test.each(HOSTILE_BODIES.slice(1))('%s proves nothing under whatever status', async (_, body) => {
    for (const status of [200, 400, 401, 403, 404, 405, 409, 415, 422]) {
      server.answer({ status, body });
      expect(await wyre.refund(aCall())).toMatchObject({ kind: 'ambiguous' });
      expect(await wyre.lookUp(aCall())).toMatchObject({ kind: 'unanswered' });
      expect(await wyre.check(aCall())).toMatchObject({ kind: 'unanswered' });
    }
  });
});

const times = (at: number) => ({ createdAt: at, finishedAt: at });
/** So many milliseconds after the refund of the fixtures. */
const since = (milliseconds: number) => new Date(REFUNDED_AT + milliseconds).toISOString();

describe('what the answer to the refund confirms', () => {
  const otherOrder = { walletOrderId: 'WO_OTHER' };
  const otherMovement = { kind: 'otherMovement', code: 'ambiguous' };
  const done = { kind: 'done', providerReference: ORDER_ID };

  test.each<[string, object, object]>([
    ['the refund', {}, done],
    ['it without the reason of a failure', { failedReason: undefined }, done],
    ['it in seconds', { createdAt: REFUNDED_AT / 1000, finishedAt: REFUNDED_AT / 1000 + 1 }, done],
    ['a failure, which is final', { status: 'FAILED' }, { kind: 'declined', code: 'declined' }],
    ['an end before its beginning', { finishedAt: REFUNDED_AT - 1 }, { kind: 'ambiguous' }],
    ['a result of failure', { result: 'declined' }, { kind: 'ambiguous' }],
    ['it in microseconds', times(REFUNDED_AT * 1000), { kind: 'ambiguous' }],
    ['it in the future', times(Date.now() + 2 * DAY_MS), { kind: 'ambiguous' }],
    ['it before there was a Wyre', times(86_400), { kind: 'ambiguous' }],
    ['times as text', { createdAt: '1', finishedAt: '2' }, { kind: 'ambiguous' }],
    ['an unknown status', { status: 'DONE' }, { kind: 'ambiguous' }],
    ['an exception beside it', JSON.parse(thrown({})) as object, { kind: 'ambiguous' }],
    ['another order', otherOrder, otherMovement],
    ['another order, begun', { ...otherOrder, status: 'CREATED', finishedAt: null }, otherMovement],
    ['another order, without times', { ...otherOrder, createdAt: undefined }, otherMovement],
    ['another order that failed', { ...otherOrder, status: 'FAILED' }, { kind: 'ambiguous' }],
  ])('%s', async (_, fields, expected) => {
    server.answer({ status: 200, body: recordWith(fields) });
    expect(await wyre.refund(aCall())).toMatchObject(expected);
  });

  const older = { kind: 'otherMovement', code: 'alreadyDone' };
  test.each<[string, object, Partial<ProviderCall>, object]>([
    ['as old as the request', {}, { notBefore: since(0) }, done],
    ['older than the request', {}, { notBefore: since(1) }, older],
    ['older, and begun', { status: 'CREATED' }, { notBefore: since(1) }, older],
    ['older, and failed', { status: 'FAILED' }, { notBefore: since(1) }, { kind: 'declined' }],
    ['compared with nothing', {}, { notBefore: '' }, done],
    ['that a person called not ours', {}, { notOurs: [ORDER_ID] }, older],
  ])('a refund %s', async (_, fields, call, expected) => {
    server.answer({ status: 200, body: recordWith(fields) });
    expect(await wyre.refund(aCall({}, call))).toMatchObject(expected);
  });

  test('times written with an exponent are the same times', async () => {
    const body = COMPLETED.body.replace(String(REFUNDED_AT), '1.61168541E+12');
    server.answer({ status: 200, body });
    expect(await wyre.refund(aCall())).toEqual(done);
  });
});

/** Answers by route, as the two questions of preflight come in any order. */
function answerByRoute(order: PlainAnswer, refund: PlainAnswer): void {
  server.answer(({ url }) => (url.endsWith('/refund') ? refund : order));
}

describe('preflight', () => {
  const record = (status: string) => wyreFixture(`synthetic-lookup-${status}.json`);
  const daysAgo = (days: number) => Date.now() - days * DAY_MS;
  const passed = { kind: 'passed' };
  const declined = { kind: 'refused', code: 'declined' };
  const mismatch = { kind: 'refused', code: 'amountMismatch' };
  const windowClosed = { kind: 'refused', code: 'windowClosed' };
  const alreadyDone = { kind: 'refused', code: 'alreadyDone' };
  const unanswered = { kind: 'unanswered' };
  const namesKey = { ...unanswered, message: expect.stringContaining('WYRE_API_KEY') as string };
  const exactly = (digits: string): PlainAnswer => {
    const { status, body } = anOrder({ sourceAmount: '§' });
    return { status, body: body.replace('"§"', digits) };
  };

  test.each<[string, PlainAnswer, PlainAnswer, object]>([
    ['an order without a refund', anOrder(), NO_REFUND, passed],
    ['an order without a currency', anOrder({ sourceCurrency: undefined }), NO_REFUND, passed],
    ['an order without a status', anOrder({ status: null }), NO_REFUND, passed],
    ['an order completed in other letters', anOrder({ status: 'Completed' }), NO_REFUND, passed],
    ['no refund by the legacy status', anOrder(), { ...NO_REFUND, status: 400 }, passed],
    ['an amount with an exponent', exactly('2.55E+1'), NO_REFUND, passed],
    ['an amount with more zeros', exactly('25.5000'), NO_REFUND, passed],
    ['an amount that is more by a hair', exactly('25.500000000000000001'), NO_REFUND, mismatch],
    ['an unknown order', NO_ORDER, NO_ORDER, declined],
    ['another amount', anOrder({ sourceAmount: 25.51 }), NO_REFUND, mismatch],
    ['another currency', anOrder({ sourceCurrency: 'EUR' }), NO_REFUND, mismatch],
    ['an order that failed', anOrder({ status: 'FAILED' }), NO_REFUND, declined],
    ['an order under way', anOrder({ status: 'PROCESSING' }), NO_REFUND, declined],
    ['an order of 29 days', anOrder({ createdAt: daysAgo(29) }), NO_REFUND, passed],
    ['an order of 40 days', anOrder({ createdAt: daysAgo(40) }), NO_REFUND, windowClosed],
    [
      'an order of 40 days in seconds',
      anOrder({ createdAt: Math.floor(daysAgo(40) / 1000) }),
      NO_REFUND,
      windowClosed,
    ],
    [
      'an order of 40 days as text',
      anOrder({ createdAt: new Date(daysAgo(40)).toISOString() }),
      NO_REFUND,
      windowClosed,
    ],
    ['an order from the future', anOrder({ createdAt: daysAgo(-2) }), NO_REFUND, passed],
    ['an order in microseconds', anOrder({ createdAt: daysAgo(40) * 1000 }), NO_REFUND, passed],
    ['an order whose date cannot be read', anOrder({ createdAt: 'yesterday' }), NO_REFUND, passed],
    ['an order whose date is no date', anOrder({ createdAt: {} }), NO_REFUND, passed],
    [
      'an order of 40 days that failed',
      anOrder({ status: 'FAILED', createdAt: daysAgo(40) }),
      NO_REFUND,
      declined,
    ],
    ['a completed refund', anOrder(), record('found'), alreadyDone],
    ['a refund under way', anOrder(), record('pending'), alreadyDone],
    ['a failed refund', anOrder(), record('failed'), declined],
    ['a completed refund of an order we cannot see', { status: 500, body: '' }, record('found'), alreadyDone],
    ['another order', anOrder({ id: 'WO_OTHER' }), NO_REFUND, unanswered],
    ['an amount as text', anOrder({ sourceAmount: '25.50' }), NO_REFUND, unanswered],
    ['no amount', anOrder({ sourceAmount: undefined }), NO_REFUND, unanswered],
    ['an order seen and unknown at once', anOrder(), NO_ORDER, unanswered],
    ['a gateway that finds nothing', anOrder(), { status: 404, body: '<html>' }, unanswered],
    ['a lost refund answer', anOrder(), 'reset', unanswered],
    ['a lost order answer', 'reset', NO_REFUND, unanswered],
    ['denied access', wyreFixture('error-401-sample.json', 401), NO_REFUND, namesKey],
    ['access denied to the refund alone', anOrder(), { status: 403, body: '' }, namesKey],
  ])('%s', async (_, order, refund, expected) => {
    answerByRoute(order, refund);
    expect(await wyre.check(aCall())).toMatchObject(expected);
    expect(server.requests).toHaveLength(2);
  });

  test('it is asked again no sooner than both answers want', async () => {
    const busy = (seconds: string) => ({ status: 429, body: '', headers: { 'Retry-After': seconds } });
    answerByRoute(busy('70'), busy('9'));
    expect(await wyre.check(aCall())).toMatchObject({ kind: 'unanswered', retryAfterMs: 70_000 });
    answerByRoute(anOrder(), busy('9'));
    expect(await wyre.check(aCall())).toMatchObject({ kind: 'unanswered', retryAfterMs: 9_000 });
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
    expect(await wyre.check(aCall())).toEqual(passed);
  });

  test('a purchase older than 30 days is refused without a call', async () => {
    const purchasedAt = new Date(daysAgo(30) - 1_000).toISOString();
    expect(await wyre.check(aCall({ purchasedAt }))).toMatchObject(windowClosed);
    expect(server.requests).toHaveLength(0);
    answerByRoute(anOrder(), NO_REFUND);
    const younger = new Date(daysAgo(30) + 60_000).toISOString();
    expect(await wyre.check(aCall({ purchasedAt: younger }))).toEqual(passed);
  });
});

describe('the look-up', () => {
  test.each([
    ['COMPLETED', 0, 'found'],
    ['COMPLETED', 1, 'conflict'],
    ['CREATED', 0, 'pending'],
    ['CREATED', 1, 'conflict'],
    ['FAILED', 0, 'declined'],
    ['FAILED', 1, 'conflict'],
  ])('a refund that is %s and %i ms older than ours can be', async (status, milliseconds, kind) => {
    server.answer({ status: 200, body: recordWith({ status }) });
    const answer = await wyre.lookUp(aCall({}, { notBefore: since(milliseconds) }));
    expect(answer).toMatchObject({ kind });
    expectHidden(answer, ['AC_8VF3YWMBZ8X', ORDER_ID]);
    expect(server.requests).toHaveLength(1);
  });

  test('a refund dated in seconds is dated right', async () => {
    const seconds = { createdAt: REFUNDED_AT / 1000, finishedAt: REFUNDED_AT / 1000 + 1 };
    server.answer({ status: 200, body: recordWith(seconds) });
    expect(await wyre.lookUp(aCall({}, { notBefore: since(0) }))).toMatchObject({ kind: 'found' });
    expect(await wyre.lookUp(aCall({}, { notBefore: since(1) }))).toMatchObject({ kind: 'conflict' });
  });

  test.each<[string, PlainAnswer, string]>([
    ['the order is visible', anOrder(), 'absent'],
    ['the order is visible without a status', anOrder({ status: undefined }), 'absent'],
    ['the order is refunded', anOrder({ status: 'REFUNDED' }), 'unreadable'],
    ['the order is not visible', NO_ORDER, 'unanswered'],
    ['another order is shown', anOrder({ id: 'WO_OTHER' }), 'unanswered'],
    ['the order cannot be read', { status: 500, body: '' }, 'unanswered'],
    ["the order's answer is lost", 'reset', 'unanswered'],
  ])('no refund, and %s', async (_, order, kind) => {
    answerByRoute(order, NO_REFUND);
    expect(await wyre.lookUp(aCall())).toMatchObject({ kind });
  });

  test.each<[string, PlainAnswer]>([
    ['a gateway that finds nothing', { status: 404, body: '<html>' }],
    ['an empty 404', { status: 404, body: '' }],
    ["a gateway's own JSON", { status: 404, body: '{"type":"NotFoundException"}' }],
  ])('%s proves no absence, though the order is visible', async (_, refund) => {
    answerByRoute(anOrder(), refund);
    expect(await wyre.lookUp(aCall())).toMatchObject({ kind: 'unanswered' });
  });

  test.each<[string, PlainAnswer]>([
    ['in microseconds', { status: 200, body: recordWith(times(REFUNDED_AT * 1000)) }],
    ['from the future', { status: 200, body: recordWith(times(Date.now() + 2 * DAY_MS)) }],
    ['with a result of failure', { status: 200, body: recordWith({ result: 'failed' }) }],
    ['of another order', { status: 200, body: recordWith({ walletOrderId: 'WO_OTHER' }) }],
    ['in an undocumented state', { status: 200, body: recordWith({ status: 'PROCESSING' }) }],
    ['that is complete and has not ended', { status: 200, body: recordWith({ finishedAt: null }) }],
    ['under a status of failure', { status: 404, body: COMPLETED.body }],
  ])('a record %s may be ours, and preflight takes it for another’s', async (_, refund) => {
    answerByRoute(anOrder(), refund);
    expect(await wyre.lookUp(aCall())).toMatchObject({ kind: 'unreadable' });
    expect(await wyre.check(aCall())).toMatchObject({ kind: 'refused', code: 'alreadyDone' });
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
