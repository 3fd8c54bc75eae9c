import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refund-build-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fileIn = (...names: string[]) => path.join(folder, ...names);

async function write(below: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(fileIn(below, name)), { recursive: true });
    await writeFile(fileIn(below, name), text);
  }
}

function moveInto(from: string, to: string): void {
  const move = pathToFileURL(path.resolve('dev/build/move.mjs')).href;
  const script = `import { moveInto } from '${move}'; moveInto(...process.argv.slice(1))`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script, fileIn(from), fileIn(to)],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}

test('a build takes nothing from what runs of an older one', async () => {
  const old = {
    'src/cli/same.js': 'same',
    'src/changed.js': 'old',
    'src/gone.js': 'gone',
    'bundle.js': 'old',
  };
  await write('dist', { ...old, 'package/client.tgz': 'not built', 'notes.txt': 'not built' });
  await write('aside', {
    'src/cli/same.js': 'same',
    'src/changed.js': 'new',
    'src/added/new.js': 'new',
    'bundle.js': 'new',
  });
  const same = await stat(fileIn('dist/src/cli/same.js'));
  const reader = await open(fileIn('dist/src/changed.js'));

  moveInto('aside', 'dist');

  expect(await stat(fileIn('dist/src/cli/same.js'))).toMatchObject({ ino: same.ino, mtimeMs: same.mtimeMs });
  // Whoever had begun to read it reads on what it was.
  expect(await reader.readFile('utf8')).toBe('old');
  await reader.close();
  expect(await readFile(fileIn('dist/src/changed.js'), 'utf8')).toBe('new');
  const files = (await readdir(fileIn('dist'), { recursive: true })).filter(
    (name) => path.extname(name) !== '',
  );
  expect(files.toSorted()).toEqual([
    ...['bundle.js', 'notes.txt', 'package/client.tgz'],
    ...['src/added/new.js', 'src/changed.js', 'src/cli/same.js'],
  ]);
});

test('refund before a build says what to do', async () => {
  await write('', {
    'package.json': '{"version":"0.0.0"}',
    'bin/refund.mjs': await readFile('bin/refund.mjs', 'utf8'),
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileIn('bin/refund.mjs'), 'list'], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe('There is no build yet, and nothing was done. Run this first: npm run build\n');
});
