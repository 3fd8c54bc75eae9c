import { readFileSync } from 'node:fs';
import path from 'node:path';
import { differenceOf, expectedLines } from '../dev/examples/expected';
import { LANGUAGES } from '../dev/examples/languages';
import { prepare } from '../dev/examples/prepare';
import { run } from '../dev/examples/process';

const ROOT = path.resolve(__dirname, '..');
const NODE = process.execPath;
const python = { name: 'python', tools: [[NODE, '--version']], prepare: [] } as const;

test('an example is skipped, with a line that says why, where a tool is missing or its SDK cannot be had', async () => {
  expect(await prepare({ ...python, tools: [['no-such-tool', '--version']] }, ROOT)).toEqual({
    skipped: 'no-such-tool is not installed, or too old.',
  });
  const failing = [NODE, '-e', 'console.error("no\\nnetwork"); process.exit(1)'];
  expect(await prepare({ ...python, prepare: [failing] }, ROOT)).toEqual({
    skipped: 'Its SDK could not be fetched and built: network',
  });
  expect(await prepare(python, ROOT)).toEqual({ seconds: 0 });
});

test('an example that hangs is ended', async () => {
  const hanging = [NODE, '-e', 'console.log("begun"); setInterval(() => {}, 1000)'];
  const ended = await run(hanging, { folder: ROOT, environment: process.env, timeoutMs: 1_500 });
  expect(ended).toEqual({ ok: false, output: 'begun\n', problem: 'not done within 1.5 s' });
});

test('what an example prints is compared line by line', () => {
  const wanted = ['1 small: started', '1 small: refunded'];
  expect(differenceOf('1 small: started\n1 small: refunded, and more\n', wanted)).toBeUndefined();
  expect(differenceOf('1 small: started\n', wanted)).toBe('line 2 should be: 1 small: refunded');
  expect(differenceOf('1 small: refunded\n1 small: started\n', wanted)).toBe(
    'line 1 should be: 1 small: started',
  );
  expect(differenceOf('1 small: started\n1 small: refunded\nand again\n', wanted)).toBe(
    'it printed more than that',
  );
});

test.each(LANGUAGES)(
  'the page for order services shows what the example in $name prints',
  ({ encryption }) => {
    const page = readFileSync(path.join(ROOT, 'docs', 'order-services.md'), 'utf8').split('\n');
    const missing = expectedLines(ROOT, { encryption }).filter(
      (line) => !page.some((shown) => shown.startsWith(line)),
    );
    expect(missing).toEqual([]);
  },
);
