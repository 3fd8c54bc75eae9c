import { fork } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { transformFile } from '@swc/core';
import { PLANTED_BUGS } from './planted-bugs';
import type { PlantedBug } from './planted-bugs';

const ROOT = process.cwd();
const WORKSHOP = path.join(ROOT, 'node_modules/.cache/planted-bugs');
const FOLDERS = ['src', 'simulators', 'dev'];

/** `npm run simulate:bugs [-- --seeds N] [--only TEXT]`: plants one bug at a time and counts how many are caught. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '3000' }, only: { type: 'string', default: '' } },
  });
  await rm(WORKSHOP, { recursive: true, force: true });
  await mkdir(WORKSHOP, { recursive: true });
  // Told at once, and of each: a bug that does not fit the source any more is planted nowhere.
  for (const bug of PLANTED_BUGS) await planted(bug);
  const sound = path.join(WORKSHOP, 'sound');
  await compile(sound);
  await bundle(sound);
  const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(values.only));
  const waiting = [...bugs];
  let missed = 0;
  const plantNext = async (place: string): Promise<void> => {
    const bug = waiting.shift();
    if (!bug) return;
    const caught = await isCaught(bug, values.seeds, path.join(WORKSHOP, place));
    if (!caught) missed += 1;
    process.stdout.write(`${caught ? 'caught' : 'MISSED'}  ${bug.name}${caught ? ` (${caught})` : ''}\n`);
    return plantNext(place);
  };
  await Promise.all(['one', 'other'].map(plantNext));
  process.stdout.write(
    `${bugs.length - missed} of ${bugs.length} planted bugs caught within ${values.seeds} seeds\n`,
  );
  process.exitCode = missed === 0 ? 0 : 1;
}

/** Each of them is an order with fifty refunds. */
const ORDER_SEEDS = '60';

/** @returns the line of the report that tells what was caught; undefined when nothing was */
async function isCaught(bug: PlantedBug, seeds: string, folder: string): Promise<string | undefined> {
  await rm(folder, { recursive: true, force: true });
  await cp(path.join(WORKSHOP, 'sound'), folder, { recursive: true });
  const patched = path.join(folder, 'patched.ts');
  await writeFile(patched, await planted(bug));
  await compileFile(patched, path.join(folder, bug.file.replace(/\.ts$/, '.js')));
  // What is of activities and adapters alone is in no workflow bundle.
  if (!/^src\/(?:activities|providers)\//.test(bug.file)) await bundle(folder);
  const main = path.join(folder, bug.ofOrders ? 'dev/simulation/orders/main.js' : 'dev/simulation/main.js');
  const output = await run(main, [
    '--seeds',
    bug.ofOrders ? ORDER_SEEDS : seeds,
    '--stop-at-first',
    '--processes',
    '1',
    '--bundle',
    path.join(folder, 'bundle.js'),
  ]);
  return /^ {2}(seed \d+: .*)$/m.exec(output)?.[1]?.slice(0, 140);
}

/** @returns the source with the bug in it @throws when its text does not stand there exactly once */
async function planted({ name, file, from, to }: PlantedBug): Promise<string> {
  const source = await readFile(path.join(ROOT, file), 'utf8');
  if (source.split(from).length !== 2) throw new Error(`"${name}" no longer fits ${file}`);
  return source.replace(from, () => to);
}

async function compile(target: string): Promise<void> {
  for (const folder of FOLDERS) {
    for (const file of await readdir(path.join(ROOT, folder), { recursive: true })) {
      if (!file.endsWith('.ts')) continue;
      await compileFile(
        path.join(ROOT, folder, file),
        path.join(target, folder, file.replace(/\.ts$/, '.js')),
      );
    }
  }
}

async function compileFile(from: string, to: string): Promise<void> {
  const { code } = await transformFile(from, {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  await mkdir(path.dirname(to), { recursive: true });
  await writeFile(to, code);
}

async function bundle(folder: string): Promise<void> {
  const script = path.join(folder, 'make-bundle.js');
  await writeFile(
    script,
    "require('./src/runtime/bundle.js').buildBundle(__dirname + '/bundle.js', { minimize: false });",
  );
  await run(script, []);
}

function run(script: string, argv: string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = fork(script, argv, { silent: true });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('exit', () => resolve(output));
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
