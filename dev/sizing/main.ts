import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runTool } from '../run-tool';
import { DOCUMENT, shownOf, writeDocument } from './document';
import { measure } from './measure/measure';
import { findPrograms } from './measure/programs';
import { MEASURED_FILE, readMeasured } from './measured';
import type { Measured } from './measured';
import { readOptions, USAGE } from './options';
import type { SizingOptions } from './options';

const CACHE_FILE = '.cache/sizing.json';

async function main(options: SizingOptions, log: (line: string) => void): Promise<number> {
  if (options.mode === 'measure') {
    const programs = findPrograms(options.programs);
    if (Array.isArray(programs)) {
      log(
        `Nothing was measured: not found on the PATH: ${programs.join(', ')} (or name their folders by --programs).`,
      );
      return 1;
    }
    await save(
      await measure(programs, { ...options, log }),
      options.write ? [CACHE_FILE, MEASURED_FILE] : [CACHE_FILE],
    );
  }
  const isOnlyCached = options.mode === 'measure' && !options.write;
  const shown = shownOf(readMeasured(isOnlyCached ? CACHE_FILE : MEASURED_FILE));
  log(Object.values(shown.parts).join('\n\n'));
  if (options.write) {
    writeDocument(shown);
    log(`\nWritten: ${DOCUMENT} and ${Object.keys(shown.charts).join(', ')}`);
  }
  return 0;
}

async function save(measured: Measured, files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(measured, shorter, 2)}\n`);
  }
}

/** Four digits are more than any of these figures is worth. */
function shorter(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

void runTool<SizingOptions>({ usage: USAGE, readOptions, run: main });
