import { PROVIDER_NAMES } from '../../src/domain/plan';
import { validateRefundRequest } from '../../src/domain/request';
import { requestHash } from '../../src/statements/request-hash';

const now = new Date('2026-11-20T12:00:00Z');
const context = { providers: new Set(PROVIDER_NAMES), now };

const dsquares = {
  provider: 'dsquares',
  walletCode: '011111111111',
  contactMsisdn: '01151618768',
  branchMsisdn: '201020792658',
  transactionId: '46173',
  points: 500,
};
const mircate = { provider: 'mircate', transactionId: 'trx-1', points: 500, accountNumber: 'acc-1' };
const paywall = {
  provider: 'paywall',
  externalReference: 'sale-77',
  amountMinor: 10_000,
  rollbackFee: true,
  rollbackCashback: true,
};
const sipay = { provider: 'sipay', transactionId: '7440022202222222022', amountMinor: 2_550 };
const wyre = {
  provider: 'wyre',
  orderId: 'WO_H9HA4QDBLX',
  amountMinor: 2_550,
  purchasedAt: '2026-11-01T10:00:00Z',
};
const valid = {
  refundId: 'rf-1001',
  orderId: 'order-77',
  currency: 'TRY',
  requestedBy: 'order-service',
  reason: 'goods returned',
  loyalty: dsquares,
  sale: paywall,
  cash: sipay,
};
const bare = {
  refundId: 'rf-1001',
  orderId: 'order-77',
  currency: 'TRY',
  requestedBy: 'order-service',
  reason: 'goods returned',
};

describe('a valid request', () => {
  test.each<[string, object]>([
    ['all three legs', valid],
    ['points alone', { ...bare, loyalty: dsquares }],
    ['the sale alone', { ...bare, sale: paywall }],
    ['mircate by account number', { ...bare, loyalty: mircate }],
    [
      'mircate by wallet',
      {
        ...bare,
        loyalty: { ...mircate, accountNumber: undefined, walletId: 'w-1', walletCurrency: 'POINT' },
      },
    ],
    [
      'wyre bought elsewhere in the world',
      { ...bare, cash: { ...wyre, purchasedAt: '2026-11-01T10:00:00+03:00' } },
    ],
    [
      'an invoice number with blanks inside',
      { ...valid, loyalty: { ...dsquares, invoiceNumber: 'INV 9/ç' } },
    ],
    ['200 code points beyond the basic plane', { ...valid, reason: '😀'.repeat(200) }],
    ['an emoji of several parts', { ...valid, reason: 'broken 👩‍👩‍👧 ❤️' }],
    ['an e-mail address', { ...valid, requestedBy: 'Ana+shop@example.com' }],
    ['a currency with three decimals', { ...valid, currency: 'KWD' }],
    ['the largest amount', { ...valid, sale: { ...paywall, amountMinor: 10 ** 12 } }],
  ])('is accepted: %s', (_, request) => {
    expect(validateRefundRequest(request, context)).toEqual({ request });
  });
});

describe('a field that is null', () => {
  const none = { loyalty: null, sale: null, cash: null };

  test.each<[string, object, object]>([
    ['a leg', { ...bare, ...none, cash: sipay }, { ...bare, cash: sipay }],
    [
      'an optional field of a leg',
      { ...bare, loyalty: { ...dsquares, invoiceNumber: null } },
      { ...bare, loyalty: dsquares },
    ],
    [
      'the other way to name a wallet',
      { ...bare, loyalty: { ...mircate, walletId: null, walletCurrency: null } },
      { ...bare, loyalty: mircate },
    ],
    ['a field that nobody knows', { ...valid, note: null }, valid],
  ])('is absent: %s', (_, request, same) => {
    expect(validateRefundRequest(request, context)).toEqual({ request: same });
    expect(requestHash(request)).toBe(requestHash(same));
  });

  test.each<[string, object]>([
    ['refundId', { ...valid, refundId: null }],
    ['sale.rollbackFee', { ...valid, sale: { ...paywall, rollbackFee: null } }],
    ['(request)', { ...bare, ...none }],
    ['loyalty.walletId', { ...bare, loyalty: { ...mircate, accountNumber: null, walletCurrency: 'P' } }],
  ])('is missing where it is needed: %s', (path, request) => {
    const result = validateRefundRequest(request, context);
    expect(result).toEqual({ problems: [expect.stringContaining(`${path}: `)] });
  });
});

const CANARY = 'CANARY';

