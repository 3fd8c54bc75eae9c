import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { retryAfterMs } from '../../src/providers/retry-after';

const NOW = Date.parse('2026-11-01T10:00:00Z');

/** A minute after `NOW`, in every form that a provider may write it in. */
const IN_A_MINUTE = [
  'Sun, 01 Nov 2026 10:01:00 GMT',
  'Sun, 01 Nov 2026 10:01:00 UTC',
  'Sun, 01 Nov 2026 10:01:00',
  'Sun, 01 Nov 2026 13:01:00 +0300',
  'Sun, 01 Nov 2026 05:01:00 EST',
  'Sunday, 01-Nov-26 10:01:00 GMT',
  'Sunday, 01-Nov-26 10:01:00',
  'Sun Nov  1 10:01:00 2026',
  'Sun Nov  1 10:01:00 UTC 2026',
  '2026-11-01T10:01:00Z',
  '2026-11-01T10:01:00',
  '2026-11-01T10:01',
  '2026-11-01 10:01:00.000000',
  '2026-11-01 10:01:00 UTC',
  '2026-11-01T13:01:00+03:00',
];

test.each<[string, number]>([
  ['120', 120_000],
  [' 7 ', 7_000],
  ['0', 0],
  ['0000000000007', 7_000],
  ['+30', 30_000],
  ['30.5', 31_000],
  ['30s', 30_000],
  ['5 s', 5_000],
  ['120, 60', 120_000],
  ['60, 120', 120_000],
  ['soon, 60', 60_000],
  ['Sun, 01 Nov 2026 10:01:00 GMT, 30', 60_000],
  ['30, Sun, 01 Nov 2026 10:01:00 GMT', 60_000],
  ['2026-11-02', 14 * 3_600_000],
  ['2099-01-01', 365 * 86_400_000],
  ['99999999999', 365 * 86_400_000],
  ['9'.repeat(400), 365 * 86_400_000],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
  ...IN_A_MINUTE.map((header) => [header, 60_000] as [string, number]),
])('%j is %i ms', (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});

test.each([
  'Sun, 99 Foo 2026 10:00:00 GMT',
  'Sun, 01 Nov 2026 10:01:00 XYZ',
  'Sun, 01 Nov 2026 10:01:00 PM',
  '-5',
  '1e9',
  '0x10',
  'retry 2099',
  '-5 GMT',
  '2026-99-99',
  '',
  undefined,
  ['5'],
])('%j cannot be read', (header) => {
  expect(retryAfterMs(header, NOW)).toBeUndefined();
});

const ELSEWHERE = `
  const swc = require(process.argv[1]);
  const options = { module: { type: 'commonjs' }, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } };
  require.extensions['.ts'] = (module, file) => module._compile(swc.transformFileSync(file, options).code, file);
  const { retryAfterMs } = require(process.argv[2]);
  const [headers, now] = JSON.parse(process.argv[3]);
  console.log(JSON.stringify(headers.map((header) => retryAfterMs(header, now))));
`;

test.each(['Europe/Istanbul', 'America/New_York', 'Asia/Kathmandu', 'UTC'])(
  'a date without a zone means UTC for a process in %s',
  (TZ) => {
    const parameters = [require.resolve('@swc/core'), path.resolve('src/providers/retry-after.ts')];
    const input = JSON.stringify([IN_A_MINUTE, NOW]);
    const read = execFileSync(process.execPath, ['-e', ELSEWHERE, ...parameters, input], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
    });
    expect(JSON.parse(read)).toEqual(IN_A_MINUTE.map(() => 60_000));
  },
);
