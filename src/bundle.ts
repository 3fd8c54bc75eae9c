import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { BUNDLE_PATH } from './workers';

const WORKFLOWS = path.join(__dirname, 'workflows');

/**
 * Bundles the workflow code into one file, at build time: a worker then starts without a compiler. Minimized, because
 * every workflow thread parses and keeps it; its source map keeps the names.
 */
export async function buildBundle(target = BUNDLE_PATH, minimize = true): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    // Loaded once for all runs instead of once for each: none of these modules keeps a state (docs/adr/014).
    preloadModules: [path.join(WORKFLOWS, 'stack-depth'), WORKFLOWS],
    webpackConfigHook: (config) => ({ ...config, optimization: { ...config.optimization, minimize } }),
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(target, code);
  return target;
}

if (require.main === module) {
  buildBundle().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
