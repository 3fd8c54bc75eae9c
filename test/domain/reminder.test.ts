import { firstReminderMs, REMIND_AFTER, reminderDue } from '../../src/domain/reminder';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When the first so many reminders of a wait come. */
function times(firstMs: number, count: number): number[] {
  const found = [firstMs];
  while (found.length < count) found.push(reminderDue(found.at(-1) ?? 0, firstMs).nextMs);
  return found;
}

test.each<[string, number, number[]]>([
  ['an hour', HOUR, [1, 2, 4, 8, 16, 32, 56, 80]],
  ['half a day', 12 * HOUR, [12, 24, 48, 72, 96]],
  ['three days', 3 * DAY, [72, 96, 120]],
])('after %s, each time it has doubled, and at least daily', (_, firstMs, hours) => {
  expect(times(firstMs, hours.length)).toEqual(hours.map((hour) => hour * HOUR));
});

test.each([
  [-5_000, 0, HOUR],
  [0, 0, HOUR],
  [HOUR - 1, 0, HOUR],
  [HOUR, 1, 2 * HOUR],
  [2 * HOUR - 1, 1, 2 * HOUR],
  [40 * DAY, 44, 40 * DAY + 8 * HOUR],
])('after a wait of %i ms step %i is due', (waitedMs, step, nextMs) => {
  expect(reminderDue(waitedMs, HOUR)).toEqual({ step, nextMs });
});

test.each([
  ['approval', 4 * HOUR],
  ['sipay:ambiguous', HOUR],
  ['wyre:merchantBalance', 12 * HOUR],
])('by default %s is told anew after %i ms', (reason, ms) => {
  expect(firstReminderMs(reason, REMIND_AFTER)).toBe(ms);
});

test('what is said of a problem at a provider counts more than of the problem, and that more than of any', () => {
  const settings = { parked: 4, ambiguous: 3, 'sipay:ambiguous': null, merchantBalance: null, approval: 1 };
  const of = (reason: string) => firstReminderMs(reason, settings);
  expect(of('sipay:ambiguous')).toBeNull();
  expect(of('mircate:ambiguous')).toBe(3);
  expect(of('mircate:merchantBalance')).toBeNull();
  expect(of('mircate:declined')).toBe(4);
  expect(of('approval')).toBe(1);
  expect(firstReminderMs('approval', { parked: 4 })).toBeNull();
  expect(firstReminderMs('toString', {})).toBeNull();
});
