import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const NEEDED = ['postgres', 'initdb', 'psql', 'temporal-server', 'temporal-sql-tool'] as const;

/** The executables of a real Temporal server and its database, by name. */
export type Programs = Record<(typeof NEEDED)[number], string>;

/**
 * Finds what a measurement needs, in the given folders and then on the PATH.
 * @returns the names of those that are missing, where some are
 */
export function findPrograms(folders: readonly string[]): Programs | string[] {
  const places = [...folders, ...(process.env.PATH ?? '').split(path.delimiter)].filter(
    (place) => place !== '',
  );
  const found = NEEDED.map((name) => [
    name,
    places.map((place) => path.join(place, name)).find(isExecutable),
  ]);
  const missing = found.flatMap(([name, file]) => (file === undefined ? [name ?? ''] : []));
  return missing.length > 0 ? missing : (Object.fromEntries(found) as Programs);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
