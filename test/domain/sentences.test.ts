import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asSaid } from '../../src/cli/text';
import { allSentences } from '../support/sentences';

const PAGE = path.resolve('docs/sentences.md');

/** As `npm run format` writes it. */
function formatted(text: string): string {
  const prettier = require.resolve('prettier/bin/prettier.cjs');
  return execFileSync(process.execPath, [prettier, '--stdin-filepath', PAGE], {
    input: text,
    encoding: 'utf8',
  });
}

test('every sentence that an operator can read is on its page as it is said now', () => {
  const now = formatted(asSaid(allSentences()));
  if (process.env.RECORD_SENTENCES) writeFileSync(PAGE, now);
  expect(readFileSync(PAGE, 'utf8')).toBe(now);
});
