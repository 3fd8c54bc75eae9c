import type { Baseline } from '../../src/domain/provider-answers';
import type { PaywallLeg } from '../../src/domain/request';
import { createPaywall } from '../../src/providers/paywall/client';
import type { Provider, ProviderCall, ProviderSettings } from '../../src/providers/provider';
import {
  AMPLE_TIME,
  compact,
  describeTransport,
  expectHidden,
  fixtureAnswer,
  fixtureEntries,
  fixtureText,
  HOSTILE_BODIES,
  privateTexts,
  titled,
  clocksNow,
} from '../support/adapter-cases';
import { startAnsweringServer, type AnsweringServer } from '../support/answering-server';

const KEYS = { apiKey: 'public-key-7f3a', apiClient: 'public-client-91bc' };

function aCall(leg: Partial<PaywallLeg> = {}, call: Partial<ProviderCall> = {}): ProviderCall<PaywallLeg> {
  return {
    currency: 'TRY',
    exponent: 2,
    key: 'rf-0001:sale',
    since: '2025-01-01T00:00:00.000Z',
    notBefore: '2025-01-01T00:00:00.000Z',
    now: clocksNow(),
    notOurs: [],
    budget: AMPLE_TIME,
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

/** The index's class names as kinds of our answers; it calls a refusal by what it ends in once no refund is found. */
const REFUND_KINDS: Record<string, string> = {
  refunded: 'done',
  declined: 'unlistedRefusal',
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

/** What is more than the index tells: a success that names something else, and answers to other calls. */
const MORE_EXACTLY: Record<string, string> = {
  'synthetic-wrong-reference.json': 'otherMovement',
  'synthetic-wrong-amount.json': 'otherMovement',
  'synthetic-wrong-type-purchase.json': 'otherMovement',
  'synthetic-type-cancel.json': 'otherMovement',
  'synthetic-gift-part.json': 'otherMovement',
  'cancel-response-sample.json': 'otherMovement',
  'purchase-response-sample.json': 'otherMovement',
  'synthetic-withdraw-response.json': 'otherMovement',
  'lookup-by-wallet-response-sample.json': 'unanswered',
};

const entries = fixtureEntries('paywall');
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
      expect(answer.kind).toBe(MORE_EXACTLY[entry.file ?? ''] ?? REFUND_KINDS[entry.expect ?? '']);
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
    expect(answer.kind).toBe(MORE_EXACTLY[entry.file ?? ''] ?? LOOK_UP_KINDS[entry.expect ?? '']);
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
    server.answer({ status: 200, body: confirmed({ CashbackAmount: 0 }) });
    const answer = await paywall.refund(aCall({ rollbackFee: false, rollbackCashback: false }));
    expect(answer).toEqual({ kind: 'done', providerReference: 'refund-1' });
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
  ])(
    'a question about the reference %p stays one path segment, and is one request',
    async (reference, encoded) => {
      server.answer({ status: 200, body: '{}' });
      await paywall.lookUp(aCall({ externalReference: reference }));
      await paywall.check(aCall({ externalReference: reference }));
      const seen = {
        method: 'GET',
        url: `/tenant/api/v1/wallet/transaction/by/external-reference/${encoded}`,
        headers: { apikeypublic: KEYS.apiKey, apiclientpublic: KEYS.apiClient },
        body: '',
      };
      expect(server.requests).toMatchObject([seen, seen]);
      expect(paywall.requestsInSequence).toEqual({ movement: 1, question: 1 });
    },
  );

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

/** A number that JavaScript would write otherwise. */
const asWritten = (json: string, digits: string) => json.replace('"§"', digits);

function listOf(rows: Row[], envelope: object = {}) {
  const flags = { IsSuccess: true, IsFailure: false };
  return { status: 200, body: JSON.stringify({ ...flags, Value: rows, ...envelope }) };
}

function confirmed(fields: Row = {}, envelope: object = {}): string {
  const flags = { Errors: null, IsSuccess: true, IsFailure: false };
  return JSON.stringify({ Value: { ...REFUND, ...fields }, ...flags, ...envelope });
}

const failure = (errors: string, value = 'null') =>
  `{"Value":${value},"Errors":${errors},"IsSuccess":false,"IsFailure":true}`;
const REFUSAL = failure('[{"Code":"Wallet.Frozen","Message":"Zeynep, +905551234567"}]');

const GIFT_SALE: Baseline = { kind: 'sale', giftMinor: 2_000, cashbackMinor: 0 };
const CASHBACK_SALE: Baseline = { kind: 'sale', cashbackMinor: 750 };
const PLAIN_SALE: Baseline = { kind: 'sale', cashbackMinor: 0 };

describe('a refusal, by status and body', () => {
  const KEY_FAILURE = failure('["ApiKey is not valid"]');
  const REPEAT = failure('[{"Code":"Auth.Invalid","Message":"Sale was already refunded"}]');
  const SUCCESS = confirmed();
  const OTHER_JSON = '{"title":"Forbidden","status":403}';
  /** For each status: an empty body, Paywall's refusal, one that names keys, one of a repeat, a success, another's JSON. */
  test.each([
    [200, 'ambiguous', 'unlistedRefusal', 'unlistedRefusal', 'alreadyDone', 'done', 'ambiguous'],
    [201, 'ambiguous', 'unlistedRefusal', 'unlistedRefusal', 'alreadyDone', 'done', 'ambiguous'],
    [302, 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous'],
    [400, 'ambiguous', 'unlistedRefusal', 'unlistedRefusal', 'alreadyDone', 'ambiguous', 'ambiguous'],
    [401, 'turnedAway', 'turnedAway', 'turnedAway', 'alreadyDone', 'ambiguous', 'ambiguous'],
    [403, 'turnedAway', 'turnedAway', 'turnedAway', 'alreadyDone', 'ambiguous', 'ambiguous'],
    [404, 'turnedAway', 'unlistedRefusal', 'unlistedRefusal', 'alreadyDone', 'ambiguous', 'ambiguous'],
    [405, 'turnedAway', 'ambiguous', 'ambiguous', 'alreadyDone', 'ambiguous', 'ambiguous'],
    [408, 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous'],
    [409, 'ambiguous', 'unlistedRefusal', 'unlistedRefusal', 'alreadyDone', 'ambiguous', 'ambiguous'],
    [415, 'turnedAway', 'ambiguous', 'ambiguous', 'alreadyDone', 'ambiguous', 'ambiguous'],
    [418, 'ambiguous', 'ambiguous', 'ambiguous', 'alreadyDone', 'ambiguous', 'ambiguous'],
    [422, 'ambiguous', 'unlistedRefusal', 'unlistedRefusal', 'alreadyDone', 'ambiguous', 'ambiguous'],
    [429, 'turnedAway', 'turnedAway', 'turnedAway', 'alreadyDone', 'ambiguous', 'turnedAway'],
    [500, 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous'],
    [503, 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous', 'ambiguous'],
  ])('HTTP %i', async (status, ...expected) => {
    const kinds: string[] = [];
    for (const body of ['', REFUSAL, KEY_FAILURE, REPEAT, SUCCESS, OTHER_JSON]) {
      server.answer({ status, body });
      const answer = await paywall.refund(aCall());
      expectHidden(answer, ['Zeynep', '+905551234567', 'order-2026-000123']);
      kinds.push(answer.kind);
    }
    expect(kinds).toEqual(expected);
  });

  test.each([
    ['in Turkish', '["Mükerrer işlem"]', 'unlistedRefusal', '(code not shown)'],
    [
      'in Turkish, with a code',
      '[{"Code":"Islem.Mukerrer","Message":"x"}]',
      'unlistedRefusal',
      '(code not shown)',
    ],
    ['with a number for a code', '[{"Code":7}]', 'unlistedRefusal', ': 7.'],
    ['with a phone number for a code', '[{"Code":"+905551234567"}]', 'unlistedRefusal', '(code not shown)'],
    ['in one word, which may be a name', '["Zeynep"]', 'unlistedRefusal', '(code not shown)'],
    ['as one text', '"Reddedildi"', 'unlistedRefusal', '(code not shown)'],
    ['without any error', 'null', 'unlistedRefusal', '(code not shown)'],
    [
      'that may be about a repeat, though it says unauthorized',
      '["Unauthorized"]',
      'unlistedRefusal',
      'refused',
    ],
    ['that says already', '["Transaction already refunded"]', 'alreadyDone', 'already refunded'],
    ['that says duplicate, in a single text', '"Duplicate request"', 'alreadyDone', 'already refunded'],
    ['that says already by its code', '[{"Code":"AlreadyRefunded"}]', 'alreadyDone', 'already refunded'],
    ['with a code of words', '[{"Code":"WalletFrozen"}]', 'unlistedRefusal', ': WalletFrozen.'],
    ['with a name for a code', '[{"Code":"Zeynep"}]', 'unlistedRefusal', '(code not shown)'],
    [
      'in Turkish that names the keys, and may be about a repeat',
      '["Mükerrer istek: apiclientpublic demo"]',
      'unlistedRefusal',
      '(code not shown)',
    ],
  ])('a refusal %s', async (_, errors, kind, shown) => {
    server.answer({ status: 400, body: failure(errors) });
    const answer = await paywall.refund(aCall());
    expect(answer).toMatchObject({ kind, message: expect.stringContaining(shown) as string });
    expectHidden(answer, ['+905551234567', 'Zeynep', 'Mükerrer', 'Reddedildi']);
  });

  test.each([
    ['a refusal that hands out a value', failure('[]', '{"Id":"1"}')],
    ['a refusal of the keys that hands out a value', failure('["ApiKey"]', '{"Id":"1"}')],
    ['flags that are equal', '{"Value":null,"IsSuccess":false,"IsFailure":false}'],
    ['a flag that is missing', '{"Value":null,"IsFailure":true}'],
  ])('%s is ambiguous under whatever status', async (_, body) => {
    for (const status of [200, 400, 401, 404]) {
      server.answer({ status, body });
      expect(await paywall.refund(aCall())).toMatchObject({ kind: 'ambiguous' });
    }
  });

  test.each(HOSTILE_BODIES.slice(1))('%s proves nothing under whatever status', async (_, body) => {
    for (const status of [200, 400, 401, 403, 404, 405, 409, 415, 422]) {
      server.answer({ status, body });
      expect(await paywall.refund(aCall())).toMatchObject({ kind: 'ambiguous' });
      expect(await paywall.lookUp(aCall())).toMatchObject({ kind: 'unanswered' });
      expect(await paywall.check(aCall())).toMatchObject({ kind: 'unanswered' });
    }
  });
});

describe('what the answer to the refund confirms', () => {
  test.each([
    ['the refund', {}, 'done'],
    ['it in lira by their old letters', { CurrencyCode: 'TL' }, 'done'],
    ['it without a currency', { CurrencyCode: undefined }, 'done'],
    ['it without a readable date', { CreatedAt: 'yesterday' }, 'done'],
    ['another kind', { TransactionType: 'Cancel' }, 'otherMovement'],
    ['another reference', { ExternalReference: 'other' }, 'otherMovement'],
    [
      'another reference and nothing else',
      { ...emptyOf(REFUND), ExternalReference: 'other' },
      'otherMovement',
    ],
    ['another amount', { Amount: 149.91 }, 'otherMovement'],
    ['a negative amount', { Amount: -149.9 }, 'otherMovement'],
    ['another currency', { CurrencyCode: 'EUR' }, 'otherMovement'],
    ['no amount', { Amount: undefined }, 'ambiguous'],
    ['an amount as text', { Amount: '149.90' }, 'ambiguous'],
    ['a gift part as text', { GiftAmount: '0' }, 'ambiguous'],
    ['no id', { Id: undefined }, 'ambiguous'],
    ['an id that cannot be printed', { Id: 'refund-1\n' }, 'ambiguous'],
    ['an id that is too long', { Id: 'r'.repeat(129) }, 'ambiguous'],
    ['the id of the sale', { Id: 'sale-1' }, 'ambiguous'],
    ['a status of failure', { Status: 'Failed' }, 'ambiguous'],
    ['no success', { Success: false }, 'ambiguous'],
    ['nothing', emptyOf(REFUND), 'ambiguous'],
  ])('%s', async (_, fields: Row, kind) => {
    server.answer({ status: 200, body: confirmed(fields) });
    const answer = await paywall.refund(aCall({}, { baseline: PLAIN_SALE }));
    expect(answer.kind).toBe(kind);
    if (kind === 'otherMovement') expect(answer).toMatchObject({ code: 'ambiguous' });
  });

  test.each([
    [{ Message: 'Refund failed' }, 'ambiguous'],
    [{ ResultMessage: 'REJECTED' }, 'ambiguous'],
    [{ Message: 'Refund completed' }, 'done'],
  ])('a success beside %j', async (beside, kind) => {
    server.answer({ status: 200, body: confirmed({}, beside) });
    expect((await paywall.refund(aCall())).kind).toBe(kind);
  });

  const older = { kind: 'otherMovement', code: 'alreadyDone' };
  test.each<[string, Row, Partial<ProviderCall>, object]>([
    ['as old as the request', {}, { notBefore: '2026-01-15T10:00:00Z' }, { kind: 'done' }],
    ['older than the request', {}, { notBefore: '2026-01-15T10:00:00.001Z' }, older],
    [
      'older, dated without a zone',
      { CreatedAt: '2026-01-15 09:59:59' },
      { notBefore: '2026-01-15T10:00:00Z' },
      older,
    ],
    ['compared with nothing', {}, { notBefore: '' }, { kind: 'done' }],
    [
      'whose date is a default',
      { CreatedAt: '0001-01-01T00:00:00' },
      { notBefore: '2026-01-15T10:00:00Z' },
      { kind: 'done' },
    ],
    ['that a person called not ours', {}, { notOurs: ['refund-1'] }, older],
  ])('a refund %s', async (_, fields, call, expected) => {
    server.answer({ status: 200, body: confirmed(fields) });
    expect(await paywall.refund(aCall({}, call))).toMatchObject(expected);
  });

  test('two transactions are not the one that was asked for', async () => {
    server.answer(listOf([REFUND, REFUND]));
    expect(await paywall.refund(aCall())).toMatchObject({ kind: 'otherMovement', code: 'ambiguous' });
  });

  test.each([
    ['149.90', 14_990, 'done'],
    ['149.9000', 14_990, 'done'],
    ['1.499E+2', 14_990, 'done'],
    ['1E+2', 10_000, 'done'],
    ['14990e-2', 14_990, 'done'],
    ['149.900000000000000001', 14_990, 'otherMovement'],
    ['1E+999', 14_990, 'otherMovement'],
  ])('the amount %s is compared with %i exactly, by value', async (digits, amountMinor, kind) => {
    server.answer({ status: 200, body: asWritten(confirmed({ Amount: '§' }), digits) });
    expect((await paywall.refund(aCall({ amountMinor }))).kind).toBe(kind);
  });
});

function emptyOf(row: Row): Row {
  return Object.fromEntries(Object.keys(row).map((name) => [name, undefined]));
}

describe('the part from a gift balance', () => {
  test.each([
    ['none, as the sale', null, PLAIN_SALE, 'done'],
    ['0, as the sale', 0, PLAIN_SALE, 'done'],
    ["the sale's", 20, GIFT_SALE, 'done'],
    ['one that the sale did not have', 20, PLAIN_SALE, 'otherMovement'],
    ['none of the one that the sale had', null, GIFT_SALE, 'otherMovement'],
    ['another than the sale had', 20.01, GIFT_SALE, 'otherMovement'],
    ['a negative one', -20, GIFT_SALE, 'otherMovement'],
    ['none, and nobody saw the sale', null, undefined, 'done'],
    ['some, and nobody saw the sale', 20, undefined, 'otherMovement'],
  ])('the answer tells %s', async (_, GiftAmount, baseline: Baseline | undefined, kind) => {
    server.answer({ status: 200, body: confirmed({ GiftAmount }) });
    expect((await paywall.refund(aCall({}, { ...(baseline && { baseline }) }))).kind).toBe(kind);
  });

  test.each([
    ["the sale's, as preflight saw it", { GiftAmount: 20 }, { GiftAmount: 20 }, GIFT_SALE, 'found'],
    ["the sale's, as its row shows it", { GiftAmount: 20 }, { GiftAmount: 20 }, undefined, 'found'],
    ['0 where the sale had none', { GiftAmount: null }, { GiftAmount: 0 }, undefined, 'found'],
    ['one the sale does not show', {}, { GiftAmount: 20 }, undefined, 'conflict'],
    ['one preflight did not see', { GiftAmount: 20 }, { GiftAmount: 20 }, PLAIN_SALE, 'conflict'],
    ['none of the one the sale shows', { GiftAmount: 20 }, {}, undefined, 'conflict'],
  ])('a look-up shows %s', async (_, sale, refund, baseline: Baseline | undefined, kind) => {
    server.answer(
      listOf([
        { ...SALE, ...sale },
        { ...REFUND, ...refund },
      ]),
    );
    expect((await paywall.lookUp(aCall({}, { ...(baseline && { baseline }) }))).kind).toBe(kind);
  });
});

describe('the cashback', () => {
  const rolledBack = { kind: 'done', providerReference: 'refund-1', cashbackMinor: 750 };
  const note = expect.stringContaining('reconcile it in the panel') as string;

  test.each([
    ['asked for and told', true, 7.5, CASHBACK_SALE, rolledBack],
    ['asked for and told as what leaves the wallet', true, -7.5, CASHBACK_SALE, rolledBack],
    ['asked for and told, and nobody saw the sale', true, 7.5, undefined, rolledBack],
    [
      'asked for, and the sale had none',
      true,
      0,
      PLAIN_SALE,
      { kind: 'done', providerReference: 'refund-1' },
    ],
    [
      'asked for, 0, and nobody saw the sale',
      true,
      0,
      undefined,
      { kind: 'done', providerReference: 'refund-1' },
    ],
    ['asked for, seen, and 0', true, 0, CASHBACK_SALE, { kind: 'done', providerReference: 'refund-1', note }],
    [
      'asked for, seen, and not told',
      true,
      null,
      CASHBACK_SALE,
      { kind: 'done', providerReference: 'refund-1', note },
    ],
    ['asked for, and another than seen', true, 5, CASHBACK_SALE, { ...rolledBack, cashbackMinor: 500, note }],
    ['not asked for, and none', false, 0, CASHBACK_SALE, { kind: 'done', providerReference: 'refund-1' }],
  ])('%s', async (_, rollbackCashback, CashbackAmount, baseline: Baseline | undefined, expected) => {
    server.answer({ status: 200, body: confirmed({ CashbackAmount }) });
    expect(await paywall.refund(aCall({ rollbackCashback }, { ...(baseline && { baseline }) }))).toEqual(
      expected,
    );
  });

  test.each([7.77, 0.001, -0.01, 1e300])(
    '%p that was not asked for is something else that moved',
    async (CashbackAmount) => {
      server.answer({ status: 200, body: confirmed({ CashbackAmount }) });
      expect(await paywall.refund(aCall({ rollbackCashback: false }))).toMatchObject({
        kind: 'otherMovement',
        code: 'ambiguous',
        message: expect.stringContaining('cashback') as string,
      });
    },
  );

  test.each([
    [
      'rolled back, as asked',
      true,
      7.5,
      7.5,
      { kind: 'found', providerReference: 'refund-1', cashbackMinor: 750 },
    ],
    ['kept, as asked', false, 7.5, 0, { kind: 'found', providerReference: 'refund-1' }],
    ['rolled back, which was not asked', false, 7.5, 7.5, { kind: 'conflict' }],
    ['kept, which was not asked', true, 7.5, 0, { kind: 'conflict' }],
    ['not told', true, 7.5, null, { kind: 'found', note }],
    ['none to roll back', true, 0, 0, { kind: 'found', providerReference: 'refund-1' }],
  ])('a look-up shows it %s', async (_, rollbackCashback, earned, CashbackAmount, expected) => {
    server.answer(
      listOf([
        { ...SALE, CashbackAmount: earned },
        { ...REFUND, CashbackAmount },
      ]),
    );
    expect(await paywall.lookUp(aCall({ rollbackCashback }))).toMatchObject(expected);
  });
});

describe('preflight', () => {
  const passed = { kind: 'passed' };
  const declined = { kind: 'refused', code: 'declined' };
  const mismatch = { kind: 'refused', code: 'amountMismatch' };

  test.each([
    ['the sale alone', [SALE], passed],
    ['a sale in the older envelope', [{ ...SALE, CurrencyCode: undefined }], passed],
    ['a sale in TL', [{ ...SALE, CurrencyCode: 'TL' }], passed],
    [
      'a sale with a gift part and a cashback',
      [{ ...SALE, GiftAmount: 0.5, CashbackAmount: 7.5 }],
      { kind: 'passed', baseline: { kind: 'sale', giftMinor: 50, cashbackMinor: 750 } },
    ],
    ['a sale whose parts are 0', [{ ...SALE, GiftAmount: 0, CashbackAmount: 0 }], passed],
    [
      'a cashback of less than a minor unit',
      [{ ...SALE, CashbackAmount: 7.495 }],
      { kind: 'passed', baseline: { kind: 'sale', cashbackMinor: 750 } },
    ],
    ['a gift part that cannot be compared later', [{ ...SALE, GiftAmount: -5 }], { kind: 'unanswered' }],
    ['an empty list', [], declined],
    ['no sale among the rows', [{ ...SALE, TransactionType: 'Deposit' }], declined],
    ['two sales', [SALE, { ...SALE, Id: 'sale-2' }], declined],
    ['the same sale twice', [SALE, SALE], passed],
    ['a sale of another amount', [{ ...SALE, Amount: 149.91 }], mismatch],
    ['a sale in another currency', [{ ...SALE, CurrencyCode: 'EUR' }], mismatch],
    ['a cancelled sale', [SALE, CANCEL], declined],
    ['a refunded sale', [SALE, REFUND], { kind: 'refused', code: 'alreadyDone' }],
    ['a row of another sale', [SALE, { ...SALE, ExternalReference: 'other' }], { kind: 'unanswered' }],
    ['an amount as text', [{ ...SALE, Amount: '149.90' }], { kind: 'unanswered' }],
  ])('%s', async (_, rows: Row[], expected) => {
    server.answer(listOf(rows));
    expect(await paywall.check(aCall())).toMatchObject(expected);
  });

  test.each(['1.499E+2', '149.90000'])('a sale of %s has the amount of 149.90', async (digits) => {
    const { status, body } = listOf([{ ...SALE, Amount: '§' }]);
    server.answer({ status, body: asWritten(body, digits) });
    expect(await paywall.check(aCall())).toEqual(passed);
  });

  const namesKeys = expect.stringContaining('PAYWALL_API_KEY') as string;
  test.each([
    [400, 'Transaction.NotFound', declined],
    [404, 'General', declined],
    [400, 'Yetki.Yok', { kind: 'unanswered' }],
    [200, 'Transaction.NotFound', { kind: 'unanswered' }],
    [500, 'General', { kind: 'unanswered' }],
    [401, 'Auth.Invalid', { kind: 'unanswered', message: namesKeys }],
    [404, 'Auth.NotFound', { kind: 'unanswered', message: namesKeys }],
  ])('a failure under HTTP %i with code %s', async (status, Code, expected) => {
    server.answer({ status, body: failure(JSON.stringify([{ Code }])), headers: { 'Retry-After': '9' } });
    expect(await paywall.check(aCall())).toMatchObject({
      ...expected,
      ...(expected.kind === 'unanswered' && { retryAfterMs: 9_000 }),
    });
  });

  test('a wrong base URL is named by its variable', async () => {
    server.answer({ status: 404, body: '<html>' });
    const message = expect.stringContaining('PAYWALL_BASE_URL') as string;
    expect(await paywall.check(aCall())).toEqual({ kind: 'unanswered', message });
  });
});

describe('the look-up', () => {
  const notBefore = '2026-01-15T10:00:00.000Z';
  const found = { kind: 'found', providerReference: 'refund-1' };
  const conflict = { kind: 'conflict' };
  const refund = (fields: Row) => [SALE, { ...REFUND, ...fields }];

  test.each([
    ['the sale alone', [SALE], { kind: 'absent' }],
    ['no row', [], { kind: 'unanswered' }],
    ['a lone deposit', [{ ...SALE, TransactionType: 'Deposit' }], { kind: 'unanswered' }],
    [
      'the sale and a deposit of its own',
      [SALE, { ...SALE, Id: 'd', TransactionType: 'Deposit' }],
      { kind: 'absent' },
    ],
    ['a refund as old as our first send', refund({}), found],
    ['an older refund', refund({ CreatedAt: '2026-01-15T09:59:59.9990000Z' }), conflict],
    ['a refund dated without a zone', refund({ CreatedAt: '2026-01-15T10:00:00.1234567' }), found],
    ['an older refund dated without a zone', refund({ CreatedAt: '2026-01-15 09:59:59' }), conflict],
    ['a younger refund dated in another zone', refund({ CreatedAt: '2026-01-15T13:00:01+03:00' }), found],
    ['an older refund dated in another zone', refund({ CreatedAt: '2026-01-15T10:30:00+03:00' }), conflict],
    ['a refund whose date cannot be read', refund({ CreatedAt: '15.01.2026 12:00' }), { kind: 'unreadable' }],
    ['a refund without a date', refund({ CreatedAt: undefined }), { kind: 'unreadable' }],
    ['a refund from the future', refund({ CreatedAt: '2999-01-01T00:00:00Z' }), { kind: 'unreadable' }],
    ['a refund with a date by default', refund({ CreatedAt: '0001-01-01T00:00:00' }), { kind: 'unreadable' }],
    ['a row without a kind beside the sale', refund({ TransactionType: undefined }), { kind: 'unreadable' }],
    ['a refund whose amount is a text', refund({ Amount: '149.90' }), { kind: 'unreadable' }],
    ['a sale with a date by default', [{ ...SALE, CreatedAt: '0001-01-01T00:00:00' }, REFUND], found],
    ['a refund that calls itself a failure', refund({ Status: 'Failed' }), conflict],
    ['a refund under the id of the sale', refund({ Id: 'sale-1' }), conflict],
    ['the sale and the refund, each twice', [SALE, SALE, REFUND, REFUND], found],
    ['a refund twice, and not the same', [SALE, REFUND, { ...REFUND, Amount: 149.8 }], conflict],
    ['a refund of another amount', refund({ Amount: 149.8 }), conflict],
    ['a refund in another currency', refund({ CurrencyCode: 'EUR' }), conflict],
    ['a refund without its sale', [REFUND], conflict],
    ['a refund without a parent', refund({ MainTransactionId: undefined }), conflict],
    ['a refund of another sale', refund({ MainTransactionId: 'sale-2' }), conflict],
    ['two refunds', [SALE, REFUND, { ...REFUND, Id: 'refund-2' }], conflict],
    ['a cancelled sale', [SALE, CANCEL], conflict],
    ['two sales', [SALE, { ...SALE, Id: 'sale-2' }], conflict],
    ['a sale of another amount', [{ ...SALE, Amount: 100 }], conflict],
    [
      'a row of an unknown kind under the sale',
      [SALE, { ...REFUND, TransactionType: 'PartialRefund' }],
      conflict,
    ],
    ['a refund in other letters', [SALE, { ...REFUND, TransactionType: 'REFUND' }], conflict],
    ['a deposit because of the sale', [SALE, { ...REFUND, TransactionType: 'Deposit' }], conflict],
    ['rows of another reference only', [{ ...SALE, ExternalReference: 'other' }], { kind: 'unanswered' }],
  ])('%s', async (_, rows: Row[], expected) => {
    server.answer(listOf(rows));
    expect(await paywall.lookUp(aCall({}, { notBefore }))).toMatchObject(expected);
  });

  test('a refund of which a person said that it is not ours is not found', async () => {
    server.answer(listOf([SALE, REFUND]));
    expect(await paywall.lookUp(aCall({}, { notOurs: ['refund-1'] }))).toMatchObject(conflict);
  });

  test.each([
    [{ HasNextPage: true }],
    [{ HasNextPage: 'true' }],
    [{ HasPreviousPage: true }],
    [{ PageNumber: 2 }],
    [{ TotalPages: 2 }],
    [{ TotalPages: 'two' }],
    [{ TotalCount: 3 }],
  ])('%j says that there is more, so nothing is proven', async (pages) => {
    const message = expect.stringContaining('only a part') as string;
    server.answer(listOf([SALE], pages));
    expect(await paywall.lookUp(aCall())).toMatchObject({ kind: 'unanswered', message });
    expect(await paywall.check(aCall())).toMatchObject({ kind: 'unanswered', message });
    server.answer(listOf([SALE, REFUND], pages));
    expect(await paywall.lookUp(aCall())).toMatchObject({ kind: 'unreadable', message });
    expect(await paywall.check(aCall())).toMatchObject({ kind: 'refused', code: 'alreadyDone', message });
  });

  test('one whole page is a whole answer', async () => {
    const pages = { HasNextPage: false, HasPreviousPage: false, PageNumber: 1, TotalPages: 1, TotalCount: 1 };
    server.answer(listOf([SALE], pages));
    expect(await paywall.lookUp(aCall())).toMatchObject({ kind: 'absent' });
  });
});

describeTransport((settings: ProviderSettings) => createPaywall({ ...KEYS, ...settings }), aCall());
