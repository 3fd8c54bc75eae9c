import { exponentOf } from '../../src/domain/currency';
import { formatMinor, parseMinor, showAmount, wholeDigits } from '../../src/domain/money';

test.each([
  [0, 2, '0.00'],
  [5, 2, '0.05'],
  [2_550, 2, '25.50'],
  [2_550, 0, '2550'],
  [2_550, 3, '2.550'],
  [10 ** 12, 2, '10000000000.00'],
])('%d minor units with exponent %d are %s, and back', (amountMinor, exponent, decimal) => {
  expect(formatMinor(amountMinor, exponent)).toBe(decimal);
  expect(parseMinor(decimal, exponent)).toBe(amountMinor);
});

test.each([
  ['149.9', 2, 14_990],
  ['149.900000', 2, 14_990],
  ['149.901', 2, undefined],
  ['1E+2', 2, 10_000],
  ['1e3', 2, 100_000],
  ['1499E-1', 2, 14_990],
  ['2.550e1', 2, 2_550],
  ['100e-2', 0, 1],
  ['0e999999999', 2, 0],
  ['-0.00', 2, 0],
  ['1e-3', 2, undefined],
  ['1e999999999', 2, undefined],
  ['1e-999999999', 2, undefined],
  [`1e${'9'.repeat(100)}`, 2, undefined],
  [`1.${'0'.repeat(1_000_000)}`, 2, undefined],
  ['1e', 2, undefined],
  ['+1.00', 2, undefined],
  ['.5', 2, undefined],
  ['1.', 2, undefined],
  ['0x10', 0, undefined],
  ['NaN', 0, undefined],
  ['', 2, undefined],
  ['-1.00', 2, undefined],
  ['149,90', 2, undefined],
  ['01.00', 2, undefined],
  ['90071992547409930', 2, undefined],
])('%s with exponent %d reads as %s', (decimal, exponent, amountMinor) => {
  expect(parseMinor(decimal, exponent)).toBe(amountMinor);
});

test('a whole number keeps every digit and its sign, however it is written', () => {
  expect(wholeDigits('7440022202222222022')).toBe('7440022202222222022');
  expect(wholeDigits('7.440022202222222022e18')).toBe('7440022202222222022');
  expect(wholeDigits('-200.0')).toBe('-200');
  expect(wholeDigits('200.5')).toBeUndefined();
  expect(wholeDigits('1e127')).toBe(`1${'0'.repeat(127)}`);
  expect(wholeDigits('1e128')).toBeUndefined();
});

test.each([
  ['TRY', 2],
  ['JPY', 0],
  ['KWD', 3],
  ['XOF', 0],
  ['XCD', 2],
  ['try', undefined],
  ['XXX', undefined],
  ['XTS', undefined],
  ['XAU', undefined],
  ['__proto__', undefined],
])('the exponent of %s is %s', (currency, exponent) => {
  expect(exponentOf(currency)).toBe(exponent);
});

test('amounts are shown as people write them', () => {
  expect(showAmount({ points: 1 }, 'TRY', 2)).toBe('1 point');
  expect(showAmount({ amountMinor: 2_550 }, 'TRY', 2)).toBe('25.50 TRY');
});
