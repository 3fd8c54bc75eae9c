import { reaching, reachingNext } from '../../src/cli/reach';
import { renderMarkdown } from '../../src/cli/markdown';
import { foreign } from '../../src/cli/text';
import { fitted } from '../../src/cli/layout';

const AT = '--address shop:7233 --namespace refunds';

beforeEach(() => (process.stdout.columns = 200));

test.each([
  ['See: refund show rf-1. Then: refund stuck', `See: refund ${AT} show rf-1. Then: refund ${AT} stuck`],
  [
    'Compare "refund show rf-1" with the providers; the refund was sent.',
    `Compare "refund ${AT} show rf-1" with the providers; the refund was sent.`,
  ],
  [
    'Resume it with: temporal workflow unpause --workflow-id refund:rf-1',
    `Resume it with: temporal workflow unpause ${AT} --workflow-id refund:rf-1`,
  ],
  [
    'Go back with: temporal worker deployment set-current-version --build-id 1.0.0',
    `Go back with: temporal worker deployment set-current-version ${AT} --build-id 1.0.0`,
  ],
  ['  Next: refund versions   (who serves which)', `  Next: refund ${AT} versions   (who serves which)`],
  ['Resume it with: refund provider resume sipay', `Resume it with: refund ${AT} provider resume sipay`],
  ['  Next: refund heal rf-1   (once)', `  Next: refund ${AT} heal rf-1   (once)`],
  ['{"message":"refund show rf-1"}', '{"message":"refund show rf-1"}'],
])('%s', (text, told) => {
  expect(reaching(text, AT)).toBe(told);
  expect(reaching(text, '')).toBe(text);
});

test('what a person or a provider said is no command of ours, in the details neither', () => {
  const said = 'the panel says refund list is empty, temporal workflow show too';
  expect(reaching(foreign(said), AT)).toBe(said);
  expect(fitted(foreign(said))).toBe(said);
  expect(reaching(renderMarkdown(`bea: ${said}\\_. Look: \`refund show rf-1\`.`), AT)).toBe(
    `bea: ${said}_. Look: refund ${AT} show rf-1.`,
  );
});

test('a command that becomes too long for its line goes on after a backslash', () => {
  process.stdout.columns = 60;
  const text = 'Send:\n    refund resolve rf-1 --leg cash \\\n      --outcome retry --by YOU\nor not.';
  expect(fitted(reaching(text, AT))).toBe(
    [
      'Send:',
      '    refund --address shop:7233 --namespace refunds \\',
      '      resolve rf-1 --leg cash --outcome retry --by YOU',
      'or not.',
    ].join('\n'),
  );
  expect(reaching('  Next: refund heal rf-1   (once they run)', AT).split('\n')).toEqual([
    `  Next: refund ${AT} heal`.replace(' heal', ' \\'),
    '          heal rf-1',
    '        (once they run)',
  ]);
});

test('what programs are told to do next reaches it, too, and nothing else is changed', () => {
  const found = [{ kind: 'paused', meaning: 'refund show rf-1', next: ['refund show rf-1'] }];
  expect(reachingNext(found, AT)).toEqual([{ ...found[0], next: [`refund ${AT} show rf-1`] }]);
  expect(reachingNext({ rows: [], next: 'a place' }, AT)).toEqual({ rows: [], next: 'a place' });
  expect(reachingNext(null, AT)).toBeNull();
});
