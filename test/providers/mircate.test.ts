import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MircateLeg } from '../../src/domain/request';
import { createMircate, type MircateSettings } from '../../src/providers/mircate/client';
import { parseJson, writeJson } from '../../src/providers/json';
import type { ProviderCall } from '../../src/providers/provider';
import { startBudget } from '../../src/providers/time-budget';
import { clocksNow } from '../support/adapter-cases';
import { startAnsweringServer, type AnsweringServer } from '../support/answering-server';

interface Entry {
  file: string | null;
  rawBody?: string;
  kind: string;
  httpStatus?: number;
  expect?: string;
}

const FIXTURES = join(__dirname, '../fixtures/mircate');
const { entries } = JSON.parse(fixture('index.json')) as { entries: Entry[] };
const API_KEY = 'key-5520';
const KEY = 'rf-1001:loyalty:undo';
const BY_WALLET: MircateLeg = {
  provider: 'mircate',
  transactionId: 'trx-spend-0001',
  points: 200,
  walletId: 'wallet-0001',
  walletCurrency: 'POINT',
};
const BY_ACCOUNT: MircateLeg = {
  provider: 'mircate',
  transactionId: 'trx-spend-0001',
  points: 200,
  accountNumber: 'acc-0001',
};
const SECRETS = [API_KEY, 'wallet-0001', 'acc-0001', 'trx-spend', 'Wallet is locked', 'exceeds', 'balance'];

/** The index's classes as our kinds; a look-up of this provider is evidence only, so that "refunded" is a candidate. */
const MOVEMENT_KINDS: Record<string, string> = {
  refunded: 'done',
  'refused, not listed': 'unlistedRefusal',
  'something else moved': 'otherMovement',
  'already-done': 'alreadyDone',
  'not-sent-retryable': 'turnedAway',
  ambiguous: 'ambiguous',
  misconfigured: 'turnedAway',
};
const LOOK_UP_KINDS: Record<string, string> = {
  refunded: 'candidate',
  'absent-weak': 'absent',
  operator: 'candidate',
  // The server repeats its first page for ever, which is no second page.
  'continue-paging': 'unanswered',
};

/** The index tells how a leg ends; these are the steps to it that an answer alone cannot tell. No refusal is listed. */
const STEPS: Record<string, string> = {
  'refund-response-sample.json': 'something else moved',
  'synthetic-wrong-reference.json': 'something else moved',
  'synthetic-wrong-amount.json': 'something else moved',
  'synthetic-declined-400.json': 'refused, not listed',
  'synthetic-not-found-404.json': 'refused, not listed',
  'synthetic-spend-insufficient-400.json': 'refused, not listed',
};

let server: AnsweringServer;
const closing: (() => void)[] = [];

beforeEach(async () => {
  server = await startAnsweringServer();
});
afterEach(async () => {
  closing.splice(0).forEach((close) => close());
  await server.close();
});

function fixture(file: string): string {
  return readFileSync(join(FIXTURES, file), 'utf8');
}

function adapter(settings: Partial<MircateSettings> = {}) {
  const provider = createMircate({
    baseUrl: `${server.url}/5p1hp1d2t/`,
    callTimeoutMs: 5000,
    maxConcurrent: 5,
    apiKey: API_KEY,
    projectId: 'project-1',
    accountId: 'account-2',
    channel: 'refunds',
    ...settings,
  });
  closing.push(() => provider.close());
  return provider;
}

function callOf(changes: Partial<ProviderCall<MircateLeg>> = {}): ProviderCall<MircateLeg> {
  return {
    leg: BY_WALLET,
    currency: 'TRY',
    exponent: 2,
    key: KEY,
    since: '2026-01-15T09:59:30Z',
    notBefore: '2026-01-15T09:58:30Z',
    now: clocksNow(),
    notOurs: [],
    budget: startBudget(10_000),
    ...changes,
  };
}

function answer(body: string, status = 200, headers: Record<string, string> = {}) {
  server.answer({ status, body, headers });
}

function named(entry: Entry): [string, Entry] {
  return [entry.file ?? `body ${JSON.stringify(entry.rawBody)} HTTP ${entry.httpStatus}`, entry];
}

function sentBodies(): unknown[] {
  return server.requests.map(({ body }) => JSON.parse(body) as unknown);
}

const ROW = {
  transactionId: 'trx-refund-0001',
  type: 'REFUNDED',
  amount: 200,
  description: '',
  channel: 'WEB',
  createdAt: '2026-01-15T10:00:00.000Z',
};
const SPENT = { ...ROW, transactionId: 'trx-spend-0002', type: 'SPENT', description: KEY };

function page(rows: object[], changes: Record<string, unknown> = {}): string {
  const size = rows.length;
  return JSON.stringify({ transactions: rows, from: 0, pageSize: 50, total: size, size, ...changes });
}

/** Answers as a list of these rows would, at most `most` of them at a time. */
function list(rows: object[], most = 50) {
  server.answer(({ body }) => {
    const { from } = JSON.parse(body) as { from: number };
    return { status: 200, body: page(rows.slice(from, from + most), { from, total: rows.length }) };
  });
}

