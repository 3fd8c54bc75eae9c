import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CONTRACT_FOLDER, contractFiles } from './files';

mkdirSync(CONTRACT_FOLDER, { recursive: true });
for (const [name, text] of contractFiles()) writeFileSync(path.join(CONTRACT_FOLDER, name), text);
process.stdout.write(`Written: ${[...contractFiles().keys()].join(', ')}\n`);
