import { createGenerator } from './generate';
import type { Broken, Fields, Json } from './generate';
import { compileSchema, contractText, problemsOf, validatorOf } from './validators';

const SEEDS = 250;
const isAccepted = validatorOf('refund-request.schema.json');

/** Every request of every seed once as it is, and broken in one field in every way; and what is no request at all. */
const GENERATED = [null, true, 1, 'x', [], {}]
  .map((value: Json): Broken => ({ value, field: '', kind: 'no request' }))
  .concat(
    Array.from({ length: SEEDS }, (_, seed) => {
      const generator = createGenerator(seed);
      const request = generator.request();
      return [{ value: request, field: '', kind: 'whole' }, ...generator.broken(request)];
    }).flat(),
  )
  .map((broken) => {
    const sent = JSON.parse(JSON.stringify(broken.value)) as unknown;
    return { ...broken, sent, isValid: problemsOf(sent).length === 0 };
  });

test('the schema and the saga agree on requests that are broken in every field and every way', () => {
  const disagreed = GENERATED.filter(
    ({ sent, isValid, kind }) => isAccepted(sent) !== isValid || (kind === 'whole' && !isValid),
  );
  expect(disagreed.slice(0, 5)).toEqual([]);
  expect(GENERATED.filter(({ isValid }) => isValid).length).toBeGreaterThan(1_000);
  expect(GENERATED.filter(({ isValid }) => !isValid).length).toBeGreaterThan(4_000);
  expect([...new Set(GENERATED.map(({ field }) => field))].sort()).toEqual(['', ...FIELDS].sort());
});

test('they would not agree if any rule of the schema were missing', () => {
  const schema = JSON.parse(contractText('refund-request.schema.json')) as Json;
  const rules = rulesOf(schema);
  const unnoticed = rules.filter((path) => {
    const accepts = compileSchema(without(schema, path));
    return GENERATED.every(({ sent, isValid }) => accepts(sent) === isValid);
  });
  expect(unnoticed.map((path) => path.join('.'))).toEqual([]);
  expect(rules.length).toBeGreaterThan(80);
});

/** What tells nothing, or nothing that its neighbour does not tell: a constant's type, the least length beside a pattern. */
const SAYS_NOTHING = [
  '$schema',
  'title',
  'description',
  'format',
  'minLength',
  'properties',
  'oneOf',
  'anyOf',
  'not',
];

/** Every keyword of a schema that refuses something. */
function rulesOf(schema: Json, path: string[] = []): string[][] {
  if (typeof schema !== 'object' || schema === null) return [];
  const isSchema = path.at(-1) !== 'properties' && !Array.isArray(schema);
  return Object.entries(schema).flatMap(([name, part]) => {
    const inner = rulesOf(part, [...path, name]);
    const isRule = isSchema && !SAYS_NOTHING.includes(name) && !(name === 'type' && 'const' in schema);
    return isRule ? [[...path, name], ...inner] : inner;
  });
}

function without(schema: Json, path: readonly string[]): Json {
  const copy = structuredClone(schema);
  const parent = path.slice(0, -1).reduce<unknown>((part, name) => (part as Fields)[name], copy) as Fields;
  Reflect.deleteProperty(parent, path.at(-1) ?? '');
  return copy;
}

const FIELDS = [
  ...['*', 'refundId', 'orderId', 'currency', 'requestedBy', 'reason', 'loyalty', 'sale', 'cash'],
  ...['loyalty.*', 'loyalty.provider', 'loyalty.transactionId', 'loyalty.points', 'loyalty.walletCode'],
  ...['loyalty.contactMsisdn', 'loyalty.branchMsisdn', 'loyalty.invoiceNumber'],
  ...['loyalty.accountNumber', 'loyalty.walletId', 'loyalty.walletCurrency'],
  ...['sale.*', 'sale.provider', 'sale.externalReference', 'sale.amountMinor', 'sale.rollbackFee'],
  ...['sale.rollbackCashback'],
  ...[
    'cash.*',
    'cash.provider',
    'cash.transactionId',
    'cash.amountMinor',
    'cash.orderId',
    'cash.purchasedAt',
  ],
  ...['paid', 'paid.*', 'paid.loyalty', 'paid.sale', 'paid.cash'],
];

const REQUEST: Fields = {
  refundId: 'rf-1',
  orderId: 'order-1',
  currency: 'TRY',
  requestedBy: 'order-service',
  reason: 'goods returned',
  cash: { provider: 'sipay', transactionId: '7440022202222222022', amountMinor: 2_550 },
};
const wyre = (purchasedAt: string) => ({
  ...REQUEST,
  cash: { provider: 'wyre', orderId: 'WO_1', amountMinor: 2_550, purchasedAt },
});

/** What a schema cannot say, by its name in the contract's README. */
const ONLY_THE_SAGA_REFUSES: Record<string, [request: unknown, path: string]> = {
  'A currency that exists': [{ ...REQUEST, currency: 'XYZ' }, 'currency'],
  'A purchase in the past': [wyre('2026-11-20T12:00:01Z'), 'cash.purchasedAt'],
  'A provider that is served': [wyre('2026-11-01T10:00:00Z'), 'cash.provider'],
  'Text of whole characters': [{ ...REQUEST, reason: 'half of \ud83d' }, 'reason'],
};

test.each(Object.entries(ONLY_THE_SAGA_REFUSES))(
  '%s: accepted by the schema, refused by the saga',
  (name, [value, at]) => {
    expect(isAccepted(value)).toBe(true);
    const served = name === 'A provider that is served' ? (['sipay'] as const) : undefined;
    expect(problemsOf(value, served)).toEqual([expect.stringMatching(`^${at}: `)]);
  },
);

test('An unknown field that is null: refused by the schema, absent for the saga', () => {
  const value = { ...REQUEST, extra: null };
  expect([isAccepted(value), problemsOf(value)]).toEqual([false, []]);
});

test('each of them stands in the README of the contract, and nothing else does', () => {
  const listed = [...contractText('README.md').matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, name]) => name);
  const elsewhere = ['The workflow id', 'An unknown field that is null', 'Line ends'];
  expect(listed).toEqual([...Object.keys(ONLY_THE_SAGA_REFUSES), ...elsewhere]);
});
