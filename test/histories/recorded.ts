import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The folder of the histories that the code must not be able to replay. */
export const INCOMPATIBLE = path.join(__dirname, 'incompatible');

/** The folder of what no release has recorded yet. A release gives it its own name (docs/releasing.md). */
export const UNRELEASED = path.join(__dirname, 'unreleased');

const RELEASE = /^\d+\.\d+\.\d+$/;

/** A recorded history. */
export interface Recorded {
  /** The branch that it shows. */
  name: string;
  text: string;
}

/** The folders of all releases, one for each. */
export async function releasedFolders(): Promise<string[]> {
  const names = (await readdir(__dirname)).filter((name) => RELEASE.test(name));
  return names.sort().map((name) => path.join(__dirname, name));
}

/** Every history that the code must be able to replay: those of each release, and what came since. */
export async function readHistories(): Promise<Recorded[]> {
  const folders = [...(await releasedFolders()), UNRELEASED];
  return (await Promise.all(folders.map((folder) => readFolder(folder)))).flat();
}

/** The histories of one folder; none where it is not there. */
export async function readFolder(folder: string): Promise<Recorded[]> {
  const files = await readdir(folder).catch(() => []);
  return Promise.all(
    files
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map(async (file) => ({
        name: path.basename(file, '.json'),
        text: await readFile(path.join(folder, file), 'utf8'),
      })),
  );
}
