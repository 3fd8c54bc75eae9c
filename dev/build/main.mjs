/*
 * `npm run build`: the build is made aside and then moved into dist file by file, so that what runs from there (the
 * simulators, a demo) never finds a file missing or half written, whoever builds meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { moveInto } from './move.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = path.join(ROOT, 'dist');
const ASIDE = path.join(DIST, '.build-');

/** No build takes so long: what is older was left behind by one that was interrupted. Milliseconds. */
const LEFT_BEHIND_MS = 3_600_000;

mkdirSync(DIST, { recursive: true });
removeLeftBehind();
const aside = mkdtempSync(ASIDE);
const isBuilt =
  run(
    path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
    ...['-p', path.join(ROOT, 'tsconfig.build.json'), '--outDir', aside],
  ) && run(path.join(aside, 'src', 'runtime', 'bundle.js'));
if (isBuilt) moveInto(aside, DIST);
else process.exitCode = 1;
rmSync(aside, { recursive: true, force: true });

function run(...script) {
  return spawnSync(process.execPath, script, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

function removeLeftBehind() {
  for (const name of readdirSync(DIST)) {
    const folder = path.join(DIST, name);
    if (!folder.startsWith(ASIDE)) continue;
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < Date.now() - LEFT_BEHIND_MS) rmSync(folder, { recursive: true, force: true });
  }
}
