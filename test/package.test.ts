import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { buildPackage } from '../dev/package/build';
import type { Tarball } from '../dev/package/build';
import type { RefundErrorCode } from '../src/client';
import { CONSUMER } from './support/consumer';
import { aRefund } from './support/requests';
import { startSaga } from './support/saga';

/** What an order service installs: packed, installed into an empty folder, compiled and run from there. */
const run = promisify(execFile);
let folder: string;
let app: string;
let tarball: Tarball;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refund-package-'));
  app = path.join(folder, 'app');
  await mkdir(app);
  tarball = await buildPackage(process.cwd(), path.join(folder, 'package'));
  await writeFile(path.join(app, 'package.json'), '{ "name": "order-service", "private": true }');
  await writeConsumers();
  await npm(['install', '--ignore-scripts', '--prefer-offline', tarball.path]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const CONSUMERS = ['consumer.mts', 'consumer.cts', 'readme.mts'];

/** The consumers as TypeScript, to be checked, and without their types, to be run. */
async function writeConsumers(): Promise<void> {
  const [, example = ''] = /```ts\n(.*?)```/s.exec(await readFile('dev/package/README.md', 'utf8')) ?? [];
  expect(example).toContain("from 'refund-client'");
  for (const name of CONSUMERS) {
    const text = name.startsWith('readme') ? example : CONSUMER;
    const compilerOptions = { module: ts.ModuleKind.Node16, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(text, { fileName: path.join(app, name), compilerOptions });
    await writeFile(path.join(app, name), text);
    await writeFile(path.join(app, name.replace('ts', 'js')), outputText);
  }
}

function npm(parameters: string[], cwd = app): Promise<{ stdout: string; stderr: string }> {
  return run('npm', parameters, { cwd });
}

async function bytesIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => stat(path.join(file.parentPath, file.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

const CODES: Record<RefundErrorCode, true> = {
  invalidRequest: true,
  conflict: true,
  notFound: true,
  ended: true,
  terminated: true,
  failed: true,
  decisionRefused: true,
  resolutionRefused: true,
  workerUnavailable: true,
  paused: true,
  unreadable: true,
  serverUnanswered: true,
  serverRefused: true,
  waitTimedOut: true,
  waitAborted: true,
  configuration: true,
  unknownPlace: true,
  healRefused: true,
  orderNotFound: true,
  releaseRefused: true,
  providerStopRefused: true,
};

test('holds the client and the domain, a licence and a README that tells each code', async () => {
  const rooms = new Set(tarball.files.map((file) => file.split('/').slice(0, 2).join('/')));
  expect([...rooms].sort()).toEqual([
    ...['LICENSE', 'README.md', 'index.d.mts', 'index.mjs'],
    ...['client', 'config', 'domain', 'encryption', 'statements'].map((room) => `lib/${room}`),
    'package.json',
  ]);
  expect(
    tarball.files.filter((file) => /\.(map|test\.js|ts)$/.test(file) && !file.endsWith('.d.ts')),
  ).toEqual([]);
  expect(tarball.unpackedBytes).toBeLessThan(400_000);
  const readme = await readFile(path.join(app, 'node_modules/refund-client/README.md'), 'utf8');
  for (const code of Object.keys(CODES)) expect(readme).toContain(`\`${code}\``);
});

test('pulls at most 50 packages and 50 MB, no worker and nothing native', async () => {
  const { stdout } = await npm(['ls', '--all', '--parseable']);
  const [, ...packages] = stdout.trim().split('\n');
  expect(packages.length).toBeGreaterThan(10);
  expect(packages.length).toBeLessThanOrEqual(50);
  expect(packages.filter((name) => /@temporalio\/(worker|core-bridge|workflow)$/.test(name))).toEqual([]);
  expect(await bytesIn(path.join(app, 'node_modules'))).toBeLessThan(50_000_000);
  const files = await readdir(path.join(app, 'node_modules'), { recursive: true });
  expect(files.filter((file) => file.endsWith('.node'))).toEqual([]);
});

/** What is parsed once is the same under each resolution that takes it for the same kind of module. */
const parsed = new Map<string, ts.SourceFile>();

/** What is wrong in these files or in the package's own types, not in those of other packages. */
function compile(files: string[], options: ts.CompilerOptions): string[] {
  const all = {
    ...options,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    types: ['node'],
    skipLibCheck: false,
  };
  const host = ts.createCompilerHost(all);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...rest) => {
    const format = typeof version === 'object' ? version.impliedNodeFormat : undefined;
    const key = `${name} ${format}`;
    const file = parsed.get(key) ?? read(name, version, ...rest);
    if (file) parsed.set(key, file);
    return file;
  };
  const program = ts.createProgram(files, all, host);
  const isOurs = ({ fileName }: ts.SourceFile) =>
    /\/app\/([^/]+|node_modules\/refund-client\/.*)$/.test(fileName);
  const ours = program.getSourceFiles().filter(isOurs);
  expect(ours.length).toBeGreaterThan(files.length + 20);
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...ours.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
  return found.map(({ file, messageText }) =>
    [file?.fileName ?? '', ts.flattenDiagnosticMessageText(messageText, '\n')].join(': '),
  );
}

const { Node16, NodeNext, Preserve } = ts.ModuleKind;
const { Bundler } = ts.ModuleResolutionKind;

test.each<[string, ts.CompilerOptions]>([
  ['bundler', { module: Preserve, moduleResolution: Bundler }],
  ['nodenext', { module: NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext }],
  ['node16', { module: Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
])(
  'has right types under %s, for both kinds of modules',
  (_, options) => {
    const files = CONSUMERS.map((name) => path.join(app, name));
    expect(compile(files, options)).toEqual([]);
  },
  120_000,
);

/** The Node.js that an order service runs; `CONSUMER_NODES` names others, separated by colons. */
const NODES = process.env.CONSUMER_NODES?.split(':') ?? [process.execPath];

test.each(NODES)(
  'runs on %s as either kind of module: starts, awaits, and names what went wrong',
  async (node) => {
    const saga = await startSaga();
    const environment = {
      TEMPORAL_ADDRESS: process.env.TEMPORAL_TEST_ADDRESS,
      REFUND_TASK_QUEUE: saga.taskQueue,
    };
    try {
      for (const script of ['consumer.cjs', 'consumer.mjs']) {
        const request = JSON.stringify(aRefund(saga.simulators));
        const { stdout } = await run(node, [path.join(app, script), request], {
          cwd: app,
          env: { ...process.env, ...environment },
        });
        expect(JSON.parse(stdout)).toEqual({
          existing: [false, true],
          status: 'refunded',
          isMine: true,
          codes: ['conflict', 'invalidRequest', 'notFound', 'ended'],
        });
      }
    } finally {
      await saga.close();
    }
  },
);

test('gives both kinds of modules the same classes', async () => {
  const script = `
    import { createRequire } from 'node:module';
    import * as imported from 'refund-client';
    const required = createRequire(import.meta.url)('refund-client');
    const names = Object.keys(required);
    console.log(names.length > 10 && names.every((name) => imported[name] === required[name]));
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: app });
  expect(stdout).toBe('true\n');
});

test('is made by a command that npm pack of the project names, which packs nothing itself', async () => {
  const root = path.join(folder, 'root');
  await mkdir(root);
  await copyFile('package.json', path.join(root, 'package.json'));
  await expect(npm(['pack'], root)).rejects.toMatchObject({
    stderr: expect.stringContaining('npm run package makes the tarball of the client') as string,
  });
  expect(await readdir(root)).toEqual(['package.json']);
});