/** Old rows of another amount than ours, each under its own id. */
function others(count: number): object[] {
  const createdAt = '2026-01-01T10:00:00Z';
  return Array.from({ length: count }, (_, index) => ({
    ...ROW,
    transactionId: `trx-${index}`,
    amount: 10,
    createdAt,
  }));
}

describe('documented answers', () => {
  const expecting = entries.filter((entry) => entry.expect !== undefined);

  test.each(expecting.filter(({ kind }) => kind === 'refund-response').map(named))(
    'refund: %s',
    async (_, entry) => {
      answer(entry.rawBody ?? fixture(entry.file ?? ''), entry.httpStatus);
      const result = await adapter().refund(callOf());
      expect(result.kind).toBe(MOVEMENT_KINDS[STEPS[entry.file ?? ''] ?? entry.expect ?? '']);
      if (result.kind === 'done') expect(result.providerReference).toBe('trx-refund-0001');
      for (const secret of SECRETS) expect(JSON.stringify(result)).not.toContain(secret);
    },
  );

  test.each(expecting.filter(({ kind }) => kind === 'reverse-response').map(named))(
    'reversal: %s',
    async (_, entry) => {
      answer(fixture(entry.file ?? ''), entry.httpStatus);
      const result = await adapter().reverse?.(callOf());
      expect(result?.kind).toBe(MOVEMENT_KINDS[STEPS[entry.file ?? ''] ?? entry.expect ?? '']);
      for (const secret of SECRETS) expect(JSON.stringify(result)).not.toContain(secret);
    },
  );

  test.each(expecting.filter(({ kind }) => kind === 'lookup-response').map(named))(
    'look-up: %s',
    async (_, entry) => {
      answer(fixture(entry.file ?? ''), entry.httpStatus);
      // What is absent is so beside the spend that was refunded.
      if (entry.expect === 'absent-weak') answer(page([SPENT]));
      const result = await adapter().lookUp(callOf());
      expect(result.kind).toBe(LOOK_UP_KINDS[entry.expect ?? '']);
      for (const secret of SECRETS) expect(JSON.stringify(result)).not.toContain(secret);
    },
  );

  test('every entry of the index is used', () => {
    const bare = entries.filter((entry) => entry.expect === undefined).map(({ file }) => file);
    expect(bare.sort()).toEqual([
      'lookup-request-sample.json',
      'lookup-response-sample.json',
      'refund-request-sample.json',
      'spend-request-sample.json',
      'spend-response-sample.json',
      'synthetic-lookup-request.json',
      'synthetic-refund-request-by-account-number.json',
      'synthetic-refund-request-danger-no-amount.json',
      'synthetic-refund-request-partial.json',
    ]);
    const kinds = new Set(expecting.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['lookup-response', 'refund-response', 'reverse-response']);
  });

  test('placeholders name another spend, and prove no list', async () => {
    answer(fixture('spend-response-sample.json'));
    answer(fixture('lookup-response-sample.json'));
    const provider = adapter();
    expect((await provider.reverse?.(callOf()))?.kind).toBe('otherMovement');
    expect((await provider.lookUp(callOf())).kind).toBe('unanswered');
  });
});

describe('requests', () => {
  const HEADERS = { 'x-api-key': API_KEY, 'content-type': 'application/json' };
  const compact = (file: string) => writeJson(parseJson(fixture(file)));
  const fieldsOf = (file: string) => Object.keys(parseJson(fixture(file)) as object);

  test.each<[string, MircateLeg]>([
    ['synthetic-refund-request-partial.json', BY_WALLET],
    ['synthetic-refund-request-by-account-number.json', BY_ACCOUNT],
  ])('%s', async (file, leg) => {
    answer(fixture('synthetic-success-partial.json'));
    expect((await adapter().refund(callOf({ leg }))).kind).toBe('done');
    const url = '/5p1hp1d2t/CALL/WalletAPI/refund/project-1-account-2';
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: 'POST', url, headers: HEADERS });
    expect(server.requests[0]?.body).toBe(compact(file));
    expect(server.requests[0]?.body).not.toBe(compact('synthetic-refund-request-danger-no-amount.json'));
    expect(fieldsOf('refund-request-sample.json')).toEqual(expect.arrayContaining(fieldsOf(file)));
  });

  test.each([0, -1, 1.5, NaN, 2 ** 53, undefined])('points of %p are never sent', async (points) => {
    const call = callOf({ leg: { ...BY_WALLET, points: points as number } });
    expect(await adapter().refund(call)).toMatchObject({ kind: 'notSent' });
    expect(await adapter().reverse?.(call)).toMatchObject({ kind: 'notSent' });
    expect(server.requests).toHaveLength(0);
  });

  test('a large amount goes out in digits', async () => {
    answer('', 500);
    await adapter().refund(callOf({ leg: { ...BY_WALLET, points: 10 ** 12 } }));
    expect(server.requests[0]?.body).toContain('{"amount":1000000000000,');
  });

  test('a look-up', async () => {
    answer(fixture('synthetic-lookup-absent.json'));
    const provider = adapter();
    await provider.lookUp(callOf());
    const url = '/5p1hp1d2t/CALL/WalletAPI/listTransactions/project-1';
    const asked = { method: 'POST', url, headers: HEADERS };
    expect(server.requests).toMatchObject([asked, asked]);
    expect(server.requests[0]?.body).toBe(compact('synthetic-lookup-request.json'));
    expect(fieldsOf('lookup-request-sample.json')).toEqual(
      expect.arrayContaining(fieldsOf('synthetic-lookup-request.json')),
    );
    await provider.lookUpReversal?.(callOf({ leg: BY_ACCOUNT }));
    expect(sentBodies()[2]).toEqual({
      from: 0,
      pageSize: 50,
      filters: [{ type: 'SPENT' }],
      accountNumber: 'acc-0001',
    });
  });

  test.each<[MircateLeg, object]>([
    [BY_WALLET, { walletId: 'wallet-0001', currency: 'POINT' }],
    [BY_ACCOUNT, { accountNumber: 'acc-0001' }],
  ])('a reversal spends under our key, %#', async (leg, address) => {
    answer(page([]));
    await adapter().reverse?.(callOf({ leg }));
    const url = '/5p1hp1d2t/CALL/WalletAPI/spend/project-1-account-2';
    expect(server.requests).toMatchObject([{ method: 'POST', url, headers: HEADERS }]);
    const body = sentBodies()[0] as object;
    expect(body).toEqual({ amount: 200, description: KEY, channel: 'refunds', referenceId: KEY, ...address });
    expect(fieldsOf('spend-request-sample.json')).toEqual(expect.arrayContaining(Object.keys(body)));
  });

  test('what it can do', () => {
    expect(adapter()).toMatchObject({
      name: 'mircate',
      lookUpKind: 'evidence',
      requestsInSequence: { movement: 1, question: 3 },
    });
  });
});

