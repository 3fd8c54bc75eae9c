import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MircateLeg } from '../../src/domain/request';
import { createMircate, type MircateSettings } from '../../src/providers/mircate/client';
import { parseJson, writeJson } from '../../src/providers/json';
import type { ProviderCall } from '../../src/providers/provider';
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
  declined: 'declined',
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
  const since = '2026-01-15T09:59:30Z';
  return { leg: BY_WALLET, currency: 'TRY', exponent: 2, key: KEY, since, ...changes };
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

/** Rows of another amount than ours, each under its own id. */
function others(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({ ...ROW, transactionId: `trx-${index}`, amount: 10 }));
}

describe('documented answers', () => {
  const expecting = entries.filter((entry) => entry.expect !== undefined);

  test.each(expecting.filter(({ kind }) => kind === 'refund-response').map(named))(
    'refund: %s',
    async (_, entry) => {
      answer(entry.rawBody ?? fixture(entry.file ?? ''), entry.httpStatus);
      const result = await adapter().refund(callOf());
      expect(result.kind).toBe(MOVEMENT_KINDS[entry.expect ?? '']);
      if (result.kind === 'done') expect(result.providerReference).toBe('trx-refund-0001');
      for (const secret of SECRETS) expect(JSON.stringify(result)).not.toContain(secret);
    },
  );

  test.each(expecting.filter(({ kind }) => kind === 'reverse-response').map(named))(
    'reversal: %s',
    async (_, entry) => {
      answer(fixture(entry.file ?? ''), entry.httpStatus);
      const result = await adapter().reverse?.(callOf());
      expect(result?.kind).toBe(MOVEMENT_KINDS[entry.expect ?? '']);
      for (const secret of SECRETS) expect(JSON.stringify(result)).not.toContain(secret);
    },
  );

  test.each(expecting.filter(({ kind }) => kind === 'lookup-response').map(named))(
    'look-up: %s',
    async (_, entry) => {
      answer(fixture(entry.file ?? ''), entry.httpStatus);
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

  test('placeholders prove neither a spend nor a list', async () => {
    answer(fixture('spend-response-sample.json'));
    answer(fixture('lookup-response-sample.json'));
    const provider = adapter();
    expect((await provider.reverse?.(callOf()))?.kind).toBe('ambiguous');
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
    expect(server.requests).toMatchObject([{ method: 'POST', url, headers: HEADERS }]);
    expect(server.requests[0]?.body).toBe(compact('synthetic-lookup-request.json'));
    expect(fieldsOf('lookup-request-sample.json')).toEqual(
      expect.arrayContaining(fieldsOf('synthetic-lookup-request.json')),
    );
    await provider.lookUpReversal?.(callOf({ leg: BY_ACCOUNT }));
    expect(sentBodies()[1]).toEqual({
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
    expect(adapter()).toMatchObject({ name: 'mircate', lookUpDecides: false, preparesCalls: false });
    expect(adapter()).not.toHaveProperty('check');
  });
});

describe('answers beyond the documented ones', () => {
  /** The documented success with fields of its transaction or beside it replaced. */
  function success(transaction: Record<string, unknown>, beside: Record<string, unknown> = {}): string {
    const body = JSON.parse(fixture('synthetic-success-partial.json')) as { transaction: object };
    return JSON.stringify({ ...body, transaction: { ...body.transaction, ...transaction }, ...beside });
  }

  test.each<[string, number, string, string]>([
    ['success without a type', 200, success({ type: undefined }), 'done'],
    ['success beside blank errors', 200, success({}, { errors: [], message: '', error: null }), 'done'],
    ['success beside an error', 200, success({}, { errorCode: 'LOCKED' }), 'ambiguous'],
    ['an error in the transaction', 200, success({ failReason: 'locked' }), 'ambiguous'],
    ['another type', 200, success({ type: 'SPENT' }), 'ambiguous'],
    ['no type but null', 200, success({ type: null }), 'ambiguous'],
    ['no id', 200, success({ transactionId: '' }), 'ambiguous'],
    ['a blank id', 200, success({ transactionId: ' ' }), 'ambiguous'],
    ['the id of the spend itself', 200, success({ transactionId: 'trx-spend-0001' }), 'ambiguous'],
    ['a fraction', 200, success({ amount: 200.5 }), 'ambiguous'],
    ['success as 201', 201, success({}), 'ambiguous'],
    ['success as 204', 204, '', 'ambiguous'],
    ['success under a refusing status', 400, success({}), 'ambiguous'],
    ['success at a closed door', 403, success({}), 'ambiguous'],
    ['no key', 401, '', 'turnedAway'],
    ['another method', 405, '', 'turnedAway'],
    ['another media type', 415, '', 'turnedAway'],
    ['a refusal without a word', 400, '', 'declined'],
    ['an unknown record without a word', 404, '', 'declined'],
    ['a conflict in words', 409, '{"message":"Wallet is locked"}', 'declined'],
    ['a conflict without a word', 409, '', 'ambiguous'],
    ['a broken rule in words', 422, '{"message":"Amount too large"}', 'declined'],
    ['done before, by its code', 409, '{"code":"ALREADY_REFUNDED"}', 'alreadyDone'],
    ['a payment asked for', 402, '{}', 'ambiguous'],
    ['a time-out of theirs', 408, '', 'ambiguous'],
    ['a redirect', 307, '', 'ambiguous'],
    ['no server', 503, '', 'ambiguous'],
    ['null', 200, 'null', 'ambiguous'],
    ['an array', 200, `[${success({})}]`, 'ambiguous'],
    ['a transaction in an array', 200, '{"transaction":[]}', 'ambiguous'],
    ['deep nesting', 400, '['.repeat(100_000), 'declined'],
    ['very many words', 400, JSON.stringify(Array<string>(150_000).fill('no')), 'declined'],
  ])('refund: %s (HTTP %i)', async (_, status, body, kind) => {
    answer(body, status);
    expect((await adapter().refund(callOf())).kind).toBe(kind);
  });

  test.each<[string, number, string, string]>([
    ['a spend under our key', 200, JSON.stringify({ transaction: SPENT, balance: 1000 }), 'done'],
    [
      'the least a spend can tell',
      200,
      '{"transaction":{"transactionId":"trx-spend-0002","amount":200}}',
      'done',
    ],
    ['another text', 200, JSON.stringify({ transaction: { ...SPENT, description: 'other' } }), 'ambiguous'],
    ['another amount', 200, JSON.stringify({ transaction: { ...SPENT, amount: -200 } }), 'ambiguous'],
    ['another type', 200, JSON.stringify({ transaction: { ...SPENT, type: 'REFUNDED' } }), 'ambiguous'],
    [
      'the spend before the refund',
      200,
      JSON.stringify({ transaction: { ...SPENT, transactionId: 'trx-spend-0001' } }),
      'ambiguous',
    ],
    ['an error beside it', 200, JSON.stringify({ transaction: SPENT, message: 'Failed' }), 'ambiguous'],
    ['no balance', 400, fixture('synthetic-spend-insufficient-400.json'), 'declined'],
    ['a reference used before', 400, '{"message":"Duplicate referenceId"}', 'alreadyDone'],
    ['no key', 403, fixture('synthetic-forbidden-403.json'), 'turnedAway'],
    ['too many calls', 429, '', 'turnedAway'],
    ['an error of theirs', 500, '', 'ambiguous'],
  ])('reversal: %s (HTTP %i)', async (_, status, body, kind) => {
    answer(body, status);
    expect((await adapter().reverse?.(callOf()))?.kind).toBe(kind);
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
      message: 'The provider knows no such call (HTTP 405): check MIRCATE_BASE_URL.',
    });
    expect(await provider.refund(callOf())).toMatchObject({ kind: 'turnedAway', retryAfterMs: 7000 });
  });
});

describe('look-ups', () => {
  test('a candidate is shown with its id and date', async () => {
    list([...others(60), ROW]);
    expect(await adapter().lookUp(callOf())).toEqual({
      kind: 'candidate',
      message:
        'Listed refunds of 200 points that may be this one: trx-refund-0001 of 2026-01-15T10:00:00.000Z.',
    });
    expect(sentBodies()).toMatchObject([{ from: 0 }, { from: 50 }]);
  });

  test('pages go on from what was read, however many rows a page holds', async () => {
    answer(fixture('synthetic-lookup-page-1-of-2.json'));
    answer(page(others(3), { from: 3, pageSize: 3, total: 6 }));
    expect((await adapter().lookUp(callOf())).kind).toBe('absent');
    expect(sentBodies()).toMatchObject([{ from: 0 }, { from: 3 }]);
  });

  test('twenty pages are read, a longer list proves nothing', async () => {
    list(others(20), 1);
    expect((await adapter().lookUp(callOf())).kind).toBe('absent');
    expect(server.requests).toHaveLength(20);
    list(others(21), 1);
    expect((await adapter().lookUp(callOf())).kind).toBe('unanswered');
    expect(server.requests).toHaveLength(40);
  });

  test('at most five candidates are shown, and nothing but plain ids and dates', async () => {
    const strange = { ...ROW, transactionId: 'call +201151618768', createdAt: 'ask 01151618768' };
    list([strange, ...others(6).map((row) => ({ ...row, amount: 200 }))]);
    const result = (await adapter().lookUp(callOf())) as { message: string };
    expect(result.message).toContain('(id not shown) of (date not shown), trx-0 of ');
    expect(result.message).toMatch(/trx-3 of \S+ and 2 more\.$/);
    expect(result.message).not.toContain('1151618768');
  });

  test.each<[string, object, string]>([
    ['another amount', { amount: 201 }, 'absent'],
    ['another type', { type: 'SPENT' }, 'absent'],
    ['a sign', { amount: -200 }, 'candidate'],
    ['older than the refund', { createdAt: '2026-01-15T09:58:29Z' }, 'absent'],
    ['older by less than the clocks may differ', { createdAt: '2026-01-15T09:58:31Z' }, 'candidate'],
    ['older in another zone', { createdAt: '2026-01-15T12:00:00+03:00' }, 'absent'],
    ['of a time that may be of any zone', { createdAt: '2026-01-15T07:30:00' }, 'candidate'],
    ['of an unreadable time', { createdAt: '15.01.2020' }, 'candidate'],
    ['of no time', { createdAt: undefined }, 'candidate'],
    ['of a time in digits', { createdAt: 1 }, 'candidate'],
  ])('a row %s', async (_, changes, kind) => {
    list([{ ...ROW, ...changes }]);
    expect((await adapter().lookUp(callOf())).kind).toBe(kind);
  });

  const unhealthy: [string, number, string][] = [
    ['an error beside the rows', 200, page([], { message: 'partial result' })],
    ['fewer rows than it says', 200, page([ROW], { size: 2, total: 2 })],
    ['more rows than there are', 200, page([ROW], { total: 0 })],
    ['no rows though there are some', 200, page([], { total: 3 })],
    ['another offset', 200, page([ROW], { from: 50 })],
    ['the same row twice', 200, page([ROW, ROW])],
    ['no total', 200, page([ROW], { total: undefined })],
    ['a total as text', 200, page([ROW], { total: '1' })],
    ['a row without an amount', 200, page([{ ...ROW, amount: null }])],
    ['a row without a type', 200, page([{ ...ROW, type: undefined }])],
    ['a row that is none', 200, page([[]])],
    ['rows that are none', 200, '{"transactions":{},"from":0,"total":0,"size":0}'],
    ['an array', 200, '[]'],
    ['null', 200, 'null'],
    ['nothing', 200, ''],
    ['no content', 204, ''],
    ['another status', 206, page([ROW])],
    ['no key', 403, page([])],
    ['no record', 404, page([])],
    ['too many calls', 429, ''],
    ['an error of theirs', 500, page([])],
  ];

  test.each(unhealthy)('%s (HTTP %i) proves nothing', async (_, status, body) => {
    answer(body, status);
    const provider = adapter();
    expect((await provider.lookUp(callOf())).kind).toBe('unanswered');
    expect((await provider.lookUpReversal?.(callOf()))?.kind).toBe('unanswered');
  });

  test.each<[string, object]>([
    ['a total that changes', { from: 1, total: 3 }],
    ['a row seen before', { from: 1, total: 2, transactions: [ROW] }],
    ['an empty second page', { from: 1, total: 2, size: 0, transactions: [] }],
  ])('%s between pages proves nothing', async (_, changes) => {
    answer(page([ROW], { total: 2 }));
    answer(page([{ ...ROW, transactionId: 'trx-refund-0002' }], changes as Record<string, unknown>));
    expect((await adapter().lookUp(callOf())).kind).toBe('unanswered');
    expect(server.requests).toHaveLength(2);
  });

  test.each<[string, object[], object]>([
    [
      'our spend',
      [SPENT, { ...SPENT, transactionId: 'trx-3', description: 'other' }],
      { kind: 'found', providerReference: 'trx-spend-0002' },
    ],
    ['no spend', [], { kind: 'absent' }],
    ['spends of others', [{ ...SPENT, description: `${KEY}o` }], { kind: 'absent' }],
    ['our text on another type', [{ ...SPENT, type: 'REFUNDED' }], { kind: 'absent' }],
    ['our spend twice', [SPENT, { ...SPENT, transactionId: 'trx-3' }], { kind: 'conflict' }],
    ['our spend of another amount', [{ ...SPENT, amount: 100 }], { kind: 'conflict' }],
  ])('reversal: %s', async (_, rows, expected) => {
    list(rows);
    expect(await adapter().lookUpReversal?.(callOf())).toMatchObject(expected);
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
});
