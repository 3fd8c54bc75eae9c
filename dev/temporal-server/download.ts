import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { EXECUTABLE_SOURCES, TEMPORAL_CLI_VERSION } from './sources';

/** Tells why an executable cannot be used, or undefined when it can. */
export type ExecutableCheck = (file: string) => Promise<string | undefined>;

/** Where a downloaded executable is kept inside a cache folder. */
export function cachedExecutable(cacheFolder: string): string {
  const name = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
  return path.join(cacheFolder, `temporal-${TEMPORAL_CLI_VERSION}`, name);
}

/**
 * Downloads the Temporal CLI into the cache folder.
 * It is fetched beside its place and renamed into it, so that no other process ever sees half a file.
 * @returns the file, or why each way failed
 */
export async function downloadExecutable(
  cacheFolder: string,
  environment: NodeJS.ProcessEnv,
  check: ExecutableCheck,
): Promise<{ file: string } | { problems: string[] }> {
  const file = cachedExecutable(cacheFolder);
  const problems: string[] = [];
  await mkdir(path.dirname(file), { recursive: true });
  for (const source of EXECUTABLE_SOURCES) {
    const staging = await mkdtemp(path.join(cacheFolder, 'download-'));
    try {
      const fetched = await source.fetch(staging, environment);
      const problem = 'problem' in fetched ? fetched.problem : await check(fetched.file);
      if ('file' in fetched && problem === undefined) {
        await rename(fetched.file, file);
        return { file };
      }
      problems.push(`${source.title}: ${problem ?? 'no file'}`);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }
  return { problems };
}