describe('answers beyond the documented ones', () => {
  /** The documented success with fields of its transaction or beside it replaced. */
  function success(transaction: Record<string, unknown>, beside: Record<string, unknown> = {}): string {
    const body = JSON.parse(fixture('synthetic-success-partial.json')) as { transaction: object };
    return JSON.stringify({ ...body, transaction: { ...body.transaction, ...transaction }, ...beside });
  }

  const BODIES: Record<string, string> = {
    empty: '',
    HTML: '<html></html>',
    'its own message': '{"message":"No"}',
    'another JSON': '{"message":"No","requestId":"1"}',
    'no object': '["no"]',
    'the word already': '{"message":"Already refunded"}',
  };
  const CLASSES: [number, Record<string, string>][] = [
    [200, {}],
    [204, {}],
    ...[400, 409, 422].map((status): [number, Record<string, string>] => [
      status,
      {
        'its own message': 'unlistedRefusal',
        'another JSON': 'unlistedRefusal',
        'the word already': 'alreadyDone',
      },
    ]),
    [401, { empty: 'turnedAway' }],
    [403, { empty: 'turnedAway', 'its own message': 'turnedAway', 'the word already': 'alreadyDone' }],
    [404, { empty: 'turnedAway', 'its own message': 'unlistedRefusal', 'the word already': 'alreadyDone' }],
    [405, { empty: 'turnedAway' }],
    [415, { empty: 'turnedAway' }],
    [402, {}],
    [429, Object.fromEntries(Object.keys(BODIES).map((body) => [body, 'turnedAway']))],
    ...[307, 408, 500, 503].map((status): [number, Record<string, string>] => [status, {}]),
  ];

  describe.each(CLASSES)('HTTP %i', (status, classes) => {
    test.each(Object.entries(BODIES))('with the body %s', async (name, body) => {
      answer(body, status);
      const provider = adapter();
      expect((await provider.refund(callOf())).kind).toBe(classes[name] ?? 'ambiguous');
      expect((await provider.reverse?.(callOf()))?.kind).toBe(classes[name] ?? 'ambiguous');
    });
  });

  test.each<[string, number, string, string]>([
    ['success without a type', 200, success({ type: undefined }), 'done'],
    ['success of type REFUND', 200, success({ type: 'REFUND' }), 'done'],
    ['success of type refunded', 200, success({ type: 'refunded' }), 'done'],
    ['no type but null', 200, success({ type: null }), 'done'],
    ['a message of success', 200, success({}, { message: 'Success' }), 'done'],
    ['a message in another language', 200, success({}, { message: 'İşlem başarılı' }), 'done'],
    ['success beside blank errors', 200, success({}, { errors: [], message: '', error: null }), 'done'],
    ['a negative amount', 200, success({ amount: -200 }), 'done'],
    ['an amount with an exponent', 200, success({}).replace('"amount":200', '"amount":2E+2'), 'done'],
    ['an amount with decimals', 200, success({}).replace('"amount":200', '"amount":200.0'), 'done'],
    ['a fraction', 200, success({ amount: 200.5 }), 'otherMovement'],
    ['endless points', 200, success({}).replace(':200', ':1e999999999'), 'otherMovement'],
    ['another amount', 200, success({ amount: 400 }), 'otherMovement'],
    ['another negative amount', 200, success({ amount: -400 }), 'otherMovement'],
    ['another type', 200, success({ type: 'SPENT' }), 'otherMovement'],
    ['another amount as 201', 201, success({ amount: 400 }), 'otherMovement'],
    ['another amount and no id', 200, success({ amount: 400, transactionId: '' }), 'otherMovement'],
    ['success beside an error', 200, success({}, { errorCode: 'LOCKED' }), 'ambiguous'],
    ['success beside errors', 200, success({}, { errors: [{ code: 1 }] }), 'ambiguous'],
    ['an error in the transaction', 200, success({ failReason: 'locked' }), 'ambiguous'],
    ['another amount beside an error', 200, success({ amount: 400 }, { error: 'LOCKED' }), 'ambiguous'],
    ['a type that is no text', 200, success({ type: 1 }), 'ambiguous'],
    ['no id', 200, success({ transactionId: '' }), 'ambiguous'],
    ['a blank id', 200, success({ transactionId: ' ' }), 'ambiguous'],
    ['the id of the spend itself', 200, success({ transactionId: 'trx-spend-0001' }), 'otherMovement'],
    ['a code of no error', 200, success({}, { errorCode: 0, error_code: '0', errors: '' }), 'done'],
    ['a code of no error in decimals', 200, success({}).replace('{', '{"errorCode":0.0,'), 'done'],
    ['a state of success', 200, success({ status: 'COMPLETED' }, { success: true }), 'done'],
    ['a state in digits', 200, success({}, { status: 5, state: null }), 'done'],
    ['no success', 200, success({}, { success: false }), 'ambiguous'],
    ['no success in the transaction', 200, success({ isSuccessful: false }), 'ambiguous'],
    ...['failed', 'Rejected', 'DECLINED', 'cancelled', 'Canceled', 'error', 'reversed', 'denied', 'void'].map(
      (state): [string, number, string, string] => [
        `a state of ${state}`,
        200,
        success({}, { state }),
        'ambiguous',
      ],
    ),
    ['a result in the transaction', 200, success({ resultText: 'Rejected' }), 'ambiguous'],
    ['type REFUND_REJECTED', 200, success({ type: 'REFUND_REJECTED' }), 'ambiguous'],
    ['success as 201', 201, success({}), 'ambiguous'],
    ['success under a refusing status', 400, success({}), 'ambiguous'],
    ['success at a closed door', 403, success({}), 'ambiguous'],
    ['done before, by its code', 409, '{"code":"ALREADY_REFUNDED"}', 'alreadyDone'],
    ['null', 200, 'null', 'ambiguous'],
    ['an array', 200, `[${success({})}]`, 'ambiguous'],
    ['a transaction in an array', 200, '{"transaction":[]}', 'ambiguous'],
    ['deep nesting', 400, '['.repeat(100_000), 'ambiguous'],
    ['very many words', 400, JSON.stringify(Array<string>(150_000).fill('no')), 'ambiguous'],
  ])('refund: %s (HTTP %i)', async (_, status, body, kind) => {
    answer(body, status);
    expect((await adapter().refund(callOf())).kind).toBe(kind);
  });

  const spend = (changes: object, beside: object = {}) =>
    JSON.stringify({ transaction: { ...SPENT, ...changes }, ...beside });

  test.each<[string, string, string]>([
    ['a spend under our key', spend({}, { balance: 1000 }), 'done'],
    ['the least a spend can tell', '{"transaction":{"transactionId":"trx-2","amount":200}}', 'done'],
    ['a negative amount', spend({ amount: -200 }), 'done'],
    ['type SPEND', spend({ type: 'Spend' }), 'done'],
    ['a message of success', spend({}, { message: 'Success' }), 'done'],
    ['another text', spend({ description: 'other' }), 'otherMovement'],
    ['another amount', spend({ amount: -400 }), 'otherMovement'],
    ['another type', spend({ type: 'REFUNDED' }), 'otherMovement'],
    ['the spend before the refund', spend({ transactionId: 'trx-spend-0001' }), 'otherMovement'],
    ['a rejected spend', spend({ status: 'REJECTED' }), 'ambiguous'],
    ['a failure beside it', spend({}, { message: 'Failed' }), 'ambiguous'],
  ])('reversal: %s', async (_, body, kind) => {
    answer(body);
    expect((await adapter().reverse?.(callOf()))?.kind).toBe(kind);
  });

  test.each<[string, Partial<ProviderCall<MircateLeg>>]>([
    ['that preflight remembers', { baseline: { kind: 'rows', ids: ['trx-refund-0001'] } }],
    ['that is the control', { baseline: { kind: 'rows', ids: [], control: 'trx-refund-0001' } }],
    ['that a person disowned', { notOurs: ['trx-refund-0001'] }],
    ['of the original', { leg: { ...BY_WALLET, transactionId: 'trx-refund-0001' } }],
  ])('a success under the id of a row %s is no refund of ours', async (_, changes) => {
    const message = 'The provider confirmed a refund under the id of a transaction that was there before.';
    for (const body of [success({}), success({ refundedTransactionId: undefined, amount: undefined })]) {
      answer(body);
      const result = await adapter().refund(callOf(changes));
      expect(result).toEqual({ kind: 'otherMovement', code: 'alreadyDone', message });
    }
  });

  test('what to mend is named, and the pause that was asked for is kept', async () => {
    answer(fixture('synthetic-forbidden-403.json'), 403);
    answer('', 405);
    answer(fixture('synthetic-rate-limited-429.json'), 429, { 'Retry-After': '7' });
    const provider = adapter();
    const message = 'The provider refused our key (HTTP 403): check MIRCATE_API_KEY.';
    expect(await provider.refund(callOf())).toEqual({ kind: 'turnedAway', message });
    expect(await provider.refund(callOf())).toEqual({
      kind: 'turnedAway',
      message:
        'The provider knows no such call (HTTP 405): check MIRCATE_BASE_URL, MIRCATE_PROJECT_ID and MIRCATE_ACCOUNT_ID.',
    });
    expect(await provider.refund(callOf())).toMatchObject({ kind: 'turnedAway', retryAfterMs: 7000 });
  });
});

