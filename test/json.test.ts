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

  test('reads amounts exactly and integers only within the safe range', () => {
    const body = parseJson('{"amount":149.9,"huge":9007199254740993,"whole":500}') as Record<string, unknown>;
    expect(isAmount(wireDecimal.parse(body.amount), 14_990, 2)).toBe(true);
    expect(isAmount(wireDecimal.parse(body.amount), 14_991, 2)).toBe(false);
    expect(wireInteger.safeParse(body.huge).success).toBe(false);
    expect(wireInteger.parse(body.whole)).toBe(500);
  });

  test('writes minor units as an exact decimal', () => {
    expect(writeJson({ refund_amount: decimalOnWire(14_990, 2) })).toBe('{"refund_amount":149.90}');
    expect(writeJson({ refund_amount: decimalOnWire(5, 3) })).toBe('{"refund_amount":0.005}');
  });
});
