import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Baseline } from '../../src/domain/outcome';
import type { DsquaresLeg } from '../../src/domain/request';
import { createDsquares, type DsquaresSettings } from '../../src/providers/dsquares/client';
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

const FIXTURES = join(__dirname, '../fixtures/dsquares');
const { entries } = JSON.parse(fixture('index.json')) as { entries: Entry[] };
const CLIENT_ID = 'client-id-7261';
const BEFORE: Baseline = { totalPoints: 299273, redeemedPoints: 1000, totalTransactions: 3 };
const LEG: DsquaresLeg = {
  provider: 'dsquares',
  walletCode: '011111111111',
  contactMsisdn: '01151618768',
  branchMsisdn: '201020792658',
  transactionId: '46173',
  points: 500,
};
const SECRETS = [CLIENT_ID, LEG.walletCode, LEG.contactMsisdn, LEG.branchMsisdn, 'Invalid', 'refunded to'];

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
  'look-up-unhealthy': 'unanswered',
};

/** What was asked, where a fixture answers another question than for 500 points under `rf-0001-l1-1`. */
const ASKED: Record<string, Partial<ProviderCall<DsquaresLeg>>> = {
  'refund-response-sample.json': { key: 'dadsd' },
  'synthetic-success-partial.json': { key: 'rf-0001-l1-2', leg: { ...LEG, points: 200 } },
  'synthetic-lookup-twin-partials.json': { leg: { ...LEG, points: 200 } },
  'lookup-wallet-data-response-sample.json': { leg: { ...LEG, walletCode: '1' } },
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

function adapter(settings: Partial<DsquaresSettings> = {}) {
  const provider = createDsquares({
    baseUrl: `${server.url}/prefix`,
    callTimeoutMs: 5000,
    maxConcurrent: 5,
    apiVersion: 'v1',
    clientId: CLIENT_ID,
    ...settings,
  });
  closing.push(() => provider.close());
  return provider;
}

function callOf(changes: Partial<ProviderCall<DsquaresLeg>> = {}): ProviderCall<DsquaresLeg> {
  const since = '2023-07-12T09:00:00Z';
  return { leg: LEG, currency: 'TRY', exponent: 2, key: 'rf-0001-l1-1', since, ...changes };
}

function answer(body: string, status = 200, headers: Record<string, string> = {}) {
  server.answer({ status, body, headers });
}

function named(entry: Entry): [string, Entry] {
  return [entry.file ?? `body ${JSON.stringify(entry.rawBody)} HTTP ${entry.httpStatus}`, entry];
}

/** A documented answer with some of its text replaced. */
function changed(file: string, ...replacements: [string, string][]): string {
  return replacements.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, fixture(file));
}

describe('documented answers', () => {
  const expecting = entries.filter((entry) => entry.expect !== undefined);

  test.each(expecting.filter(({ kind }) => kind === 'refund-response').map(named))(
    'refund: %s',
    async (_, entry) => {
      answer(entry.rawBody ?? fixture(entry.file ?? ''), entry.httpStatus);
      const result = await adapter().refund(callOf(ASKED[entry.file ?? '']));
      expect(result.kind).toBe(MOVEMENT_KINDS[entry.expect ?? '']);
      if (result.kind === 'done') expect(result.providerReference).toBe('46175');
      for (const secret of SECRETS) expect(JSON.stringify(result)).not.toContain(secret);
    },
  );

  test.each(expecting.filter(({ kind }) => kind === 'lookup-response').map(named))(
    'look-up: %s',
    async (_, entry) => {
      answer(fixture(entry.file ?? ''), entry.httpStatus);
      const result = await adapter().lookUp(callOf({ baseline: BEFORE, ...ASKED[entry.file ?? ''] }));
      expect(result.kind).toBe(LOOK_UP_KINDS[entry.expect ?? '']);
      for (const secret of SECRETS) expect(JSON.stringify(result)).not.toContain(secret);
    },
  );

  test('every entry of the index is used', () => {
    const bare = entries.filter((entry) => entry.expect === undefined).map(({ file }) => file);
    expect(bare.sort()).toEqual([
      'lookup-wallet-data-response-sample.json',
      'redeem-response-sample.json',
      'synthetic-lookup-before.json',
      'synthetic-redeem-request.json',
      'synthetic-refund-request-partial.json',
      'synthetic-refund-request.json',
      'synthetic-reward-request.json',
    ]);
    const kinds = new Set(expecting.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['lookup-response', 'refund-response']);
  });

  test.each<[string, Baseline]>([
    ['synthetic-lookup-before.json', BEFORE],
    [
      'lookup-wallet-data-response-sample.json',
      { totalPoints: 3200, redeemedPoints: 250, totalTransactions: 20 },
    ],
  ])('preflight reads %s', async (file, baseline) => {
    answer(fixture(file));
    expect(await adapter().check?.(callOf(ASKED[file]))).toEqual({ kind: 'passed', baseline });
  });

  test('the documented redemption is a reversal that was done', async () => {
    answer(fixture('redeem-response-sample.json'));
    const result = await adapter({ redeemUnit: 'points' }).reverse?.(callOf());
    expect(result).toEqual({ kind: 'done', providerReference: '46173' });
  });
});

