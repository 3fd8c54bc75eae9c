import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformFile } from '@swc/core';
import { showReport } from '../dev/chaos/report';
import { runChaos } from '../dev/chaos/run';

const ROOT = path.resolve(__dirname, '..');
/** Inside the project, so that the compiled worker finds its packages. */
const COMPILED = path.join(ROOT, 'dist/chaos-test');

/** Compiles the worker without its types: a worker that is killed must be a process, and a test needs no build. */
async function compileWorker(): Promise<void> {
  await rm(COMPILED, { recursive: true, force: true });
  const files = await readdir(path.join(ROOT, 'src'), { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const target = path.join(COMPILED, 'src', file.replace(/\.ts$/, '.js'));
    const { code } = await transformFile(path.join(ROOT, 'src', file), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, code);
  }
  await copyFile(process.env.TEST_WORKFLOW_BUNDLE ?? '', path.join(COMPILED, 'workflow-bundle.js'));
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refund-chaos-test-'));
  await compileWorker();
});
afterAll(async () => {
  for (const made of [folder, COMPILED]) await rm(made, { recursive: true, force: true });
});

test('every refund ends as the books say while workers, server and providers break', async () => {
  const report = await runChaos({
    refunds: 40,
    seed: 20,
    minutes: 10,
    atOnce: 40,
    workers: 2,
    workerScript: path.join(COMPILED, 'src/worker.js'),
    bundlePath: path.join(COMPILED, 'workflow-bundle.js'),
    reportFile: path.join(folder, 'report.json'),
    pace: 0.4,
    tailMs: 30_000,
    log: () => undefined,
  });
  if (report.violations.length > 0) process.stdout.write(`${showReport(report)}\n`);
  expect(report.violations).toEqual([]);
  // Whether anything is sent twice is chance in so short a session; `npm run chaos` asks for that.
  const lookUps = Object.values(report.calls).map(({ lookUp = 0 }) => lookUp);
  expect(Math.max(...lookUps)).toBeGreaterThan(0);
  expect(report.disturbances.workerKills).toBeGreaterThan(0);
  expect(report.disturbances.serverRestarts).toBeGreaterThan(0);
}, 900_000);
