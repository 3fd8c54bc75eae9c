import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ADDITIONS, filesNamed } from './additions';
import {
  filesByFolder,
  houseWords,
  longestFile,
  longestFunction,
  positionalBooleans,
  walkFrom,
  writersOfState,
} from './measures';
import { linesOf, readSources } from './source';

/** `npm run structure [-- --root CHECKOUT]`: measures how the code of a checkout hangs together. */
function main(): void {
  const { values } = parseArgs({ options: { root: { type: 'string', default: '.' } } });
  const root = path.resolve(values.root);
  const sources = readSources(root, 'src');
  const saga = walkFrom('src/workflows/refund.ts', sources);
  const writers = writersOfState(sources);
  const words = houseWords(sources);
  const [file, code, booleans] = [
    longestFile(sources),
    longestFunction(sources),
    positionalBooleans(sources),
  ];
  const rows: [string, string | number, string?][] = [
    ['writers of the state', writers.length, writers.join(' ')],
    ['modules from refund.ts on', saga.stops.length],
    ['imports that lead back to one', saga.returns],
    ['longest file of src', file.lines, file.where],
    ['longest function of src', code.lines, code.where],
    ['positional booleans', booleans.length, booleans.join(' ')],
    ['house words in src', words.length, words.join(' ')],
    ['lines of the README', linesOf(readFileSync(path.join(root, 'README.md'), 'utf8'))],
    ['lines of the reading order', readingOrder(root)],
    ...ADDITIONS.map((addition): [string, number, string] => {
      const named = filesNamed(root, addition);
      return [`files named for ${addition.name}`, named.length, named.join(' ')];
    }),
  ];
  for (const [what, measure, where = ''] of rows)
    process.stdout.write(`${what.padEnd(44)} ${String(measure).padStart(5)}  ${where}\n`);
  process.stdout.write('\nFiles by folder\n');
  for (const [folder, files] of filesByFolder(sources))
    process.stdout.write(`  ${folder.padEnd(42)} ${String(files).padStart(5)}\n`);
}

/** What the first half hour names without asking to read it. */
const MENTIONED = ['src/workflows/record.ts', 'src/domain/transition.ts'];

/** The lines of the files that docs/reading-order.md names. */
function readingOrder(root: string): number {
  const guide = path.join(root, 'docs/reading-order.md');
  if (!existsSync(guide)) return 0;
  const [first = ''] = readFileSync(guide, 'utf8').split('\n## With another half hour');
  const named = first.matchAll(/\]\(\.\.\/(src\/[^)#]+\.ts)\)/g);
  const files = new Set([...named].map(([, file = '']) => file).filter((file) => !MENTIONED.includes(file)));
  return [...files].reduce((sum, file) => sum + linesOf(readFileSync(path.join(root, file), 'utf8')), 0);
}

main();
