import type { PaywallLeg } from '../../src/domain/request';
import { createPaywall } from '../../src/providers/paywall/client';
import type { Provider, ProviderCall, ProviderSettings } from '../../src/providers/provider';
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
import { startAnsweringServer, type AnsweringServer } from '../support/answering-server';

const KEYS = { apiKey: 'public-key-7f3a', apiClient: 'public-client-91bc' };

function aCall(leg: Partial<PaywallLeg> = {}, call: Partial<ProviderCall> = {}): ProviderCall<PaywallLeg> {
  return {
    currency: 'TRY',
    exponent: 2,
    key: 'rf-0001:sale',
    since: '2025-01-01T00:00:00.000Z',
    ...call,
    leg: {
      provider: 'paywall',
      externalReference: 'order-2026-000123',
      amountMinor: 14_990,
      rollbackFee: true,
      rollbackCashback: true,
      ...leg,
    },
  };
}

/** Whose answer a sample is, where it is not about the usual order. */
const LEGS: Record<string, Partial<PaywallLeg>> = {
  'refund-request-sample.json': { externalReference: '{{externalReference}}' },
  'refund-response-sample.json': { externalReference: 'Jeannette Nolan', amountMinor: 100 },
  'cancel-response-sample.json': { externalReference: 'Eddie Leuschke', amountMinor: 100 },
  'purchase-response-sample.json': { externalReference: "Johnathan O'Connell I", amountMinor: 10_000 },
  'synthetic-withdraw-response.json': { externalReference: 'rev-order-2026-000123' },
  'lookup-by-wallet-response-sample.json': { externalReference: 'seamless.hps', amountMinor: 100 },
  'lookup-by-reference-response-sample.json': {
    externalReference: '5bc276c8-acb5-4cb7-90fe-1d3ff10fbcfb',
    amountMinor: 10_000_000,
  },
};

/** The index's class names as kinds of our answers. */
const REFUND_KINDS: Record<string, string> = {
  refunded: 'done',
  declined: 'declined',
  'already-done': 'alreadyDone',
  ambiguous: 'ambiguous',
  misconfigured: 'turnedAway',
};
const LOOK_UP_KINDS: Record<string, string> = {
  refunded: 'found',
  absent: 'absent',
  'look-up-unhealthy': 'unanswered',
  operator: 'conflict',
};

/** Answers of other calls, whose class the index leaves open: served to ours they must prove nothing. */
const FOREIGN_ANSWERS: Record<string, string> = {
  'cancel-response-sample.json': 'ambiguous',
  'purchase-response-sample.json': 'ambiguous',
  'synthetic-withdraw-response.json': 'ambiguous',
  'lookup-by-wallet-response-sample.json': 'look-up-unhealthy',
};

const entries = fixtureEntries('paywall').map((entry) => ({
  ...entry,
  expect: entry.expect ?? FOREIGN_ANSWERS[entry.file ?? ''],
}));
const ofKind = (...kinds: string[]) => titled(entries.filter(({ kind }) => kinds.includes(kind)));

let server: AnsweringServer;
let paywall: Provider<PaywallLeg>;
beforeEach(async () => {
  server = await startAnsweringServer();
  paywall = createPaywall({
    ...KEYS,
    baseUrl: `${server.url}/tenant/`,
    callTimeoutMs: 5_000,
    maxConcurrent: 2,
  });
});
afterEach(async () => {
  paywall.close();
  await server.close();
});

describe('every body of the sheet', () => {
  test.each(ofKind('refund-response', 'cancel-response', 'reverse-response'))(
    'refund: %s',
    async (_, entry) => {
      const call = aCall(LEGS[entry.file ?? '']);
      const served = fixtureAnswer('paywall', entry);
      server.answer(served);
      const answer = await paywall.refund(call);
      expect(answer.kind).toBe(REFUND_KINDS[entry.expect ?? '']);
      expectHidden(answer, [
        ...Object.values(KEYS),
        call.leg.externalReference,
        ...privateTexts(served.body),
      ]);
    },
  );

  test.each(ofKind('lookup-response'))('look-up: %s', async (_, entry) => {
    const call = aCall(LEGS[entry.file ?? '']);
    const served = fixtureAnswer('paywall', entry);
    server.answer(served);
    const answer = await paywall.lookUp(call);
    expect(answer.kind).toBe(LOOK_UP_KINDS[entry.expect ?? '']);
    expectHidden(answer, [...Object.values(KEYS), call.leg.externalReference, ...privateTexts(served.body)]);
  });

  test.each(ofKind('refund-request'))('sent: %s', async (_, { file }) => {
    server.answer({ status: 500, body: '' });
    await paywall.refund(aCall(LEGS[file ?? '']));
    expect(server.requests[0]?.body).toBe(compact(fixtureText('paywall', file ?? '')));
  });

  test.each(ofKind('reverse-request'))(
    'never sent, as it would not restore fee and cashback: %s',
    (_, { file }) => {
      expect(paywall).not.toHaveProperty('reverse');
      expect(Object.keys(JSON.parse(fixtureText('paywall', file ?? '')) as object)).toContain('Amount');
    },
  );

  test('every entry has a test above', () => {
    const tested = [
      'refund-response',
      'cancel-response',
      'reverse-response',
      'lookup-response',
      'refund-request',
      'reverse-request',
    ];
    expect(entries.filter(({ kind }) => !tested.includes(kind))).toEqual([]);
  });
});

