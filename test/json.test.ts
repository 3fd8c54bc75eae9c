import {
  isAmount,
  parseJson,
  wireDecimal,
  wireId,
  wireInteger,
  writeJson,
  decimalOnWire,
} from '../src/providers/json';

describe('strict JSON', () => {
  test.each([
    ['a prototype key', '{"__proto__":{"status":0}}'],
    ['a nested prototype key', '{"a":[{"__proto__":1}]}'],
    ['a key given twice with two values', '{"status":0,"status":1}'],
    ['a truncated body', '{"status":'],
    ['a leading zero', '{"id":0123}'],
    ['nothing', ''],
    ['HTML', '<html></html>'],
  ])('refuses %s', (_, text) => {
    expect(parseJson(text)).toBeUndefined();
  });

  test('keeps ids beyond the safe range to the last digit, quoted or not', () => {
    const body = parseJson('{"quoted":"7440022202222222022","bare":7440022202222222022}') as Record<
      string,
      unknown
    >;
    expect(wireId.parse(body.quoted)).toBe('7440022202222222022');
    expect(wireId.parse(body.bare)).toBe('7440022202222222022');
  });

  const read = (number: string) => (parseJson(`{"it":${number}}`) as { it: unknown }).it;

  test.each([
    ['500', 500],
    ['500.0', 500],
    ['5e2', 500],
    ['5E+2', 500],
    ['-5.00e2', -500],
    ['-0.0', 0],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', undefined],
    ['9007199254740991.5', undefined],
    ['500.5', undefined],
    ['1e999999999', undefined],
    ['1e-999999999', undefined],
    ['"500"', undefined],
    ['true', undefined],
  ])('%s as a whole number is %s', (number, value) => {
    expect(wireInteger.safeParse(read(number)).data).toBe(value);
  });

  test.each([
    ['149.9', 14_990, true],
    ['1.499E+2', 14_990, true],
    ['149.90000000000000000001', 14_990, false],
    ['149.9', 14_991, false],
    ['-149.9', 14_990, false],
    ['1e999999999', 14_990, false],
  ])('%s is %d minor units: %s', (number, amountMinor, isSame) => {
    expect(isAmount(wireDecimal.parse(read(number)), amountMinor, 2)).toBe(isSame);
  });

  test.each([
    ['46173.0', '46173'],
    ['4.6173e4', '46173'],
    ['46173.5', undefined],
    ['1e999999999', undefined],
    ['""', undefined],
    ['" 46173"', undefined],
    ['"4617\\n3"', undefined],
    ['"4617\\u202e3"', undefined],
    [`"${'4'.repeat(128)}"`, '4'.repeat(128)],
    [`"${'4'.repeat(129)}"`, undefined],
    ['4'.repeat(129), undefined],
  ])('%s as an id is %s', (id, text) => {
    expect(wireId.safeParse(read(id)).data).toBe(text);
  });

  test('writes minor units as an exact decimal', () => {
    expect(writeJson({ refund_amount: decimalOnWire(14_990, 2) })).toBe('{"refund_amount":149.90}');
    expect(writeJson({ refund_amount: decimalOnWire(5, 3) })).toBe('{"refund_amount":0.005}');
  });
});
