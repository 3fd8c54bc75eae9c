import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.join(__dirname, '..');

/** The lines that lint refuses for their syntax, as if they stood in this file. */
function refusedIn(file: string, lines: string[]): string[] {
  const eslint = path.join(ROOT, 'node_modules/eslint/bin/eslint.js');
  const text = lines.map((line) => `export const f = (a: string): unknown => ${line};`).join('\n');
  const { stdout } = spawnSync(
    process.execPath,
    [eslint, '--stdin', '--stdin-filename', file, '--format', 'json'],
    { cwd: ROOT, input: text, encoding: 'utf8' },
  );
  const [{ messages }] = JSON.parse(stdout) as [{ messages: { ruleId: string; line: number }[] }];
  const found = messages.filter(({ ruleId }) => ruleId === 'no-restricted-syntax');
  return found.map(({ line }) => lines[line - 1] ?? '');
}

const TABLES = [
  '/^[a-z]$/u.test(a)',
  '/^[a-z]$/i.test(a)',
  '/^\\s/.test(a)',
  '/\\S/.test(a)',
  "new RegExp('x').test(a)",
  "RegExp('x').test(a)",
  "a.normalize('NFKC')",
  'a.toLowerCase()',
  'a.toUpperCase()',
  'a.toLocaleLowerCase()',
  'a.localeCompare(a)',
  'a.trim()',
  'new Intl.Collator().compare(a, a)',
];
const OTHERS = ['/^[A-Z][a-z]*$/.test(a)', 'a.padStart(4)', "a.replace(/[A-Z]/g, 'x')"];

test.each(['src/domain/text.ts', 'src/workflows/run.ts'])(
  'code that replays asks no table of the engine: %s',
  (file) => {
    expect(refusedIn(file, [...TABLES, ...OTHERS])).toEqual(TABLES);
  },
);
