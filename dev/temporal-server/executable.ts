import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from './command';
import { cachedExecutable, downloadExecutable } from './download';

const VERSION_TIMEOUT_MS = 20_000;

/** What the search for the executable may be told. */
export interface FindOptions {
  /** Read instead of this process's environment. */
  environment?: NodeJS.ProcessEnv;
  /** Told when a download begins, which takes a few seconds. */
  log?: (line: string) => void;
}

/**
 * Finds the Temporal CLI: the one in `TEMPORAL_CLI_PATH`, `temporal` on the PATH if it is new enough, a copy
 * downloaded earlier, else a fresh download into `REFUND_CACHE_DIR` (default: the user's cache folder).
 * @throws Error that says what to install when none can be had
 */
export async function findTemporalExecutable(options: FindOptions = {}): Promise<string> {
  const environment = options.environment ?? process.env;
  const check = (file: string) => whyUnusable(file, environment);

  const configured = environment.TEMPORAL_CLI_PATH;
  if (configured !== undefined && configured !== '') {
    const problem = await check(configured);
    if (problem !== undefined) throw new Error(`TEMPORAL_CLI_PATH is ${configured}, but ${problem}.`);
    return configured;
  }

  const problems: string[] = [];
  for (const file of await executablesOnPath(environment)) {
    const problem = await check(file);
    if (problem === undefined) return file;
    problems.push(`${file}: ${problem}`);
  }

  const cacheFolder = cacheFolderOf(environment);
  const cached = cachedExecutable(cacheFolder);
  if ((await check(cached)) === undefined) return cached;

  options.log?.('No Temporal CLI is installed; downloading one.');
  const download = await downloadExecutable(cacheFolder, environment, check).catch((error: unknown) => ({
    problems: [
      `${cacheFolder} (REFUND_CACHE_DIR): ${error instanceof Error ? error.message : String(error)}`,
    ],
  }));
  if ('file' in download) return download.file;
  throw new Error(
    [
      'No local Temporal server can be started: the Temporal CLI (1.9 or newer) was not found and could not be downloaded.',
      ...[...problems, ...download.problems].map((problem) => `  - ${problem}`),
      'Install the Temporal CLI (https://docs.temporal.io/cli) so that "temporal" is on the PATH, or set TEMPORAL_CLI_PATH',
      'to it, or set TEMPORAL_ADDRESS to a Temporal server that is running.',
    ].join('\n'),
  );
}

async function whyUnusable(file: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const result = await runCommand(file, ['--version'], environment, VERSION_TIMEOUT_MS);
  if (!result.ok) return `it does not answer "--version": ${result.problem}`;
  const version = /version v?(\d+)\.(\d+)/.exec(result.output);
  if (!version) return 'it does not answer "--version" as the Temporal CLI does';
  const [, major, minor] = version.map(Number);
  if (major === 1 && minor !== undefined && minor < 9)
    return `it is version 1.${minor}; 1.9 or newer is needed`;
  return major === 0 ? 'it is older than version 1.9' : undefined;
}

async function executablesOnPath(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const name = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
  const folders = (environment.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const files = [...new Set(folders)].map((folder) => path.join(folder, name));
  const usable = await Promise.all(
    files.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, index) => usable[index]);
}

function cacheFolderOf(environment: NodeJS.ProcessEnv): string {
  if (environment.REFUND_CACHE_DIR) return path.resolve(environment.REFUND_CACHE_DIR);
  const userCache = environment.XDG_CACHE_HOME ?? '';
  return path.join(path.isAbsolute(userCache) ? userCache : path.join(os.homedir(), '.cache'), 'refund-saga');
}
