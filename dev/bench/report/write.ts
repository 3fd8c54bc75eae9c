import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes what a run found: figures, tables and a chart under one name. */
export async function writeReport(
  file: string,
  { figures, markdown, chart }: { figures: unknown; markdown: string; chart?: string },
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.json`, `${JSON.stringify(figures, null, 2)}\n`);
  await writeFile(`${file}.md`, `${markdown}\n`);
  if (chart !== undefined) await writeFile(`${file}.svg`, chart);
}
