import { timeWithAge, withAges } from '../../src/cli/ages';
import { command, fitted, hanging, table } from '../../src/cli/layout';
import { showNext } from '../../src/cli/next';

const LONG = 'x'.repeat(64);

describe('a table', () => {
  const rows = [
    ['rf-1', 'refunded', 'answer'],
    ['rf-2', '', 'operator'],
  ];

  test('stands in columns where they fit, to the last one', () => {
    const columns = 'REFUND  STATE     CONFIRMED BY\nrf-1    refunded  answer\nrf-2              operator';
    expect(table(['REFUND', 'STATE', 'CONFIRMED BY'], rows, 30)).toBe(columns);
    expect(table(['REFUND', 'STATE', 'CONFIRMED BY'], rows, 29)).not.toContain('STATE     CONF');
  });

  test('stacks where they do not, without the cells that are empty', () => {
    expect(table(['REFUND', 'STATE', 'CONFIRMED BY'], rows, 25)).toBe(
      [
        'REFUND        rf-1',
        'STATE         refunded',
        'CONFIRMED BY  answer',
        '',
        'REFUND        rf-2',
        'CONFIRMED BY  operator',
      ].join('\n'),
    );
  });

  test('breaks a long value between its words, and leaves a word whole that no line can hold', () => {
    expect(table(['REFUND', 'WAITS BECAUSE'], [[LONG, 'nobody knows whether it was refunded']], 30)).toBe(
      [
        'REFUND',
        `  ${LONG}`,
        'WAITS BECAUSE  nobody knows',
        '               whether it was',
        '               refunded',
      ].join('\n'),
    );
  });

  test('counts the columns of a letter, not its bytes', () => {
    expect(table(['A', 'B'], [['退款', '1']], 7)).toBe('A     B\n退款  1');
    expect(table(['A', 'B'], [['退款', '12345']], 8)).toBe('A  退款\nB  12345');
  });
});

describe('a line', () => {
  test('is broken between words, under its own beginning', () => {
    expect(fitted('- points are refunded first', 20)).toBe('- points are\n  refunded first');
    expect(fitted('  1  retry: look it up once more', 20)).toBe('  1  retry: look it\n     up once more');
    expect(fitted('    "refundId": "rf-1",', 16)).toBe('    "refundId":\n    "rf-1",');
    expect(hanging('10:00:00  ', 'refunding · sale pending', 24)).toBe(
      '10:00:00  refunding ·\n          sale pending',
    );
  });

  test('that fits, and one that is one word, is left as it is', () => {
    expect(fitted(`two  blanks\n\n${LONG}`, 20)).toBe(`two  blanks\n\n${LONG}`);
  });

  test('keeps a command and a time whole, where a line can hold them', () => {
    expect(fitted('Look at it with: refund show rf-1. Then wait.', 24)).toBe(
      'Look at it with:\nrefund show rf-1. Then\nwait.',
    );
    expect(fitted('started 2026-11-21 03:00:00 UTC (12 m) ago', 34)).toBe(
      'started\n2026-11-21 03:00:00 UTC (12 m) ago',
    );
    expect(fitted(`See: refund show ${LONG}`, 24)).toBe(`See: refund show\n${LONG}`);
  });
});

describe('a command', () => {
  test('goes on after a backslash, never within a quoted word', () => {
    expect(
      command('refund resolve rf-1 --leg cash \\\n  --by NAME --evidence "WHAT YOU SAW"', '  ', 40),
    ).toBe('  refund resolve rf-1 --leg cash \\\n    --by NAME \\\n    --evidence "WHAT YOU SAW"');
    expect(command(String.raw`temporal workflow show 'it'\''s me' --run-id  r`, '', 27)).toBe(
      String.raw`temporal workflow show` + ' \\\n' + String.raw`  'it'\''s me' --run-id r`,
    );
  });

  test('is followed by what is said of it', () => {
    const columns = process.stdout.columns;
    process.stdout.columns = 40;
    expect(showNext('refund heal rf-1   (once the workers are running again)')).toBe(
      '  Next: refund heal rf-1\n        (once the workers are running\n        again)',
    );
    process.stdout.columns = columns;
  });
});

test('a time has its age beside it', () => {
  const now = Date.parse('2026-11-21T03:12:59.500Z');
  const ages = [
    '2026-11-21T03:12:10.123Z',
    '2026-11-21T03:00:00Z',
    '2026-11-20T23:00:00Z',
    '2026-11-01T00:00:00Z',
  ];
  expect(ages.map((at) => timeWithAge(at, now))).toEqual([
    '2026-11-21 03:12:10 UTC (49 s)',
    '2026-11-21 03:00:00 UTC (12 m)',
    '2026-11-20 23:00:00 UTC (4 h)',
    '2026-11-01 00:00:00 UTC (20 d)',
  ]);
  expect(timeWithAge('2026-11-22T03:13:00Z', now)).toBe('2026-11-22 03:13:00 UTC (in 1 d)');
  expect(timeWithAge('', now)).toBe('');
  expect(withAges('It expires at 2026-11-21 04:13:00 UTC; nothing is sent then.', now)).toBe(
    'It expires at 2026-11-21 04:13:00 UTC (in 1 h); nothing is sent then.',
  );
});
