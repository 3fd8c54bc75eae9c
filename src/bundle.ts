import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { BUNDLE_PATH, TRACED_BUNDLE_PATH } from './workers';

const WORKFLOWS = path.join(__dirname, 'workflows');

/** What a bundle differs by. */
export interface BundleOptions {
  /** What a traced bundle holds besides. */
  interceptorModules?: string[];
  /** Left out: every workflow thread parses and keeps the bundle; its source map keeps the names. */
  minimize?: boolean;
}

/** Bundles the workflow code into one file, at build time: a worker then starts without a compiler. */
export async function buildBundle(
  target = BUNDLE_PATH,
  { interceptorModules = [], minimize = true }: BundleOptions = {},
): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    workflowInterceptorModules: interceptorModules,
    // Loaded once for all runs instead of once for each: none of these modules keeps a state (docs/adr/014).
    preloadModules: [path.join(WORKFLOWS, 'stack-depth'), WORKFLOWS],
    webpackConfigHook: (config) => ({ ...config, optimization: { ...config.optimization, minimize } }),
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(target, code);
  return target;
}

/** Bundles the same code with spans of runs and activities. */
export async function buildTracedBundle(target = TRACED_BUNDLE_PATH): Promise<string> {
  return buildBundle(target, {
    interceptorModules: [path.join(__dirname, 'tracing', 'workflow-interceptors')],
  });
}

if (require.main === module) {
  Promise.all([buildBundle(), buildTracedBundle()]).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
