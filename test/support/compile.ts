import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Builds as `npm run build` does it, but to another folder and without a look at types: those are checked elsewhere. */
export async function compileProject(folder: string): Promise<void> {
  await compileCode(folder);
  await run(process.execPath, [path.join(folder, 'src', 'runtime', 'bundle.js')]);
}

/** The same without the workflow bundles, which only a worker needs. */
export async function compileCode(folder: string): Promise<void> {
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'), 'junction');
  const unchecked = ['--noCheck', '--noResolve', '--declaration', 'false', '--sourceMap', 'false'];
  const compiler = [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', folder];
  await run(process.execPath, [...compiler, ...unchecked]);
}