describe('a wrong request', () => {
  test.each<[path: string, request: unknown]>([
    ['(request)', null],
    ['(request)', CANARY],
    ['(request)', [valid]],
    ['(request)', bare],
    ['refundId', { ...valid, refundId: undefined }],
    ['refundId', { ...valid, refundId: 1001 }],
    ['refundId', { ...valid, refundId: '-rf' }],
    ['refundId', { ...valid, refundId: `rf/${CANARY}` }],
    ['refundId', { ...valid, refundId: 'r'.repeat(65) }],
    ['orderId', { ...valid, orderId: `order ${CANARY}` }],
    ['currency', { ...valid, currency: 'try' }],
    ['currency', { ...valid, currency: 'ZZZ' }],
    ['currency', { ...valid, currency: 'XAU' }],
    ['currency', { ...valid, currency: 'XXX' }],
    ['requestedBy', { ...valid, requestedBy: '' }],
    ['requestedBy', { ...valid, requestedBy: ` ${CANARY}` }],
    ['requestedBy', { ...valid, requestedBy: 'a'.repeat(65) }],
    ['requestedBy', { ...valid, requestedBy: `ılker ${CANARY}` }],
    ['requestedBy', { ...valid, requestedBy: `${CANARY}\u200d` }],
    ['reason', { ...valid, reason: `${CANARY}\nline` }],
    ['reason', { ...valid, reason: `${CANARY}\u202e` }],
    ['reason', { ...valid, reason: 'x'.repeat(201) }],
    ['note', { ...valid, note: CANARY }],
    ['loyalty', { ...valid, loyalty: CANARY }],
    ['loyalty.provider', { ...valid, loyalty: { ...dsquares, provider: CANARY } }],
    ['loyalty.provider', { ...valid, loyalty: sipay }],
    ['loyalty.walletCode', { ...valid, loyalty: { ...dsquares, walletCode: `${CANARY} 1` } }],
    ['loyalty.contactMsisdn', { ...valid, loyalty: { ...dsquares, contactMsisdn: `+${CANARY}` } }],
    ['loyalty.branchMsisdn', { ...valid, loyalty: { ...dsquares, branchMsisdn: '1234' } }],
    ['loyalty.transactionId', { ...valid, loyalty: { ...dsquares, transactionId: 46173 } }],
    ['loyalty.transactionId', { ...valid, loyalty: { ...dsquares, transactionId: '046173' } }],
    ['loyalty.transactionId', { ...valid, loyalty: { ...dsquares, transactionId: '1'.repeat(16) } }],
    ['loyalty.points', { ...valid, loyalty: { ...dsquares, points: 0 } }],
    ['loyalty.points', { ...valid, loyalty: { ...dsquares, points: 1.5 } }],
    ['loyalty.points', { ...valid, loyalty: { ...dsquares, points: '500' } }],
    ['loyalty.points', { ...valid, loyalty: { ...dsquares, points: 10 ** 12 + 1 } }],
    ['loyalty.amountMinor', { ...valid, loyalty: { ...dsquares, amountMinor: 1 } }],
    ['loyalty.invoiceNumber', { ...valid, loyalty: { ...dsquares, invoiceNumber: '..' } }],
    [
      'loyalty.walletId',
      { ...valid, loyalty: { ...mircate, accountNumber: undefined, walletCurrency: 'P' } },
    ],
    [
      'loyalty.walletCurrency',
      { ...valid, loyalty: { ...mircate, accountNumber: undefined, walletId: 'w' } },
    ],
    ['loyalty.accountNumber', { ...valid, loyalty: { ...mircate, walletId: 'w', walletCurrency: 'P' } }],
    ['sale.externalReference', { ...valid, sale: { ...paywall, externalReference: '.' } }],
    ['sale.externalReference', { ...valid, sale: { ...paywall, externalReference: 'x'.repeat(129) } }],
    ['sale.amountMinor', { ...valid, sale: { ...paywall, amountMinor: -1 } }],
    ['sale.rollbackFee', { ...valid, sale: { ...paywall, rollbackFee: undefined } }],
    ['sale.rollbackCashback', { ...valid, sale: { ...paywall, rollbackCashback: 'yes' } }],
    ['cash.transactionId', { ...valid, cash: { ...sipay, transactionId: `7440-${CANARY}` } }],
    ['cash.transactionId', { ...valid, cash: { ...sipay, transactionId: 7440022202222222 } }],
    ['cash.amountMinor', { ...valid, cash: { ...sipay, amountMinor: NaN } }],
    ['cash.orderId', { ...valid, cash: { ...wyre, orderId: `../${CANARY}` } }],
    ['cash.purchasedAt', { ...valid, cash: { ...wyre, purchasedAt: '2026-11-01T10:00:00' } }],
    ['cash.purchasedAt', { ...valid, cash: { ...wyre, purchasedAt: '2026-13-01T10:00:00Z' } }],
    ['cash.purchasedAt', { ...valid, cash: { ...wyre, purchasedAt: '2026-11-20T12:00:01Z' } }],
  ])('is refused at %s, and no value is repeated', (path, request) => {
    const result = validateRefundRequest(request, context);
    const problems = 'problems' in result ? result.problems : [];
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${path.replace(/[().]/g, '\\$&')}: `))]);
    expect(problems.join()).not.toContain(CANARY);
  });

  test('says which character of a text is wrong, by its number', () => {
    const request = { ...valid, reason: '😀\u202e', sale: { ...paywall, externalReference: 'a\u001b' } };
    expect(validateRefundRequest(request, context)).toEqual({
      problems: [
        'reason: must not hold U+202E (at position 2)',
        'sale.externalReference: must not hold U+001B (at position 2)',
      ],
    });
  });

  test('is refused without a walk through it when it nests too deeply', () => {
    const deep = JSON.parse(`${'{"sale":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as object;
    for (const request of [deep, { ...valid, sale: deep }, { ...valid, reason: [deep] }])
      expect(validateRefundRequest(request, context)).toEqual({
        problems: ['(request): nests deeper than 20 levels'],
      });
  });

  test('lists every wrong field at once', () => {
    const request = {
      ...valid,
      refundId: '',
      sale: { ...paywall, amountMinor: 0 },
      cash: { ...sipay, extra: 1 },
    };
    expect(validateRefundRequest(request, context)).toEqual({
      problems: [
        expect.stringMatching(/^refundId: /),
        expect.stringMatching(/^sale.amountMinor: /),
        'cash.extra: unknown field',
      ],
    });
  });

  test('names the missing legs among all that is missing', () => {
    const result = validateRefundRequest({}, context);
    const problems = 'problems' in result ? result.problems : [];
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      ...['refundId', 'orderId', 'currency', 'requestedBy', 'reason', '(request)'],
    ]);
    expect(problems.at(-1)).toBe('(request): at least one of loyalty, sale and cash is required');
    const wrongLeg = validateRefundRequest({ sale: {} }, context);
    expect(JSON.stringify(wrongLeg)).not.toContain('at least one');
  });

  test('lists the first of very many, and says how many more there are', () => {
    const unknown = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`field-${index}`, 1]));
    const checked = validateRefundRequest({ ...valid, ...unknown }, context);
    const problems = 'problems' in checked ? checked.problems : [];
    expect(problems).toHaveLength(21);
    expect(problems.slice(-2)).toEqual(['(a field): unknown field', 'and 59980 more']);
  });

  test('names a provider that the fleet does not serve', () => {
    expect(validateRefundRequest(valid, { providers: new Set(['dsquares', 'sipay']), now })).toEqual({
      problems: ['sale.provider: this provider is not served here (PROVIDERS)'],
    });
  });

  test('never repeats the name of an unknown field that could be personal data', () => {
    expect(validateRefundRequest({ ...valid, '01151618768': 1 }, context)).toEqual({
      problems: ['(a field): unknown field'],
    });
  });
});