describe('look-ups', () => {
  test('a refusal tells its status and none of its text', async () => {
    answer('{"message":"Wallet is locked"}', 409);
    expect(await adapter().refund(callOf())).toEqual({
      kind: 'unlistedRefusal',
      code: 'declined',
      message:
        'The provider refused to refund the points in a way that its documentation does not list (HTTP 409).',
    });
  });

  test('a candidate is shown with its id and date', async () => {
    list([...others(60), ROW]);
    expect(await adapter().lookUp(callOf())).toEqual({
      kind: 'candidate',
      message:
        'Listed refunds of 200 points that may be this one: trx-refund-0001 of 2026-01-15T10:00:00.000Z.',
      seen: ['trx-refund-0001'],
    });
    expect(sentBodies()).toMatchObject([{ from: 0 }, { from: 50 }]);
  });

  test('pages go on from what was read, however many rows a page holds', async () => {
    answer(fixture('synthetic-lookup-page-1-of-2.json'));
    answer(page(others(3), { from: 3, pageSize: 3, total: 6 }));
    expect((await adapter().lookUp(callOf())).kind).toBe('absent');
    expect(sentBodies()).toMatchObject([{ from: 0 }, { from: 3 }]);
  });

  test('ten pages are read, a longer list proves nothing', async () => {
    list(others(10), 1);
    expect((await adapter().lookUp(callOf())).kind).toBe('absent');
    expect(server.requests).toHaveLength(10);
    list(others(11), 1);
    expect((await adapter().lookUp(callOf())).kind).toBe('unanswered');
    expect(server.requests).toHaveLength(20);
  });

  test('at most five candidates are shown, and nothing but plain ids and dates', async () => {
    const strange = { ...ROW, transactionId: 'call +201151618768', createdAt: 'ask 01151618768' };
    list([strange, ...others(6).map((row) => ({ ...row, amount: 200, createdAt: ROW.createdAt }))]);
    const result = (await adapter().lookUp(callOf())) as { message: string; seen: string[] };
    expect(result.message).toContain('(id not shown) of (date not shown), trx-0 of ');
    expect(result.message).toMatch(/trx-3 of \S+ and 2 more\.$/);
    expect(result.message).not.toContain('1151618768');
    expect(result.seen).toEqual(['trx-0', 'trx-1', 'trx-2', 'trx-3']);
  });

  test.each<[string, object, string]>([
    ['of another amount', { amount: 201 }, 'unrelated'],
    ['of our amount in hundredths', { amount: 20000 }, 'unrelated'],
    ['of another amount, and no time', { amount: 201, createdAt: undefined }, 'unrelated'],
    ['of another amount, and old', { amount: 201, createdAt: '2026-01-15T09:49:29Z' }, 'absent'],
    ['of another type', { type: 'SPENT' }, 'absent'],
    ['of half a point more', { amount: 200.5 }, 'unrelated'],
    ['of type REFUND', { type: 'REFUND' }, 'candidate'],
    ['of type Refunded', { type: 'Refunded' }, 'candidate'],
    ['of either sign', { amount: -200 }, 'candidate'],
    [
      'older than our first send by a clock that is behind',
      { createdAt: '2026-01-15T09:57:00Z' },
      'candidate',
    ],
    ['as old as the fence', { createdAt: '2026-01-15T09:49:30Z' }, 'candidate'],
    ['older than the fence', { createdAt: '2026-01-15T09:49:29Z' }, 'absent'],
    ['older in another zone', { createdAt: '2026-01-15T12:00:00+03:00' }, 'absent'],
    ['of a time that may be of any zone', { createdAt: '2026-01-15T07:30:00' }, 'candidate'],
    ['of an unreadable time', { createdAt: '15.01.2020' }, 'candidate'],
    ['of no time', { createdAt: undefined }, 'candidate'],
    ['of a time in digits', { createdAt: 1 }, 'candidate'],
  ])('a row %s', async (_, changes, kind) => {
    list([{ ...ROW, ...changes }]);
    expect((await adapter().lookUp(callOf())).kind).toBe(kind);
  });

  test('an amount with an exponent is read by its value', async () => {
    answer(page([ROW]).replace('"amount":200', '"amount":2e2'));
    expect((await adapter().lookUp(callOf())).kind).toBe('candidate');
  });

  test('preflight remembers the rows that could be taken for ours, and nothing else', async () => {
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    list([
      { ...ROW, transactionId: 'old', createdAt: ago(12) },
      { ...ROW, transactionId: 'young', createdAt: ago(10) },
      { ...ROW, transactionId: 'younger', createdAt: ago(1), amount: -200 },
      { ...ROW, transactionId: 'other amount', createdAt: ago(2), amount: 201 },
      { ...ROW, transactionId: 'other type', createdAt: ago(1), type: 'SPENT' },
      { ...ROW, transactionId: 'unreadable', createdAt: 'yesterday' },
    ]);
    const ids = ['unreadable', 'younger', 'other amount', 'young'];
    const baseline = { kind: 'rows', ids, control: 'younger' };
    expect(await adapter().check(callOf())).toEqual({ kind: 'passed', baseline });
  });

  test.each<[string, object[], object]>([
    [
      'the newest refund',
      [
        { ...ROW, transactionId: 'old', createdAt: '2020-01-01T00:00:00Z' },
        { ...ROW, transactionId: 'newer', createdAt: '2021-01-01T00:00:00Z' },
      ],
      { ids: [], control: 'newer' },
    ],
    ['an undated one', [{ ...ROW, createdAt: '' }], { ids: ['trx-refund-0001'], control: 'trx-refund-0001' }],
    ['none', [SPENT], { ids: [] }],
  ])('the control that preflight keeps is %s', async (_, rows, kept) => {
    list(rows);
    const { baseline } = (await adapter().check(callOf())) as { baseline: object };
    expect(baseline).toEqual({ kind: 'rows', ...kept });
  });

  test('preflight passes with what it read of a list that is too long', async () => {
    list(
      others(11).map((row, index) => ({ ...row, createdAt: new Date(Date.now() + index).toISOString() })),
      1,
    );
    const ids = Array.from({ length: 10 }, (_, index) => `trx-${9 - index}`);
    const baseline = { kind: 'rows', ids, control: 'trx-9' };
    expect(await adapter().check(callOf())).toEqual({ kind: 'passed', baseline });
    expect(server.requests).toHaveLength(10);
  });

  test('a list that hides the control proves nothing, but what it shows is still shown', async () => {
    const call = callOf({ baseline: { kind: 'rows', ids: [], control: 'trx-0' } });
    list(others(1));
    expect((await adapter().lookUp(call)).kind).toBe('absent');
    list([]);
    expect((await adapter().lookUp(call)).kind).toBe('unanswered');
    list([{ ...ROW, amount: 300 }]);
    expect((await adapter().lookUp(call)).kind).toBe('unanswered');
    list([ROW]);
    expect((await adapter().lookUp(call)).kind).toBe('candidate');
  });

  test('a new refund of another amount is none that preflight remembers', async () => {
    const baseline = { kind: 'rows' as const, ids: ['trx-refund-0001'] };
    list([{ ...ROW, amount: 300 }]);
    expect((await adapter().lookUp(callOf({ baseline }))).kind).toBe('absent');
    expect((await adapter().lookUp(callOf({ since: '' }))).kind).toBe('unrelated');
  });

  test('preflight remembers a hundred rows at most, the newest', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => ({
      ...ROW,
      transactionId: `trx-${index}`,
      createdAt: new Date(Date.now() + index).toISOString(),
    }));
    list(rows);
    const newest = rows.slice(20).reverse();
    const ids = newest.map(({ transactionId }) => transactionId);
    const baseline = { kind: 'rows', ids, control: 'trx-119' };
    expect(await adapter().check(callOf())).toEqual({ kind: 'passed', baseline });
  });

  test('rows from before, and rows that a person disowned, are never candidates', async () => {
    const rows = ['before', 'disowned', 'new'].map((transactionId) => ({ ...ROW, transactionId }));
    const known = { baseline: { kind: 'rows' as const, ids: ['before'] }, notOurs: ['disowned'] };
    list(rows.slice(0, 2));
    expect((await adapter().lookUp(callOf(known))).kind).toBe('absent');
    list(rows);
    expect(await adapter().lookUp(callOf(known))).toMatchObject({ kind: 'candidate', seen: ['new'] });
  });

  test('a list that lost the rows from before proves nothing, but what it shows is still shown', async () => {
    const baseline = { kind: 'rows' as const, ids: ['before'] };
    list([]);
    expect((await adapter().lookUp(callOf({ baseline }))).kind).toBe('unanswered');
    list([ROW]);
    expect((await adapter().lookUp(callOf({ baseline }))).kind).toBe('candidate');
  });

  const nameless = { total: undefined, size: undefined, from: undefined };

  test.each<[string, object]>([
    ['a total', { total: undefined }],
    ['a total, an offset and a size', nameless],
    ['a total, but null', { total: null }],
  ])('a list without %s ends with an empty page, however short the others', async (_, changes) => {
    const rows = [...others(5), ROW];
    server.answer(({ body }) => {
      const { from } = JSON.parse(body) as { from: number };
      return { status: 200, body: page(rows.slice(from, from + 5), { from, ...changes }) };
    });
    expect((await adapter().lookUp(callOf())).kind).toBe('candidate');
    expect(sentBodies()).toMatchObject([{ from: 0 }, { from: 5 }, { from: 6 }]);
  });

  test('a list that ignores the offset proves nothing', async () => {
    answer(page(others(20), nameless));
    expect((await adapter().lookUp(callOf())).kind).toBe('unanswered');
    expect(server.requests).toHaveLength(2);
  });

  const unhealthy: [string, number, string][] = [
    ['an error beside the rows', 200, page([], { errorCode: 'PARTIAL' })],
    ['a failure beside the rows', 200, page([], { message: 'Index failed' })],
    ['no rows though there are some', 200, page([], { total: 3 })],
    ['a row that is none', 200, page([[]])],
    ['rows that are none', 200, '{"transactions":{},"from":0,"total":0,"size":0}'],
    ['an array', 200, '[]'],
    ['null', 200, 'null'],
    ['nothing', 200, ''],
    ['no content', 204, ''],
    ['no key', 403, page([])],
    ['no record', 404, page([])],
    ['too many calls', 429, ''],
    ['an error of theirs', 500, page([])],
  ];

  test.each(unhealthy)('%s (HTTP %i) proves nothing', async (_, status, body) => {
    answer(body, status);
    const provider = adapter();
    expect((await provider.lookUp(callOf())).kind).toBe('unanswered');
    expect((await provider.check(callOf())).kind).toBe('unanswered');
    expect((await provider.lookUpReversal?.(callOf()))?.kind).toBe('unanswered');
  });

  const showing: [string, string, string?][] = [
    ['says fewer than it shows', page([ROW], { size: 2, total: 2 })],
    ['says more than it shows', page([ROW], { total: 0 })],
    ['begins elsewhere', page([ROW], { from: 50 })],
    ['shows it twice', page([ROW, ROW])],
    ['tells its total as text', page([ROW], { total: '1' })],
    ['names an error beside it', page([ROW], { errorCode: 'PARTIAL' })],
    ['does not tell its amount', page([{ ...ROW, amount: null }])],
    ['does not tell its type', page([{ ...ROW, type: undefined }]), 'unreadable'],
    ['shows a spend of its amount instead', page([SPENT], { total: 2 }), 'unreadable'],
  ];

  test.each(showing)('a list that %s shows what may be ours', async (name, body, reversal = 'unanswered') => {
    answer(body);
    const provider = adapter();
    const refund = name.includes('instead') ? 'unanswered' : 'unreadable';
    expect((await provider.lookUp(callOf())).kind).toBe(refund);
    expect((await provider.lookUpReversal?.(callOf()))?.kind).toBe(reversal);
    expect((await provider.check(callOf())).kind).toBe('unanswered');
  });

  test('a refund of another amount, from before, or of another type is not ours in any list', async () => {
    const rows = [
      { ...ROW, amount: 300 },
      { ...ROW, createdAt: '2020-01-01T00:00:00Z' },
      { ...ROW, transactionId: 'before' },
      { ...ROW, type: 'EARNED' },
    ];
    const baseline = { kind: 'rows' as const, ids: ['before'] };
    for (const row of rows) {
      answer(page([row], { total: 2 }));
      expect((await adapter().lookUp(callOf({ baseline }))).kind).toBe('unanswered');
    }
  });

  test.each<[number, string]>([
    [400, 'accountNumber, or its walletId'],
    [401, 'MIRCATE_API_KEY'],
    [403, 'MIRCATE_API_KEY'],
    [404, 'MIRCATE_PROJECT_ID'],
    [405, 'MIRCATE_BASE_URL'],
  ])('preflight that is answered HTTP %i says what to check', async (status, said) => {
    answer('{"message":"Wallet is locked"}', status, { 'Retry-After': '7' });
    const result = await adapter().check(callOf());
    const message = expect.stringContaining(said) as string;
    expect(result).toEqual({ kind: 'unanswered', message, retryAfterMs: 7000 });
  });

  test('an empty list proves nothing where no spend is listed either', async () => {
    answer(page([]));
    answer(page([SPENT]));
    expect((await adapter().lookUp(callOf())).kind).toBe('absent');
    answer(page([]));
    expect((await adapter().lookUp(callOf())).kind).toBe('unanswered');
  });

  test('a message of success beside the rows proves nothing against them', async () => {
    answer(page([], { message: 'Success' }));
    answer(page([SPENT], { message: 'Success' }));
    expect((await adapter().lookUp(callOf())).kind).toBe('absent');
  });

  test.each<[string, object]>([
    ['a total that changes', { from: 1, total: 3 }],
    ['a row seen before', { from: 1, total: 2, transactions: [ROW] }],
    ['an empty second page', { from: 1, total: 2, size: 0, transactions: [] }],
    ['a total that is gone', { from: 1, total: undefined }],
  ])('%s between pages proves nothing', async (_, changes) => {
    answer(page([ROW], { total: 2 }));
    answer(page([{ ...ROW, transactionId: 'trx-refund-0002' }], changes as Record<string, unknown>));
    expect((await adapter().lookUp(callOf())).kind).toBe('unreadable');
    expect(server.requests).toHaveLength(2);
  });

  test.each<[string, object[], object]>([
    [
      'our spend',
      [SPENT, { ...SPENT, transactionId: 'trx-3', description: 'other' }],
      { kind: 'found', providerReference: 'trx-spend-0002' },
    ],
    ['no spend, not even the one that was refunded', [], { kind: 'unanswered' }],
    ...['', KEY.slice(0, 12), `${KEY}o`, 'Coffee', null, undefined].map(
      (description): [string, object[], object] => [
        `a spend that is described by ${JSON.stringify(description)}`,
        [{ ...SPENT, description, amount: -200 }],
        { kind: 'candidate', seen: ['trx-spend-0002'] },
      ],
    ),
    [
      'our spend beside another',
      [{ ...SPENT, transactionId: 'trx-3', description: '' }, SPENT],
      { kind: 'found' },
    ],
    [
      'a spend without our key as old as our first send',
      [{ ...SPENT, description: '', createdAt: '2026-01-15T09:58:30Z' }],
      { kind: 'candidate' },
    ],
    [
      'a spend without our key older than our first send',
      [{ ...SPENT, description: '', createdAt: '2026-01-15T09:58:29Z' }],
      { kind: 'absent' },
    ],
    [
      'a spend without our key of no time',
      [{ ...SPENT, description: '', createdAt: '' }],
      { kind: 'candidate' },
    ],
    [
      'a spend without our key of another amount',
      [{ ...SPENT, description: '', amount: 201 }],
      { kind: 'absent' },
    ],
    [
      'the spend that was refunded',
      [{ ...SPENT, transactionId: 'trx-spend-0001', description: '', createdAt: '' }],
      { kind: 'absent' },
    ],
    ['our text on another type', [{ ...SPENT, type: 'REFUNDED' }], { kind: 'unanswered' }],
    ['our spend twice', [SPENT, { ...SPENT, transactionId: 'trx-3' }], { kind: 'conflict' }],
    ['our spend of another amount', [{ ...SPENT, amount: 100 }], { kind: 'conflict' }],
    ['our spend of either sign', [{ ...SPENT, amount: -200 }], { kind: 'found' }],
    ['our spend of type SPEND', [{ ...SPENT, type: 'SPEND' }], { kind: 'found' }],
    [
      'our key from before the refund that it would reverse',
      [{ ...SPENT, createdAt: '2026-01-15T09:58:29Z' }],
      { kind: 'conflict' },
    ],
    ['our spend by another clock', [{ ...SPENT, createdAt: '2026-01-15T09:58:31Z' }], { kind: 'found' }],
    ['our spend of no time', [{ ...SPENT, createdAt: undefined }], { kind: 'candidate' }],
  ])('reversal: %s', async (_, rows, expected) => {
    list(rows);
    expect(await adapter().lookUpReversal?.(callOf())).toMatchObject(expected);
  });

  test('a spend that carries our key and is older than the refund it would reverse reversed another one', async () => {
    list([SPENT]);
    const provider = adapter();
    const lookUp = (refundedAt: string) => provider.lookUpReversal?.(callOf({ refundedAt }));
    expect(await lookUp(SPENT.createdAt)).toMatchObject({ kind: 'found' });
    expect(await lookUp('2026-01-15T10:00:00.001Z')).toMatchObject({ kind: 'conflict' });
    list([{ ...SPENT, description: '' }]);
    expect(await lookUp('2026-01-15T10:00:00.001Z')).toMatchObject({ kind: 'candidate' });
  });
});

