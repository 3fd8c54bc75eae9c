import { createHash } from 'node:crypto';
import { contractText } from './contract/validators';
import { canonicalJson, requestHash } from '../src/statements/request-hash';

describe('the canonical JSON of a request', () => {
  // The example of RFC 8785, section 3.2.2, without its fields that are null or hold a list.
  test('is that of RFC 8785', () => {
    const example = {
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"\u002f',
      numbers: [JSON.parse('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('orders keys by UTF-16 units, as section 3.2.3 does, and also those that look like numbers', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6', '10', '9', '__proto__'];
    const json = JSON.parse(`{${keys.map((key) => `${JSON.stringify(key)}:0`).join()}}`) as object;
    const ordered = ['\r', '1', '10', '9', '__proto__', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33'];
    expect(canonicalJson(json)).toBe(`{${ordered.map((key) => `${JSON.stringify(key)}:0`).join()}}`);
  });

  test.each<[string, unknown, string]>([
    ['minus zero', -0, '0'],
    ['the largest amount', 10 ** 12, '1000000000000'],
    ['the first number with an exponent', 1e21, '1e+21'],
    ['a number that JSON has no place for', { a: NaN, b: Infinity }, '{}'],
    ['an absent field', { a: undefined, b: 1 }, '{"b":1}'],
    ['a field that is null', { a: null, b: { c: null } }, '{"b":{}}'],
    ['null in a list, which is a place', [null, { a: null }], '[null,{}]'],
    ['nothing at all', undefined, 'null'],
    [
      'control characters',
      '\b\t\n\f\r\u0000\u001f\u007f\u2028',
      '"\\b\\t\\n\\f\\r\\u0000\\u001f\u007f\u2028"',
    ],
    ['letters as they are, without normalisation', 'e\u0301/é', '"e\u0301/é"'],
    ['a lone surrogate, which RFC 8785 has no place for', '\ud800', '"\\ud800"'],
    ['a date as JSON carries it', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ])('holds %s', (_, value, json) => {
    expect(canonicalJson(value)).toBe(json);
  });

  test('of what nests too deeply for any request is no JSON, so that no request has its hash', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    expect(() => JSON.parse(canonicalJson(deep)) as unknown).toThrow(SyntaxError);
  });
});

test('a request hash is lower-case hex SHA-256 of the UTF-8 of that', () => {
  const text = '{"cash":{"amountMinor":2550,"provider":"sipay"},"reason":"çay"}';
  const request = { reason: 'çay', sale: null, cash: { provider: 'sipay', amountMinor: 2_550 } };
  expect(requestHash(request)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
  expect(requestHash(request)).toMatch(/^[0-9a-f]{64}$/);
  expect(requestHash({ ...request, reason: 'cay' })).not.toBe(requestHash(request));
});

interface Vector {
  name: string;
  json: string;
  canonical: string;
  sha256: string;
}

describe('the vectors of the contract', () => {
  const vectors = JSON.parse(contractText('request-hash.json')) as Vector[];

  test.each(vectors.map((vector) => [vector.name, vector] as const))(
    '%s',
    (_, { json, canonical, sha256 }) => {
      const request = JSON.parse(json) as unknown;
      expect([canonicalJson(request), requestHash(request)]).toEqual([canonical, sha256]);
    },
  );

  test('are of different requests where they say so', () => {
    expect(new Set(vectors.map(({ sha256 }) => sha256)).size).toBe(vectors.length - 3);
  });
});