test('what is wrong is told in our words, a kind of mistake in one way', () => {
  const cash = { provider: 'wyre', orderId: 5, amountMinor: 1e300, purchasedAt: 5 };
  const sale = { provider: 'paywall', rollbackFee: 'yes', amountMinor: 1.5 };
  const wrong = { loyalty: { provider: 'paypal' }, sale, cash, paid: { cash: '7' }, reason: [] };
  const checked = validateRefundRequest(wrong, context);
  expect('problems' in checked && checked.problems.toSorted()).toEqual([
    'cash.amountMinor: must be a whole number from 1 to 1000000000000',
    'cash.orderId: must be a text',
    'cash.purchasedAt: must be ISO 8601 with an offset',
    'currency: is required',
    'loyalty.provider: must be dsquares or mircate',
    'orderId: is required',
    'paid.cash: must be a whole number from 1 to 1000000000000',
    'reason: must be a text',
    'refundId: is required',
    'requestedBy: is required',
    'sale.amountMinor: must be a whole number from 1 to 1000000000000',
    'sale.externalReference: is required',
    'sale.rollbackCashback: is required',
    'sale.rollbackFee: must be true or false',
  ]);
  expect(validateRefundRequest('x', context)).toEqual({
    problems: ['(request): must be an object with fields'],
  });
});