describe('what goes over the wire', () => {
  test('the refund goes to its route with both keys and names the sale, never an amount', async () => {
    server.answer({ status: 200, body: fixtureText('paywall', 'synthetic-success.json') });
    const answer = await paywall.refund(aCall({ rollbackFee: false, rollbackCashback: false }));
    expect(answer).toEqual({ kind: 'done', providerReference: '01034c7e-a1b8-4ca5-827e-583cb4385b54' });
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        url: '/tenant/api/v1/wallet/purchase/refund',
        headers: {
          apikeypublic: KEYS.apiKey,
          apiclientpublic: KEYS.apiClient,
          'content-type': 'application/json',
        },
        body: '{"ExternalReference":"order-2026-000123","RollbackFee":false,"RollbackCashback":false}',
      },
    ]);
  });

  test.each([
    ['a/b ?#%', 'a%2Fb%20%3F%23%25'],
    ['../../etc', '..%2F..%2Fetc'],
    ['%2e%2e', '%252e%252e'],
    ['sipariş 😀', 'sipari%C5%9F%20%F0%9F%98%80'],
    ["Johnathan O'Connell I", "Johnathan%20O'Connell%20I"],
  ])('a look-up by the reference %p stays one path segment', async (externalReference, encoded) => {
    server.answer({ status: 200, body: '{}' });
    await paywall.lookUp(aCall({ externalReference }));
    await paywall.check?.(aCall({ externalReference }));
    const seen = {
      method: 'GET',
      url: `/tenant/api/v1/wallet/transaction/by/external-reference/${encoded}`,
      headers: { apikeypublic: KEYS.apiKey, apiclientpublic: KEYS.apiClient },
      body: '',
    };
    expect(server.requests).toMatchObject([seen, seen]);
  });

  test.each(['.', '..', '', '\ud800'])(
    'a reference that is no path segment, %p, is not asked for',
    async (externalReference) => {
      expect((await paywall.lookUp(aCall({ externalReference }))).kind).toBe('unanswered');
      expect(server.requests).toHaveLength(0);
    },
  );
});

type Row = Record<string, unknown>;
const SALE: Row = {
  Id: 'sale-1',
  TransactionType: 'Purchase',
  ExternalReference: 'order-2026-000123',
  Amount: 149.9,
  MainTransactionId: null,
  CreatedAt: '2026-01-10T09:00:00.0000000Z',
  CurrencyCode: 'TRY',
};
const REFUND: Row = {
  ...SALE,
  Id: 'refund-1',
  TransactionType: 'Refund',
  MainTransactionId: 'sale-1',
  CreatedAt: '2026-01-15T10:00:00.0000000Z',
};
const CANCEL: Row = { ...REFUND, Id: 'cancel-1', TransactionType: 'Cancel' };

function listOf(...rows: Row[]) {
  return { status: 200, body: JSON.stringify({ IsSuccess: true, IsFailure: false, Value: rows }) };
}

describe('the refund call', () => {
  const failure = (errors: string, value = 'null') =>
    `{"Value":${value},"Errors":${errors},"IsSuccess":false,"IsFailure":true}`;

  test.each([
    ['a refusal', 400, failure('[{"Code":"Wallet.Frozen"}]'), 'declined', 'Wallet.Frozen'],
    [
      'a refusal whose code is a phone number',
      422,
      failure('[{"Code":"+905551234567"}]'),
      'declined',
      '(code not shown)',
    ],
    ['a refusal in one word', 404, failure('["Zeynep"]'), 'declined', '(code not shown)'],
    [
      'a refusal without errors',
      409,
      '{"Value":null,"IsSuccess":false,"IsFailure":true}',
      'declined',
      '(code not shown)',
    ],
    ['a refusal that hands out a value', 400, failure('[]', '{"Id":"1"}'), 'ambiguous', 'HTTP 400'],
    ['a refusal under a status of no business', 418, failure('[]'), 'ambiguous', 'HTTP 418'],
    [
      'a failure that names the keys',
      400,
      failure('["ApiKey is not valid"]'),
      'turnedAway',
      'PAYWALL_API_KEY',
    ],
    ['a forbidden call', 403, '', 'turnedAway', 'PAYWALL_API_CLIENT'],
    ['an unknown route', 404, '<html>', 'turnedAway', 'PAYWALL_BASE_URL'],
    ['a wrong method', 405, '', 'turnedAway', 'PAYWALL_BASE_URL'],
    [
      'a success under a refusing status',
      401,
      fixtureText('paywall', 'synthetic-success.json'),
      'ambiguous',
      'HTTP 401',
    ],
    [
      'another currency',
      200,
      fixtureText('paywall', 'synthetic-success-newer-envelope.json').replace('"TRY"', '"EUR"'),
      'ambiguous',
      'differs from this refund in: currency',
    ],
    ['two values', 200, listOf(REFUND, REFUND).body, 'ambiguous', 'HTTP 200'],
  ])('%s (HTTP %i)', async (_, status, body, kind, shown) => {
    server.answer({ status, body });
    const answer = await paywall.refund(aCall());
    expect(answer).toMatchObject({ kind, message: expect.stringContaining(shown) as string });
    expectHidden(answer, ['+905551234567', 'Zeynep', 'order-2026-000123']);
  });

  test.each(HOSTILE_BODIES)('%s proves nothing', async (_, body) => {
    for (const status of [200, 400, 422]) {
      server.answer({ status, body });
      expect(await paywall.refund(aCall())).toMatchObject({ kind: 'ambiguous' });
      expect(await paywall.lookUp(aCall())).toMatchObject({ kind: 'unanswered' });
      expect(await paywall.check?.(aCall())).toMatchObject({ kind: 'unanswered' });
    }
  });
});

