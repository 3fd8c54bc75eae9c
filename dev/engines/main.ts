import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../examples/process';
import { fetchNode } from './node';
import { testedVersions } from './versions';

const ROOT = process.cwd();

/** What is run on each: the recorded histories, the rules, the configuration, and the real exchange with providers. */
const SUITES = ['test/replay.test.ts', 'test/domain', 'test/config', 'test/providers', 'test/json.test.ts'];
/** The same again, for a machine that is busy with much else. */
const SUITES_MS = 300_000;

const COMMANDS: readonly (readonly [title: string, ...command: string[]])[] = [
  ['the command line answers', 'bin/refund.mjs', '--version'],
  ['a decision is signed and checked', 'dist/dev/engines/signing.js'],
  ['histories and quick suites', 'node_modules/jest/bin/jest.js', ...SUITES],
];

async function main(): Promise<void> {
  const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
  const wanted = process.argv.slice(2);
  const tested = testedVersions(engines.node);
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-engines-'));
  try {
    for (const version of wanted.length > 0 ? wanted : tested) await tryOn(version, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryOn(version: string, folder: string): Promise<void> {
  const begin = Date.now();
  const bin = await fetchNode(version, folder);
  const environment = { ...process.env, PATH: [bin, process.env.PATH].join(path.delimiter) };
  for (const [title, ...command] of COMMANDS) {
    const node = path.join(bin, 'node');
    const ended = await run([node, ...command], { folder: ROOT, environment, timeoutMs: SUITES_MS });
    if (!ended.ok) throw new Error(`Node.js ${version}: not so: ${title}\n${ended.output}${ended.problem}`);
    const [counted = ''] = /^Tests: .*$/m.exec(ended.problem) ?? [];
    process.stdout.write(`Node.js ${version}: ${title}. ${counted}\n`);
  }
  process.stdout.write(`Node.js ${version}: done in ${Math.round((Date.now() - begin) / 1_000)} s\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
