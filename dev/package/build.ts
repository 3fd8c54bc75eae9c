import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { emitClient } from './emit';
import { esModule, manifestOf } from './manifest';
import type { ProjectManifest } from './manifest';

const run = promisify(execFile);

/** A tarball, as npm reports it. */
export interface Tarball {
  path: string;
  files: string[];
  /** Of the tarball, and of what is in it. */
  bytes: number;
  unpackedBytes: number;
}

/** Makes the client package in a folder, which is emptied first, and packs it beside that folder. */
export async function buildPackage(root: string, folder: string): Promise<Tarball> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const imported = emitClient(root, path.join(folder, 'lib'));
  const project = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as ProjectManifest;
  const { code, types } = esModule(await exportsOf(root, folder));
  await Promise.all([
    writeFile(
      path.join(folder, 'package.json'),
      `${JSON.stringify(manifestOf(project, imported), null, 2)}\n`,
    ),
    writeFile(path.join(folder, 'index.mjs'), code),
    writeFile(path.join(folder, 'index.d.mts'), types),
    cp(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE')),
    cp(path.join(root, 'dev', 'package', 'README.md'), path.join(folder, 'README.md')),
  ]);
  return pack(folder);
}

/** What the CommonJS entry exports, as Node sees it, with the packages of the project. */
async function exportsOf(root: string, folder: string): Promise<string[]> {
  const modules = path.join(folder, 'node_modules');
  await symlink(path.join(root, 'node_modules'), modules, 'junction');
  try {
    const list = 'process.stdout.write(JSON.stringify(Object.keys(require("./lib/client/index.js"))))';
    const { stdout } = await run(process.execPath, ['-e', list], { cwd: folder });
    return JSON.parse(stdout) as string[];
  } finally {
    await unlink(modules);
  }
}

async function pack(folder: string): Promise<Tarball> {
  const beside = path.dirname(folder);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', beside], { cwd: folder });
  const [packed] = JSON.parse(stdout) as [
    { filename: string; size: number; unpackedSize: number; files: { path: string }[] },
  ];
  return {
    path: path.join(beside, packed.filename),
    files: packed.files.map((file) => file.path),
    bytes: packed.size,
    unpackedBytes: packed.unpackedSize,
  };
}
