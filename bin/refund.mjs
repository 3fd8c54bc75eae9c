#!/usr/bin/env node
// What `npm run refund`, `npx refund` and the image run: the command line of the build that lies beside it.
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

const built = new URL('../dist/src/cli/process.js', import.meta.url);

if (existsSync(built)) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { runProcess } = await import(built);
  runProcess(version);
} else {
  process.stderr.write('There is no build yet, and nothing was done. Run this first: npm run build\n');
  process.exitCode = 2;
}
