import { faultOfText, foldedId, isPersonId, isSamePerson } from '../../src/domain/text';

const hex = (point: number) => `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const UNPRINTABLE = [
  ...range(0x00, 0x1f),
  ...range(0x7f, 0x9f),
  0x061c,
  ...range(0x200e, 0x200f),
  ...range(0x2028, 0x2029),
  ...range(0x202a, 0x202e),
  ...range(0x2066, 0x2069),
  0xd800,
  0xdbff,
  0xdc00,
  0xdfff,
];

describe('a text', () => {
  test('is refused for exactly the characters of the contract, each named by its number and place', () => {
    for (const point of UNPRINTABLE) {
      const text = `a😀${String.fromCodePoint(point)}b`;
      expect(faultOfText(text, 200)).toBe(`must not hold ${hex(point)} (at position 3)`);
      expect(faultOfText(text, 200, { blankEdges: 'allowed' })).toBe(
        `must not hold ${hex(point)} (at position 3)`,
      );
    }
    const refused = new Set(UNPRINTABLE);
    const accepted = range(0x20, 0x3_ffff).filter((point) => !refused.has(point));
    const isSurrogate = (point: number) => point >= 0xd800 && point <= 0xdfff;
    const wrong = accepted.filter(
      (point) => !isSurrogate(point) && faultOfText(`a${String.fromCodePoint(point)}b`, 3) !== undefined,
    );
    expect(wrong.map(hex)).toEqual([]);
  });

  test.each<[string, string]>([
    ['an emoji of several parts', '👩‍👩‍👧'],
    ['an emoji with a variation selector', '❤️'],
    ['Persian with a zero-width non-joiner', 'نمی‌خواهم'],
    ['characters that older engines do not know', '\u{1fae9}\u{1c89}\u{1ccd6}'],
    ['private use and unassigned code points', '\u{e000}\u{378}\u{e0fff}'],
  ])('may hold %s', (_, text) => {
    expect(faultOfText(text, 200)).toBeUndefined();
  });

  test('is measured in code points', () => {
    expect(faultOfText('😀'.repeat(200), 200)).toBeUndefined();
    expect(faultOfText('😀'.repeat(201), 200)).toBe('must be 1 to 200 printable characters');
    expect(faultOfText('x'.repeat(201), 200)).toBe('must be 1 to 200 printable characters');
    expect(faultOfText('x'.repeat(10_000_000), 200)).toBe('must be 1 to 200 printable characters');
  });

  const BLANKS = [0x20, 0xa0, 0x1680, ...range(0x2000, 0x200b), 0x202f, 0x205f, 0x3000, 0xfeff];
  test.each(BLANKS.map((point) => [hex(point), String.fromCodePoint(point)]))(
    'has no %s at either end where that is refused, and is never made of it alone',
    (_, blank) => {
      for (const text of [`${blank}a`, `a${blank}`]) {
        expect(faultOfText(text, 9)).toBe(
          'must be 1 to 9 printable characters without a blank at either end',
        );
        expect(faultOfText(text, 9, { blankEdges: 'allowed' })).toBeUndefined();
      }
      expect(faultOfText(`a${blank}a`, 9)).toBeUndefined();
      expect(faultOfText(blank.repeat(3), 9, { blankEdges: 'allowed' })).toContain('not only blanks');
    },
  );

  test.each([[undefined], [null], [''], [7], [['a']], [{ length: 1 }], [new String('a')]])(
    'is text and not %p',
    (value) => {
      expect(faultOfText(value, 9)).toBe('must be 1 to 9 printable characters');
    },
  );
});

describe('a person', () => {
  test.each(['ana', 'ANA.B', 'a@b.example', 'a+b@c-d_e', '0042', 'x'.repeat(64)])('is the id %s', (id) => {
    expect(isPersonId(id)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['nothing', ''],
    ['no text', undefined],
    ['a number', 42],
    ['65 characters', 'x'.repeat(65)],
    ['a blank', 'ana b'],
    ['a blank at an end', 'ana '],
    ['a line end', 'ana\n'],
    ['a dotless i', 'ılker'],
    ['an accent', 'zoé'],
    ['a Cyrillic a', 'аna'],
    ['an invisible mark', 'ana\u200d'],
    ['a Kelvin sign', 'mar\u212a'],
    ['a full-width letter', 'ana\uff41'],
    ['a mark first', '.ana'],
    ['a direction', '\u202eana'],
  ])('is not known by %s', (_, id) => {
    expect(isPersonId(id)).toBe(false);
  });

  test('is the same in capital letters, and no other letter is folded', () => {
    expect(isSamePerson('Ana@Example.com', 'aNA@eXAMPLE.COM')).toBe(true);
    expect(isSamePerson('ana', 'anb')).toBe(false);
    expect(isSamePerson('İ', 'i')).toBe(false);
    expect(foldedId('@[`{ÀZ')).toBe('@[`{Àz');
  });
});