describe('the wire itself', () => {
  test('a connection that dies after the request is ambiguous', async () => {
    server.answer('reset');
    const provider = adapter();
    expect((await provider.refund(callOf())).kind).toBe('ambiguous');
    expect((await provider.reverse?.(callOf()))?.kind).toBe('ambiguous');
    expect((await provider.lookUp(callOf())).kind).toBe('unanswered');
    expect((await provider.lookUpReversal?.(callOf()))?.kind).toBe('unanswered');
    expect(server.requests).toHaveLength(4);
  });

  test('no answer in time is ambiguous', async () => {
    server.answer(() => new Promise(() => undefined));
    const result = await adapter({ callTimeoutMs: 200 }).refund(callOf());
    expect(result).toEqual({ kind: 'ambiguous', message: 'No whole answer: no answer within 0.2 s.' });
  });

  test('a refused connection sent nothing', async () => {
    const gone = await startAnsweringServer();
    await gone.close();
    const provider = adapter({ baseUrl: gone.url });
    expect((await provider.refund(callOf())).kind).toBe('notSent');
    expect((await provider.reverse?.(callOf()))?.kind).toBe('notSent');
    expect((await provider.lookUp(callOf())).kind).toBe('unanswered');
  });

  test('a movement is not sent when half of its time is over, and a question still is', async () => {
    answer(page([{ ...SPENT, transactionId: 'trx-spend-0001', description: '' }]));
    const budget = { remainingMs: () => 4_000, mayBegin: () => false };
    const provider = adapter();
    expect((await provider.refund(callOf({ budget }))).kind).toBe('notSent');
    expect((await provider.reverse?.(callOf({ budget })))?.kind).toBe('notSent');
    expect((await provider.check(callOf({ budget }))).kind).toBe('passed');
    expect((await provider.lookUpReversal?.(callOf({ budget })))?.kind).toBe('absent');
    expect(server.requests).toHaveLength(2);
  });
});
