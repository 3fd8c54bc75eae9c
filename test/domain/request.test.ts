import { PROVIDER_NAMES } from '../../src/domain/plan';
import { validateRefundRequest } from '../../src/domain/request';

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
    ['64 code points beyond the basic plane', { ...valid, requestedBy: '😀'.repeat(64) }],
    ['a currency with three decimals', { ...valid, currency: 'KWD' }],
    ['the largest amount', { ...valid, sale: { ...paywall, amountMinor: 10 ** 12 } }],
  ])('is accepted: %s', (_, request) => {
    expect(validateRefundRequest(request, context)).toEqual({ request });
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

  test('names a provider that is not configured here', () => {
    expect(validateRefundRequest(valid, { providers: new Set(['dsquares', 'sipay']), now })).toEqual({
      problems: ['sale.provider: this provider is not configured here'],
    });
  });

  test('never repeats the name of an unknown field that could be personal data', () => {
    expect(validateRefundRequest({ ...valid, '01151618768': 1 }, context)).toEqual({
      problems: ['(a field): unknown field'],
    });
  });
});