describe('requests', () => {
  const HEADERS = { clientid: CLIENT_ID, 'content-type': 'application/json' };

  /** The text of a documented request without the fields that we never send. */
  function bodyText(file: string, ...without: string[]): string {
    const body = parseJson(fixture(file)) as Record<string, unknown>;
    return writeJson(Object.fromEntries(Object.entries(body).filter(([name]) => !without.includes(name))));
  }

  test('a refund of a part', async () => {
    answer(fixture('synthetic-success-partial.json'));
    await adapter().refund(callOf(ASKED['synthetic-success-partial.json']));
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/prefix/api/Integration/v1/Refund' });
    expect(server.requests[0]?.headers).toMatchObject(HEADERS);
    expect(server.requests[0]?.body).toBe(bodyText('synthetic-refund-request-partial.json'));
  });

  test('a refund with an invoice number, without a comment of ours', async () => {
    answer(fixture('synthetic-success-full.json'));
    await adapter().refund(callOf({ leg: { ...LEG, invoiceNumber: 'order-2026-000123' } }));
    expect(server.requests[0]?.body).toBe(bodyText('synthetic-refund-request.json', 'Comment'));
  });

  test('the longest transaction id stays a bare integer, and amounts stay digits', async () => {
    const transactionId = '999999999999999';
    answer(
      changed(
        'synthetic-success-full.json',
        ['"refundedLogId": 46173', `"refundedLogId": ${transactionId}`],
        ['"id": 46175', '"id": 7440022202222222022'],
        ['"amountValue": 500', '"amountValue": 1000000000000'],
      ),
    );
    const result = await adapter().refund(callOf({ leg: { ...LEG, transactionId, points: 10 ** 12 } }));
    expect(server.requests[0]?.body).toContain(`"TransactionId":${transactionId}`);
    expect(server.requests[0]?.body).toContain('"Points":1000000000000,');
    expect(result).toEqual({ kind: 'done', providerReference: '7440022202222222022' });
  });

  test('a reading of the wallet', async () => {
    answer(fixture('synthetic-lookup-before.json'));
    await adapter({ baseUrl: server.url }).check?.(callOf());
    const url = '/api/Integration/v1/GetWalletData?query=011111111111';
    expect(server.requests).toMatchObject([
      { method: 'GET', url, body: '', headers: { clientid: CLIENT_ID } },
    ]);
  });

  test('a reversal valued as money reads the factor first', async () => {
    answer(fixture('synthetic-lookup-before.json'));
    answer(fixture('redeem-response-sample.json'));
    const provider = adapter({ redeemUnit: 'money' });
    expect(provider.preparesCalls).toBe(true);
    expect(await provider.reverse?.(callOf({ key: 'reversal' }))).toMatchObject({ kind: 'done' });
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/prefix/api/Integration/v1/GetWalletData?query=011111111111',
      '/prefix/api/Integration/v1/RedeemUser',
    ]);
    expect(server.requests[1]).toMatchObject({ method: 'POST', headers: HEADERS });
    expect(server.requests[1]?.body).toBe(bodyText('synthetic-redeem-request.json', 'PinCode'));
  });

  test('a reversal valued as points is one call', async () => {
    answer(fixture('redeem-response-sample.json'));
    const provider = adapter({ redeemUnit: 'points' });
    expect(provider.preparesCalls).toBe(false);
    await provider.reverse?.(callOf());
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.body).toContain('"PointsValue":500,');
  });

  test('a reward is never asked for, and without a unit nothing can be taken back', () => {
    const provider = adapter();
    const reward = Object.keys(parseJson(fixture('synthetic-reward-request.json')) as object);
    expect(reward).toContain('PointsValue');
    expect(provider).not.toHaveProperty('reverse');
    expect(provider).not.toHaveProperty('lookUpReversal');
    expect(provider).toMatchObject({ name: 'dsquares', lookUpDecides: false, preparesCalls: false });
  });

  test.each([0, -1, 1.5, NaN, 2 ** 53, undefined])('points of %p are never sent', async (points) => {
    const call = callOf({ leg: { ...LEG, points: points as number } });
    const provider = adapter({ redeemUnit: 'points' });
    expect(await provider.refund(call)).toMatchObject({ kind: 'notSent' });
    expect(await provider.reverse?.(call)).toMatchObject({ kind: 'notSent' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('answers beyond the documented ones', () => {
  const SUCCESS = 'synthetic-success-full.json';
  const REFUSAL = fixture('synthetic-200-with-error.json');
  const refusal = (text: string) => changed('synthetic-200-with-error.json', ['Transaction not found', text]);

  test.each<[string, number, string, string]>([
    ['success under a refusing status', 400, fixture(SUCCESS), 'ambiguous'],
    ['success at a closed door', 401, fixture(SUCCESS), 'ambiguous'],
    ['a refusal', 400, REFUSAL, 'declined'],
    ['an unknown record', 404, REFUSAL, 'declined'],
    ['a conflict', 409, REFUSAL, 'declined'],
    ['a broken rule', 422, REFUSAL, 'declined'],
    ['a refusal said to be a success', 200, refusal('Success'), 'ambiguous'],
    ['a refusal for the client id', 200, refusal('Unknown ClientId'), 'turnedAway'],
    ['no such route', 404, '<html></html>', 'turnedAway'],
    ['another method', 405, '', 'turnedAway'],
    ['another media type', 415, '{}', 'turnedAway'],
    ['a closed door', 403, '', 'turnedAway'],
    ['too many calls', 429, '', 'turnedAway'],
    ['a bad request without a word', 400, '', 'ambiguous'],
    ['a time-out of theirs', 408, REFUSAL, 'ambiguous'],
    ['a redirect', 302, '', 'ambiguous'],
    ['no server', 503, '', 'ambiguous'],
    ['null', 200, 'null', 'ambiguous'],
    ['an array', 200, `[${fixture(SUCCESS)}]`, 'ambiguous'],
    ['a number', 200, '0', 'ambiguous'],
    ['deep nesting', 200, '['.repeat(100_000), 'ambiguous'],
    [
      'a balance that disagrees',
      200,
      changed(SUCCESS, ['"balanceAfter": 299773', '"balanceAfter": 299273']),
      'ambiguous',
    ],
    [
      'a wallet that is none',
      200,
      changed(SUCCESS, ['"wallet": {', '"wallet": null, "other": {']),
      'ambiguous',
    ],
    [
      'a fraction of a point',
      200,
      changed(SUCCESS, ['"amountValue": 500', '"amountValue": 500.5']),
      'ambiguous',
    ],
    ['a log without an id', 200, changed(SUCCESS, ['"id": 46175', '"id": null']), 'ambiguous'],
    ['a code in an object', 200, '{"errorCode":{"0":"0"},"pointsLog":null}', 'ambiguous'],
  ])('refund: %s (HTTP %i)', async (_, status, body, kind) => {
    answer(body, status);
    expect((await adapter().refund(callOf())).kind).toBe(kind);
  });

  test.each<[string, number, string, string]>([
    ['a refund instead of a redemption', 200, fixture(SUCCESS), 'ambiguous'],
    [
      'money where points belong',
      200,
      changed('redeem-response-sample.json', ['"amountValue": 500', '"amountValue": 125']),
      'ambiguous',
    ],
    [
      'another type of log',
      200,
      changed('redeem-response-sample.json', ['"logTypeId": 1', '"logTypeId": 2']),
      'ambiguous',
    ],
    [
      'a redemption that refers to another',
      200,
      changed('redeem-response-sample.json', ['"refundedLogId": null', '"refundedLogId": 1']),
      'ambiguous',
    ],
    ['a refusal', 200, REFUSAL, 'declined'],
    ['a closed door', 401, fixture('synthetic-unauthorized-401.json'), 'turnedAway'],
    ['an error of theirs', 500, '', 'ambiguous'],
  ])('reversal: %s', async (_, status, body, kind) => {
    answer(body, status);
    expect((await adapter({ redeemUnit: 'points' }).reverse?.(callOf()))?.kind).toBe(kind);
  });

  test('what to mend is named, and the pause that was asked for is kept', async () => {
    answer(fixture('synthetic-unauthorized-401.json'), 401);
    answer('', 404);
    answer('', 429, { 'Retry-After': '7' });
    const provider = adapter();
    expect(await provider.refund(callOf())).toEqual({
      kind: 'turnedAway',
      message: 'The provider refused our client id (HTTP 401): check DSQUARES_CLIENT_ID.',
    });
    expect(await provider.refund(callOf())).toEqual({
      kind: 'turnedAway',
      message:
        'The provider knows no such call (HTTP 404): check DSQUARES_BASE_URL and DSQUARES_API_VERSION.',
    });
    expect(await provider.refund(callOf())).toMatchObject({ kind: 'turnedAway', retryAfterMs: 7000 });
  });

  test('a refusal shows the code and none of the text', async () => {
    answer(refusal('Wallet 011111111111 of 01151618768 is closed'));
    const message = 'The provider refused to give the points back (code 12).';
    expect(await adapter().refund(callOf())).toEqual({ kind: 'declined', code: 'declined', message });
    answer(changed('synthetic-200-with-error.json', ['"12"', '"01151618768"']));
    expect(JSON.stringify(await adapter().refund(callOf()))).not.toContain('01151618768');
  });
});

describe('readings of the wallet', () => {
  const unhealthy: [string, number, string][] = [
    ['another wallet', 200, changed('synthetic-lookup-before.json', ['"011111111111"', '"022222222222"'])],
    ['no data', 200, fixture('synthetic-lookup-failed.json')],
    [
      'counters as text',
      200,
      changed('synthetic-lookup-before.json', ['"reedemPoints": 1000', '"reedemPoints": "1000"']),
    ],
    ['an array', 200, '[[]]'],
    ['null', 200, 'null'],
    ['nothing', 200, ''],
    ['a closed door', 401, ''],
    ['an error of theirs', 500, fixture('synthetic-lookup-before.json')],
  ];

  test.each(unhealthy)('%s (HTTP %i) proves nothing and holds nothing back', async (_, status, body) => {
    answer(body, status);
    const provider = adapter({ redeemUnit: 'money' });
    expect(await provider.check?.(callOf())).toEqual({ kind: 'passed' });
    expect((await provider.lookUp(callOf({ baseline: BEFORE }))).kind).toBe('unanswered');
    expect((await provider.reverse?.(callOf()))?.kind).toBe('notSent');
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET']);
  });

  test('the pause that was asked for is kept before a reversal, too', async () => {
    answer('', 429, { 'Retry-After': '7' });
    const result = await adapter({ redeemUnit: 'money' }).reverse?.(callOf());
    expect(result).toMatchObject({ kind: 'notSent', retryAfterMs: 7000 });
  });

  test('without a reading from before it tells the counters of now', async () => {
    answer(fixture('synthetic-lookup-found.json'));
    expect(await adapter().lookUp(callOf())).toEqual({
      kind: 'unanswered',
      message:
        'No reading of the wallet from before exists; it shows 299773 points, 500 redeemed, 4 transactions.',
    });
  });

  test('evidence names the counters before and after', async () => {
    answer(fixture('synthetic-lookup-found.json'));
    const { message } = (await adapter().lookUp(callOf({ baseline: BEFORE }))) as { message: string };
    expect(message).toContain('299273 points, 1000 redeemed, 3 transactions');
    expect(message).toContain('299773 points, 500 redeemed, 4 transactions');
  });

  test.each<[string, Baseline, string, RegExp]>([
    [
      'the very refund',
      { totalPoints: 299773, redeemedPoints: 500, totalTransactions: 4 },
      'candidate',
      /would move it/,
    ],
    [
      'two movements that look like it',
      { totalPoints: 299773, redeemedPoints: 500, totalTransactions: 5 },
      'candidate',
      /cannot be told/,
    ],
    [
      'counters that disagree',
      { totalPoints: 299773, redeemedPoints: 600, totalTransactions: 4 },
      'candidate',
      /cannot be told/,
    ],
    [
      'a refund of other points',
      { totalPoints: 299473, redeemedPoints: 800, totalTransactions: 4 },
      'candidate',
      /cannot be told/,
    ],
    [
      'a redemption in between',
      { totalPoints: 299073, redeemedPoints: 1200, totalTransactions: 4 },
      'candidate',
      /cannot be told/,
    ],
    [
      'a refund hidden by a redemption',
      { totalPoints: 299273, redeemedPoints: 1000, totalTransactions: 5 },
      'candidate',
      /cannot be told/,
    ],
    [
      'points that expired',
      { totalPoints: 299173, redeemedPoints: 1000, totalTransactions: 4 },
      'candidate',
      /cannot be told/,
    ],
    [
      'two earnings',
      { totalPoints: 299873, redeemedPoints: 1000, totalTransactions: 5 },
      'candidate',
      /cannot be told/,
    ],
    [
      'an earning',
      { totalPoints: 299773, redeemedPoints: 1000, totalTransactions: 4 },
      'absent',
      /only earned/,
    ],
    ['nothing', BEFORE, 'absent', /has not moved/],
  ])('%s', async (_, now, kind, message) => {
    const [total, redeemed, transactions] = [now.totalPoints, now.redeemedPoints, now.totalTransactions];
    answer(
      changed(
        'synthetic-lookup-before.json',
        ['"totalPoints": 299273', `"totalPoints": ${total}`],
        ['"reedemPoints": 1000', `"reedemPoints": ${redeemed}`],
        ['"totalTransactions": 3', `"totalTransactions": ${transactions}`],
      ),
    );
    const result = await adapter().lookUp(callOf({ baseline: BEFORE }));
    expect(result).toEqual({ kind, message: expect.stringMatching(message) as string });
  });

  test.each<[string, number, string]>([
    ['4', 500, '125'],
    ['4.00', 500, '125'],
    ['2.5', 500, '200'],
    ['0.1', 3, '30'],
    ['0.000001', 1, '1000000'],
  ])('at a factor of %s, %i points are redeemed as %s', async (factor, points, money) => {
    answer(changed('synthetic-lookup-before.json', ['"redeemFactor": 4', `"redeemFactor": ${factor}`]));
    answer('', 500);
    await adapter({ redeemUnit: 'money' }).reverse?.(callOf({ leg: { ...LEG, points } }));
    expect(server.requests[1]?.body).toContain(`"PointsValue":${money},`);
  });

  test.each<[string, number]>([
    ['3', 500],
    ['0', 500],
    ['-4', 500],
    ['null', 500],
    ['"4"', 500],
    ['1e2', 500],
    ['1000', 500],
    ['0.000001', 10 ** 12],
  ])('at a factor of %s, %i points cannot be taken back', async (factor, points) => {
    answer(changed('synthetic-lookup-before.json', ['"redeemFactor": 4', `"redeemFactor": ${factor}`]));
    const result = await adapter({ redeemUnit: 'money' }).reverse?.(callOf({ leg: { ...LEG, points } }));
    expect(result).toMatchObject({ kind: 'declined', code: 'noReversal' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('the wire itself', () => {
  test('a connection that dies after the request is ambiguous', async () => {
    server.answer('reset');
    const provider = adapter({ redeemUnit: 'points' });
    expect((await provider.refund(callOf())).kind).toBe('ambiguous');
    expect((await provider.reverse?.(callOf()))?.kind).toBe('ambiguous');
    expect((await provider.lookUp(callOf({ baseline: BEFORE }))).kind).toBe('unanswered');
    expect(await provider.check?.(callOf())).toEqual({ kind: 'passed' });
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
    const provider = adapter({ baseUrl: gone.url, redeemUnit: 'money' });
    expect((await provider.refund(callOf())).kind).toBe('notSent');
    expect((await provider.reverse?.(callOf()))?.kind).toBe('notSent');
    expect((await provider.lookUp(callOf())).kind).toBe('unanswered');
    expect(await provider.check?.(callOf())).toEqual({ kind: 'passed' });
  });
});
