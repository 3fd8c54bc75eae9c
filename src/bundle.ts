import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { BUNDLE_PATH, TRACED_BUNDLE_PATH } from './workers';

/**
 * Bundles the workflow code into one file, at build time: a worker then starts without a compiler.
 * @param workflowInterceptorModules what a traced bundle holds besides
 */
export async function buildBundle(
  target = BUNDLE_PATH,
  workflowInterceptorModules: string[] = [],
): Promise<string> {
  const logger = new DefaultLogger('WARN');
  const workflowsPath = path.join(__dirname, 'workflows');
  const { code } = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules, logger });
  await writeFile(target, code);
  return target;
}

/** Bundles the same code with spans of runs and activities. */
export async function buildTracedBundle(target = TRACED_BUNDLE_PATH): Promise<string> {
  return buildBundle(target, [path.join(__dirname, 'tracing', 'workflow-interceptors')]);
}

if (require.main === module) {
  Promise.all([buildBundle(), buildTracedBundle()]).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
