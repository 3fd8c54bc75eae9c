import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Moves what was built over an older build, each file at once as a whole, and removes what the older one made of sources
 * that are gone. What else lies there was not built, and stays.
 */
export function moveInto(from, to) {
  const built = filesIn(from);
  for (const file of built) moveChanged(path.join(from, file), path.join(to, file));
  const isBuilt = new Set(built);
  const folders = new Set(
    built.flatMap((file) => (path.dirname(file) === '.' ? [] : [file.split(path.sep)[0]])),
  );
  for (const folder of folders) {
    for (const file of filesIn(path.join(to, folder)).map((name) => path.join(folder, name))) {
      if (!isBuilt.has(file)) rmSync(path.join(to, file));
    }
  }
}

/** The files below a folder, by their paths in it. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) =>
    statSync(path.join(folder, file)).isFile(),
  );
}

function moveChanged(from, to) {
  if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) return;
  mkdirSync(path.dirname(to), { recursive: true });
  renameSync(from, to);
}