describe('preflight', () => {
  test.each([
    ['the sale alone', [SALE], { kind: 'passed' }],
    ['a sale in the older envelope', [{ ...SALE, CurrencyCode: undefined }], { kind: 'passed' }],
    ['an empty list', [], { kind: 'refused', code: 'declined' }],
    [
      'no sale among the rows',
      [{ ...SALE, TransactionType: 'Deposit' }],
      { kind: 'refused', code: 'declined' },
    ],
    ['two sales', [SALE, { ...SALE, Id: 'sale-2' }], { kind: 'refused', code: 'declined' }],
    ['a sale of another amount', [{ ...SALE, Amount: 149.91 }], { kind: 'refused', code: 'amountMismatch' }],
    [
      'a sale in another currency',
      [{ ...SALE, CurrencyCode: 'EUR' }],
      { kind: 'refused', code: 'amountMismatch' },
    ],
    ['a cancelled sale', [SALE, CANCEL], { kind: 'refused', code: 'declined' }],
    ['a refunded sale', [SALE, REFUND], { kind: 'refused', code: 'alreadyDone' }],
    ['a row of another sale', [SALE, { ...SALE, ExternalReference: 'other' }], { kind: 'unanswered' }],
    ['an amount as text', [{ ...SALE, Amount: '149.90' }], { kind: 'unanswered' }],
  ])('%s', async (_, rows: Row[], expected) => {
    server.answer(listOf(...rows));
    expect(await paywall.check?.(aCall())).toMatchObject(expected);
  });

  test.each([
    [400, 'Transaction.NotFound', { kind: 'refused', code: 'declined' }],
    [404, 'Transaction.NotFound', { kind: 'refused', code: 'declined' }],
    [200, 'Transaction.NotFound', { kind: 'unanswered' }],
    [500, 'General', { kind: 'unanswered' }],
    [
      401,
      'Auth.Invalid',
      { kind: 'unanswered', message: expect.stringContaining('PAYWALL_API_KEY') as string },
    ],
    [
      400,
      'Auth.Invalid',
      { kind: 'unanswered', message: expect.stringContaining('PAYWALL_API_KEY') as string },
    ],
  ])('a failure under HTTP %i with code %s', async (status, Code, expected) => {
    const body = JSON.stringify({ Value: null, Errors: [{ Code }], IsSuccess: false, IsFailure: true });
    server.answer({ status, body });
    expect(await paywall.check?.(aCall())).toMatchObject(expected);
  });
});

describe('the look-up', () => {
  const since = '2026-01-15T10:00:30.000Z';

  test.each([
    [
      'a refund within a minute before our start',
      [SALE, REFUND],
      { kind: 'found', providerReference: 'refund-1' },
    ],
    [
      'a refund dated without a zone',
      [SALE, { ...REFUND, CreatedAt: '2026-01-15T10:00:00.1234567' }],
      { kind: 'found' },
    ],
    [
      'an older refund',
      [SALE, { ...REFUND, CreatedAt: '2026-01-15T09:59:29.9999999Z' }],
      { kind: 'conflict' },
    ],
    ['a refund of another amount', [SALE, { ...REFUND, Amount: 149.8 }], { kind: 'conflict' }],
    ['a refund in another currency', [SALE, { ...REFUND, CurrencyCode: 'EUR' }], { kind: 'conflict' }],
    ['a refund with a gift part', [SALE, { ...REFUND, GiftAmount: 20 }], { kind: 'conflict' }],
    ['a refund without its sale', [{ ...REFUND, MainTransactionId: undefined }], { kind: 'conflict' }],
    ['two sales', [SALE, { ...SALE, Id: 'sale-2' }], { kind: 'conflict' }],
    ['rows of another reference only', [{ ...SALE, ExternalReference: 'other' }], { kind: 'unanswered' }],
    ['the sale alone', [SALE], { kind: 'absent' }],
  ])('%s', async (_, rows: Row[], expected) => {
    server.answer(listOf(...rows));
    expect(await paywall.lookUp(aCall({}, { since }))).toMatchObject(expected);
  });
});

describeTransport((settings: ProviderSettings) => createPaywall({ ...KEYS, ...settings }), aCall());
