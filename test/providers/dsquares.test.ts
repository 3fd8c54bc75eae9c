import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Counters } from '../../src/domain/provider-answers';
import type { DsquaresLeg } from '../../src/domain/request';
import { createDsquares, type DsquaresSettings } from '../../src/providers/dsquares/client';
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

const FIXTURES = join(__dirname, '../fixtures/dsquares');
const { entries } = JSON.parse(fixture('index.json')) as { entries: Entry[] };
const CLIENT_ID = 'client-id-7261';
const BEFORE = counters(299273, 1000, 3);
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
  unrelated: 'unrelated',
  operator: 'candidate',
  'look-up-unhealthy': 'unanswered',
};

/** The index tells how a leg ends; these are the steps to it that an answer alone cannot tell. */
const STEPS: Record<string, string> = {
  'synthetic-error-object-400.json': 'refused, not listed',
  'synthetic-error-object-404.json': 'refused, not listed',
  'synthetic-unlisted-code.json': 'refused, not listed',
  'synthetic-wrong-reference.json': 'something else moved',
  'synthetic-wrong-external-log-id.json': 'something else moved',
  'synthetic-wrong-amount.json': 'something else moved',
  'synthetic-amount-names-swapped.json': 'something else moved',
  'synthetic-wrong-log-type.json': 'something else moved',
  'synthetic-lookup-masked-by-purchase.json': 'unrelated',
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

function counters(totalPoints: number, redeemedPoints: number, totalTransactions: number): Counters {
  return { kind: 'counters', totalPoints, redeemedPoints, totalTransactions };
}

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
  return {
    leg: LEG,
    currency: 'TRY',
    exponent: 2,
    key: 'rf-0001-l1-1',
    since,
    notBefore: since,
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
      expect(result.kind).toBe(MOVEMENT_KINDS[STEPS[entry.file ?? ''] ?? entry.expect ?? '']);
      if (result.kind === 'otherMovement') expect(result.code).toBe('ambiguous');
      if (result.kind === 'done') {
        const worth = callOf(ASKED[entry.file ?? '']).leg.points / 4;
        expect(result).toEqual({ kind: 'done', providerReference: '46175', worth: `${worth}` });
      }
      for (const secret of SECRETS) expect(JSON.stringify(result)).not.toContain(secret);
    },
  );

  test.each(expecting.filter(({ kind }) => kind === 'lookup-response').map(named))(
    'look-up: %s',
    async (_, entry) => {
      answer(fixture(entry.file ?? ''), entry.httpStatus);
      const result = await adapter().lookUp(callOf({ baseline: BEFORE, ...ASKED[entry.file ?? ''] }));
      expect(result.kind).toBe(LOOK_UP_KINDS[STEPS[entry.file ?? ''] ?? entry.expect ?? '']);
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

  test.each<[string, Counters]>([
    ['synthetic-lookup-before.json', BEFORE],
    ['lookup-wallet-data-response-sample.json', counters(3200, 250, 20)],
  ])('preflight reads %s', async (file, baseline) => {
    answer(fixture(file));
    expect(await adapter().check(callOf(ASKED[file]))).toEqual({ kind: 'passed', baseline });
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
    await adapter({ baseUrl: server.url }).check(callOf());
    const url = '/api/Integration/v1/GetWalletData?query=011111111111';
    expect(server.requests).toMatchObject([
      { method: 'GET', url, body: '', headers: { clientid: CLIENT_ID } },
    ]);
  });

  test('a reversal valued as money reads the factor first', async () => {
    answer(fixture('synthetic-lookup-before.json'));
    answer(fixture('redeem-response-sample.json'));
    const provider = adapter({ redeemUnit: 'money' });
    expect(provider.requestsInSequence).toEqual({ movement: 2, question: 1 });
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
    expect(provider.requestsInSequence).toEqual({ movement: 1, question: 1 });
    await provider.reverse?.(callOf());
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.body).toContain('"PointsValue":500,');
  });

  test('a reward is never asked for, and without a unit nothing can be reversed', () => {
    const provider = adapter();
    const reward = Object.keys(parseJson(fixture('synthetic-reward-request.json')) as object);
    expect(reward).toContain('PointsValue');
    expect(provider).not.toHaveProperty('reverse');
    expect(provider).not.toHaveProperty('lookUpReversal');
    expect(provider).toMatchObject({ name: 'dsquares', lookUpKind: 'evidence' });
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
  const REFUSAL = 'synthetic-200-with-error.json';
  const refusal = (code: string, text = 'No') =>
    changed(REFUSAL, ['"40"', JSON.stringify(code)], ['Transation_Not_Found', text]);
  const mistake = (statusCode: number, message = 'No') =>
    JSON.stringify({ message, statusCode, statusName: 'Named' });
  const BODIES: Record<string, (status: number) => string> = {
    empty: () => '',
    HTML: () => '<html></html>',
    'another JSON': () => '{"error":"upstream","message":"No"}',
    'a listed code': () => refusal('40'),
    'an unlisted code': () => refusal('99'),
    'done before': () => refusal('21'),
    'Error Object': (status) => mistake(status),
  };
  const CLASSES: [number, Record<string, string>][] = [
    [
      200,
      { 'a listed code': 'declined', 'an unlisted code': 'unlistedRefusal', 'done before': 'alreadyDone' },
    ],
    ...[400, 404, 409, 422].map((status): [number, Record<string, string>] => [
      status,
      {
        ...(status === 404 && { empty: 'turnedAway' }),
        'a listed code': 'unlistedRefusal',
        'an unlisted code': 'unlistedRefusal',
        'done before': 'alreadyDone',
        'Error Object': 'unlistedRefusal',
      },
    ]),
    ...[401, 403].map((status): [number, Record<string, string>] => [
      status,
      {
        empty: 'turnedAway',
        'a listed code': 'unlistedRefusal',
        'an unlisted code': 'turnedAway',
        'done before': 'alreadyDone',
        'Error Object': 'turnedAway',
      },
    ]),
    ...[405, 415].map((status): [number, Record<string, string>] => [
      status,
      {
        empty: 'turnedAway',
        'a listed code': 'unlistedRefusal',
        'an unlisted code': 'unlistedRefusal',
        'done before': 'alreadyDone',
        'Error Object': 'turnedAway',
      },
    ]),
    [402, { 'done before': 'alreadyDone' }],
    [429, Object.fromEntries(Object.keys(BODIES).map((body) => [body, 'turnedAway']))],
    ...[302, 408, 500, 503].map((status): [number, Record<string, string>] => [status, {}]),
  ];

  describe.each(CLASSES)('HTTP %i', (status, classes) => {
    test.each(Object.keys(BODIES))('with %s', async (body) => {
      answer(BODIES[body]?.(status) ?? '', status);
      const provider = adapter({ redeemUnit: 'points' });
      expect((await provider.refund(callOf())).kind).toBe(classes[body] ?? 'ambiguous');
      expect((await provider.reverse?.(callOf()))?.kind).toBe(classes[body] ?? 'ambiguous');
    });
  });

  test.each(['-4', '1', '2', '3', '4', '5', '7', '8', '12', '18', '19', '20', '23', '24', '34', '35', '38'])(
    'code %s is a listed refusal, whatever its text says',
    async (code) => {
      answer(refusal(code, 'already done for ClientId'));
      const message = `The provider refused to refund the points (code ${code}).`;
      expect(await adapter().refund(callOf())).toEqual({ kind: 'declined', code: 'declined', message });
    },
  );

  test.each(['39', '40', '41', '43', '45'])('code %s is a listed refusal, too', async (code) => {
    answer(refusal(code));
    expect((await adapter().refund(callOf())).kind).toBe('declined');
  });

  test.each(['-1', '6', '27', '47', '99', '040', ' 40', 'Invalid'])(
    'code %p is a doubt, also when its text says that it was done before',
    async (code) => {
      answer(refusal(code, 'Already refunded'));
      expect(await adapter().refund(callOf())).toMatchObject({ kind: 'unlistedRefusal', code: 'declined' });
    },
  );

  test.each(['21', '37'])('code %s was done before, whatever its text says', async (code) => {
    answer(refusal(code, 'İşlem reddedildi'));
    expect((await adapter().refund(callOf())).kind).toBe('alreadyDone');
  });

  test.each<[string, number, string, string]>([
    ['success under a refusing status', 400, fixture(SUCCESS), 'ambiguous'],
    ['success at a closed door', 401, fixture(SUCCESS), 'ambiguous'],
    ['a refusal said to be a success', 200, refusal('99', 'Success'), 'ambiguous'],
    ['a refusal for the client id', 200, refusal('99', 'Unknown ClientId'), 'unlistedRefusal'],
    ['a client id in a refusal', 400, refusal('99', 'Bu ClientId ile iade edildi'), 'unlistedRefusal'],
    ['a mistake in the client id', 400, mistake(400, 'The ClientId field is required.'), 'unlistedRefusal'],
    ['a client id, and done before', 200, refusal('99', 'Duplicate for ClientId 7'), 'unlistedRefusal'],
    ['a closed door that says already', 401, refusal('99', 'Already refunded'), 'turnedAway'],
    [
      'a failed log',
      200,
      changed(SUCCESS, ['"isExpired"', '"status": "Rejected", "isExpired"']),
      'ambiguous',
    ],
    ['a voided log', 200, changed(SUCCESS, ['"isExpired"', '"logType": "VOID", "isExpired"']), 'ambiguous'],
    ['no success', 200, changed(SUCCESS, ['"offerNumber"', '"success": false, "offerNumber"']), 'ambiguous'],
    ['a log in good state', 200, changed(SUCCESS, ['"isExpired"', '"status": "OK", "isExpired"']), 'done'],
    ['a closed wallet', 200, changed(SUCCESS, ['"walletStatusId": 1', '"walletStatusId": 0']), 'done'],
    ['a client id in words of a gateway', 403, '{"message":"Unknown ClientId"}', 'ambiguous'],
    ['a mistake under another status', 404, mistake(400), 'ambiguous'],
    ['a mistake under a success', 200, mistake(200), 'ambiguous'],
    ['a mistake of a framework', 400, '{"message":"No","statusCode":400,"error":"Bad Request"}', 'ambiguous'],
    ['a code alone', 200, '{"errorCode":"40"}', 'ambiguous'],
    ['null', 200, 'null', 'ambiguous'],
    ['an array', 200, `[${fixture(SUCCESS)}]`, 'ambiguous'],
    ['a number', 200, '0', 'ambiguous'],
    ['deep nesting', 200, '['.repeat(100_000), 'ambiguous'],
    ['deep nesting at a closed door', 401, '['.repeat(100_000), 'ambiguous'],
    ['a code in an object', 200, '{"errorCode":{"0":"0"},"pointsLog":null}', 'ambiguous'],
    ['a wallet that is none', 200, changed(SUCCESS, ['"wallet": {', '"wallet": null, "o": {']), 'ambiguous'],
    ['a log without an id', 200, changed(SUCCESS, ['"id": 46175', '"id": null']), 'ambiguous'],
    ['no text', 200, changed(SUCCESS, ['"Success"', 'null']), 'done'],
    ['success in other letters', 200, changed(SUCCESS, ['"Success"', '"SUCCESS."']), 'done'],
  ])('refund: %s (HTTP %i)', async (_, status, body, kind) => {
    answer(body, status);
    expect((await adapter().refund(callOf())).kind).toBe(kind);
  });

  test.each<[string, string, string, string]>([
    ['points with decimals', '"amountValue": 500', '"amountValue": 500.0', 'done'],
    ['points with an exponent', '"amountValue": 500', '"amountValue": 5e2', 'done'],
    ['a balance with an exponent', '"balanceAfter": 299773', '"balanceAfter": 2.99773E+5', 'done'],
    ['ids with decimals', '"refundedLogId": 46173', '"refundedLogId": 46173.0', 'done'],
    ['a fraction of a point', '"amountValue": 500', '"amountValue": 500.5', 'otherMovement'],
    ['endless points', '"amountValue": 500', '"amountValue": 1e999999999', 'otherMovement'],
    ['negative points', '"amountValue": 500', '"amountValue": -500', 'otherMovement'],
    ['the wallet of somebody else', '"011111111111",', '"022222222222",', 'otherMovement'],
    ['no reference', '"externalLogId": "rf-0001-l1-1"', '"externalLogId": null', 'ambiguous'],
    ['no transaction', '"refundedLogId": 46173', '"refundedLogId": null', 'ambiguous'],
    ['a balance that disagrees', '"balanceAfter": 299773', '"balanceAfter": 299273', 'ambiguous'],
    ['points as text', '"amountValue": 500', '"amountValue": "500"', 'ambiguous'],
  ])('a success with %s', async (_, from, to, kind) => {
    answer(changed(SUCCESS, [from, to]));
    expect((await adapter().refund(callOf())).kind).toBe(kind);
  });

  test('what a success names wrongly counts however little else it tells', async () => {
    answer('{"errorCode":"0","errorMessage":"Success","pointsLog":{"amountValue":1000}}');
    expect(await adapter().refund(callOf())).toEqual({
      kind: 'otherMovement',
      code: 'ambiguous',
      message: 'The provider confirmed a refund, but not the one that was asked for: points differ.',
    });
  });

  test.each<[string, string | undefined]>([
    ['125.0', '125'],
    ['1.25E+2', '125'],
    ['500', undefined],
    ['125.000001', undefined],
    ['1e12', undefined],
    ['0', undefined],
    ['-125.0', undefined],
    ['1e999999999', undefined],
    ['"125"', undefined],
    ['null', undefined],
  ])('points said to be worth %s are recorded as worth %s', async (amount, worth) => {
    answer(changed(SUCCESS, ['"amount": 125.0', `"amount": ${amount}`]));
    const record = { kind: 'done', providerReference: '46175' };
    expect(await adapter().refund(callOf())).toEqual(worth === undefined ? record : { ...record, worth });
  });

  test.each<[string, string, string | undefined]>([
    ['8', '62.50', '62.5'],
    ['0.5', '1000', '1000'],
    ['4', '62.50', undefined],
    ['0', '125.0', undefined],
    ['-4', '125.0', undefined],
    ['4.0000001', '125.0', undefined],
    ['null', '62.50', '62.5'],
    ['"4"', '62.50', '62.5'],
  ])('at a told factor of %s a worth of %s is recorded as %s', async (factor, amount, worth) => {
    const factors: [string, string] = ['"redValueFactor": 4.0', `"redValueFactor": ${factor}`];
    answer(changed(SUCCESS, ['"amount": 125.0', `"amount": ${amount}`], factors));
    const record = { kind: 'done', providerReference: '46175' };
    expect(await adapter().refund(callOf())).toEqual(worth === undefined ? record : { ...record, worth });
  });

  test.each<[string, number, string, string]>([
    ['the points', 299273, 'done', ''],
    ['more than the points', 299173, 'done', 'before the refund and holds 299773 after the refund; 299673'],
    ['less than the points', 299373, 'done', 'before the refund and holds 299773 after the refund; 299873'],
    ['one less than twice the points', 298774, 'done', '; 299274 were to be expected.'],
    ['twice the points', 298773, 'otherMovement', 'more than once'],
    ['far more', 1000, 'otherMovement', 'more than once'],
  ])('a wallet that rose by %s', async (_, total, kind, said) => {
    answer(fixture(SUCCESS));
    const result = await adapter().refund(callOf({ baseline: counters(total, 1000, 3) }));
    expect(result.kind).toBe(kind);
    if (result.kind === 'otherMovement') expect(result.code).toBe('alreadyDone');
    expect(JSON.stringify(result)).toContain(said);
    expect('note' in result).toBe(kind === 'done' && said !== '');
  });

  test('a reading of another provider is no reading', async () => {
    answer(fixture(SUCCESS));
    const result = await adapter().refund(callOf({ baseline: { kind: 'rows', ids: [] } }));
    expect(result).toEqual({ kind: 'done', providerReference: '46175', worth: '125' });
  });

  const REDEEMED = 'redeem-response-sample.json';

  test.each<[string, number, string, string]>([
    ['a refund instead of a redemption', 200, fixture(SUCCESS), 'otherMovement'],
    [
      'money where points belong',
      200,
      changed(REDEEMED, ['"amountValue": 500', '"amountValue": 125']),
      'otherMovement',
    ],
    ['another type of log', 200, changed(REDEEMED, ['"logTypeId": 1', '"logTypeId": 2']), 'otherMovement'],
    [
      'a redemption that refers to another',
      200,
      changed(REDEEMED, ['"refundedLogId": null', '"refundedLogId": 1']),
      'otherMovement',
    ],
    ['points with decimals', 200, changed(REDEEMED, ['"amountValue": 500', '"amountValue": 500.0']), 'done'],
  ])('reversal: %s', async (_, status, body, kind) => {
    answer(body, status);
    expect((await adapter({ redeemUnit: 'points' }).reverse?.(callOf()))?.kind).toBe(kind);
  });

  test.each<[string, string, RegExp]>([
    ...['18', '35', '43'].map((code): [string, string, RegExp] => [code, 'declined', /has spent the points/]),
    ...['27', '28', '30', '46'].map((code): [string, string, RegExp] => [code, 'noReversal', /PIN/]),
    ['40', 'declined', /refused to reverse the refund/],
  ])('a reversal refused with code %s is %s', async (errorCode, code, said) => {
    answer(refusal(errorCode));
    const message = expect.stringMatching(said) as string;
    const result = await adapter({ redeemUnit: 'points' }).reverse?.(callOf());
    expect(result).toEqual({ kind: 'declined', code, message });
  });

  test.each<[string, number, string]>([
    ['as before the refund', 298973, 'done'],
    ['less, as after a purchase', 299000, 'done'],
    ['less by the points once more', 299473, 'otherMovement'],
  ])('a wallet that holds %s after the reversal', async (_, before, kind) => {
    answer(fixture(REDEEMED));
    const provider = adapter({ redeemUnit: 'points' });
    const result = await provider.reverse?.(callOf({ baseline: counters(before, 1000, 3) }));
    expect(result?.kind).toBe(kind);
    expect(result !== undefined && 'note' in result).toBe(before === 299000);
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
    answer(refusal('40', 'Wallet 011111111111 of 01151618768 is closed'));
    const message = 'The provider refused to refund the points (code 40).';
    expect(await adapter().refund(callOf())).toEqual({ kind: 'declined', code: 'declined', message });
    answer(refusal('01151618768'));
    expect(JSON.stringify(await adapter().refund(callOf()))).not.toContain('01151618768');
  });
});

describe('readings of the wallet', () => {
  const READING = 'synthetic-lookup-before.json';
  const refused = (code: string) =>
    changed('synthetic-lookup-failed.json', ['"errorCode": "3"', `"errorCode": "${code}"`]);
  const unhealthy: [string, number, string, string][] = [
    ['another wallet', 200, changed(READING, ['"011111111111"', '"022222222222"']), 'walletCode'],
    ['counters as text', 200, changed(READING, ['"reedemPoints": 1000', '"reedemPoints": "1000"']), 'data'],
    ['half a point', 200, changed(READING, ['"totalPoints": 299273', '"totalPoints": 299273.5']), 'data'],
    ['an array', 200, '[[]]', 'DSQUARES_BASE_URL'],
    ['null', 200, 'null', 'DSQUARES_BASE_URL'],
    ['nothing', 200, '', 'DSQUARES_API_VERSION'],
    ['an unlisted code', 200, refused('99'), 'code 99'],
    ['a mistake', 404, fixture('synthetic-error-object-404.json'), 'HTTP 404, which proves nothing'],
    ['a closed door', 401, '', 'DSQUARES_CLIENT_ID'],
    ['another closed door', 403, '<html></html>', 'DSQUARES_CLIENT_ID'],
    ['no such route', 404, '<html></html>', 'DSQUARES_BASE_URL and DSQUARES_API_VERSION'],
    ['an error of theirs', 500, fixture(READING), 'HTTP 500'],
  ];

  test.each(unhealthy)('%s (HTTP %i) proves nothing and moves nothing', async (_, status, body, said) => {
    answer(body, status);
    const provider = adapter({ redeemUnit: 'money' });
    const message = expect.stringContaining(said) as string;
    expect(await provider.check(callOf())).toEqual({ kind: 'unanswered', message });
    expect(await provider.lookUp(callOf({ baseline: BEFORE }))).toEqual({ kind: 'unanswered', message });
    expect(await provider.reverse?.(callOf())).toEqual({ kind: 'notSent', message });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET']);
  });

  test.each(['-4', '1', '3', '4', '5'])(
    'preflight ends where the wallet says no with code %s',
    async (code) => {
      const message = `The provider has no active wallet under this code (code ${code}).`;
      const provider = adapter();
      answer(refused(code));
      expect(await provider.check(callOf())).toEqual({ kind: 'refused', code: 'declined', message });
      expect((await provider.lookUp(callOf({ baseline: BEFORE }))).kind).toBe('unanswered');
    },
  );

  test('a no beside the data of a wallet is no answer', async () => {
    answer(changed(READING, ['"errorCode": "0"', '"errorCode": "3"']));
    expect((await adapter().check(callOf())).kind).toBe('unanswered');
  });

  test('counters are read by their value', async () => {
    answer(changed(READING, ['"totalPoints": 299273', '"totalPoints": 2.99273e5'], ['1000,', '1000.0,']));
    expect(await adapter().check(callOf())).toEqual({ kind: 'passed', baseline: BEFORE });
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
        'No reading of the wallet from before the refund exists; it shows 299773 points, 500 redeemed, 4 transactions.',
    });
  });

  test('evidence names the counters before and after', async () => {
    answer(fixture('synthetic-lookup-found.json'));
    const { message } = (await adapter().lookUp(callOf({ baseline: BEFORE }))) as { message: string };
    expect(message).toContain('299273 points, 1000 redeemed, 3 transactions');
    expect(message).toContain('299773 points, 500 redeemed, 4 transactions');
  });

  test.each<[string, Counters, string, RegExp]>([
    ['the very refund', counters(299773, 500, 4), 'candidate', /would move it/],
    ['the very refund, not counted', counters(299773, 500, 3), 'candidate', /would move it/],
    ['two movements that look like it', counters(299773, 500, 5), 'candidate', /would move it/],
    ['exactly the points, earned or refunded', counters(299773, 1000, 4), 'candidate', /exactly the points/],
    ['counters that disagree', counters(299773, 600, 4), 'candidate', /cannot be told/],
    ['a refund of other points', counters(299473, 800, 4), 'candidate', /cannot be told/],
    ['a refund made twice', counters(300273, 0, 5), 'candidate', /cannot be told/],
    ['a redemption in between', counters(299073, 1200, 4), 'candidate', /cannot be told/],
    ['a refund hidden by a redemption', counters(299273, 1000, 5), 'candidate', /cannot be told/],
    ['points that expired', counters(299173, 1000, 4), 'candidate', /cannot be told/],
    ['two earnings, or one and a refund', counters(299873, 1000, 5), 'candidate', /cannot be told/],
    ['an earning of less', counters(299573, 1000, 4), 'unrelated', /another amount/],
    ['an earning of more', counters(300273, 1000, 4), 'unrelated', /another amount/],
    ['nothing', BEFORE, 'absent', /has not moved/],
  ])('%s', async (_, now, kind, message) => {
    answer(
      changed(
        READING,
        ['"totalPoints": 299273', `"totalPoints": ${now.totalPoints}`],
        ['"reedemPoints": 1000', `"reedemPoints": ${now.redeemedPoints}`],
        ['"totalTransactions": 3', `"totalTransactions": ${now.totalTransactions}`],
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
    ['1e2', 500, '5'],
  ])('at a factor of %s, %i points are redeemed as %s', async (factor, points, money) => {
    answer(changed('synthetic-lookup-before.json', ['"redeemFactor": 4', `"redeemFactor": ${factor}`]));
    answer('', 500);
    await adapter({ redeemUnit: 'money' }).reverse?.(callOf({ leg: { ...LEG, points } }));
    expect(server.requests[1]?.body).toContain(`"PointsValue":${money},`);
  });

  test.each<[string, number, RegExp]>([
    ['3', 500, /no whole amount/],
    ['1000', 500, /no whole amount/],
    ['0.000001', 10 ** 12, /more money than can be sent exactly/],
    ...['0', '-4', 'null', '"4"', '1e999999999'].map((factor): [string, number, RegExp] => [
      factor,
      500,
      /by hand.*DSQUARES_REDEEM_UNIT/,
    ]),
  ])('at a factor of %s, %i points cannot be reversed', async (factor, points, said) => {
    answer(changed(READING, ['"redeemFactor": 4', `"redeemFactor": ${factor}`]));
    const result = await adapter({ redeemUnit: 'money' }).reverse?.(callOf({ leg: { ...LEG, points } }));
    const message = expect.stringMatching(said) as string;
    expect(result).toEqual({ kind: 'declined', code: 'noReversal', message });
    expect(server.requests).toHaveLength(1);
  });

  test('what the confirmed refund was worth is redeemed, and no factor is asked for', async () => {
    answer(fixture('redeem-response-sample.json'));
    const provider = adapter({ redeemUnit: 'money' });
    expect((await provider.reverse?.(callOf({ worth: '125' })))?.kind).toBe('done');
    expect(server.requests).toMatchObject([{ method: 'POST' }]);
    expect(server.requests[0]?.body).toContain('"PointsValue":125,');
  });

  test.each<[string, RegExp]>([
    ['62.5', /no whole amount/],
    ['0', /no whole amount/],
    ['much', /no whole amount/],
    ['9007199254740993', /more money than can be sent exactly/],
  ])('a worth of %s cannot be redeemed', async (worth, said) => {
    const result = await adapter({ redeemUnit: 'money' }).reverse?.(callOf({ worth }));
    const message = expect.stringMatching(said) as string;
    expect(result).toEqual({ kind: 'declined', code: 'noReversal', message });
    expect(server.requests).toHaveLength(0);
  });

  test('a worth says nothing where redemptions are counted in points', async () => {
    answer(fixture('redeem-response-sample.json'));
    await adapter({ redeemUnit: 'points' }).reverse?.(callOf({ worth: '125' }));
    expect(server.requests[0]?.body).toContain('"PointsValue":500,');
  });
});

describe('the wire itself', () => {
  test('a connection that dies after the request is ambiguous', async () => {
    server.answer('reset');
    const provider = adapter({ redeemUnit: 'points' });
    expect((await provider.refund(callOf())).kind).toBe('ambiguous');
    expect((await provider.reverse?.(callOf()))?.kind).toBe('ambiguous');
    expect((await provider.lookUp(callOf({ baseline: BEFORE }))).kind).toBe('unanswered');
    expect((await provider.check(callOf())).kind).toBe('unanswered');
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
    expect((await provider.check(callOf())).kind).toBe('unanswered');
  });

  test('a movement is not sent when half of its time is over, and a question still is', async () => {
    answer(fixture('synthetic-lookup-before.json'));
    const budget = { remainingMs: () => 4_000, mayBegin: () => false };
    const provider = adapter({ redeemUnit: 'money' });
    expect((await provider.refund(callOf({ budget }))).kind).toBe('notSent');
    expect((await provider.check(callOf({ budget }))).kind).toBe('passed');
    expect((await provider.reverse?.(callOf({ budget })))?.kind).toBe('notSent');
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });
});
