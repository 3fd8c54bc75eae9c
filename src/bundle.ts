import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { BUNDLE_PATH } from './workers';

/** Bundles the workflow code into one file, at build time: a worker then starts without a compiler. */
export async function buildBundle(target = BUNDLE_PATH): Promise<string> {
  const logger = new DefaultLogger('WARN');
  const { code } = await bundleWorkflowCode({ workflowsPath: path.join(__dirname, 'workflows'), logger });
  await writeFile(target, code);
  return target;
}

if (require.main === module) {
  buildBundle().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
