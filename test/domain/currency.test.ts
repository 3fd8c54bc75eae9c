import { exponentOf } from '../../src/domain/currency';

test.each([
  ['TRY', 2],
  ['JPY', 0],
  ['KWD', 3],
  ['CLF', 4],
  ['XCG', 2],
  ['ZWG', 2],
  ['SLE', 2],
  ['VED', 2],
])('%s has %i decimals', (currency, exponent) => {
  expect(exponentOf(currency)).toBe(exponent);
});

test.each(['ANG', 'CUC', 'BGN', 'HRK', 'SLL', 'ZWL'])('%s was withdrawn, so it is refused', (currency) => {
  expect(exponentOf(currency)).toBeUndefined();
});

test.each([
  'XAU',
  'XXX',
  'XTS',
  'XAD',
  'XDR',
  'XSU',
  'XUA',
  'ZZZ',
  'try',
  ' TRY',
  'TRYX',
  '',
  '__proto__',
  'constructor',
])('%j is no money', (currency) => {
  expect(exponentOf(currency)).toBeUndefined();
});
