import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from '../encryption/codec';
import { READING_BUNDLE_PATH } from '../reading/bundle-path';
import { BUNDLE_PATH, encryptedBundlePath, TRACED_BUNDLE_PATH } from './workers';

const WORKFLOWS = path.join(__dirname, '../workflows');

/** The payload converter of workflow code: what is sent to a run never fails its tasks. */
const PAYLOAD_CONVERTER_PATH = require.resolve('../workflows/payload-converter');

/** No signal can hold a run up, whatever its name is. */
const RESERVED_SIGNALS = path.join(WORKFLOWS, 'reserved-signals');

/** What a bundle differs by. */
export interface BundleOptions {
  /** What a traced bundle holds besides. */
  interceptorModules?: string[];
  /** Left out: every workflow thread parses and keeps the bundle; its source map keeps the names. */
  minimize?: boolean;
}

/**
 * Bundles the workflow code at build time, so that a worker starts without a compiler: once as it is, and beside it once
 * for workers with PAYLOAD_KEYS, where failures are handed to the codec. Nothing else differs; runs can change over.
 */
export async function buildBundle(target = BUNDLE_PATH, options: BundleOptions = {}): Promise<string> {
  await Promise.all([
    bundle(target, options, {}),
    bundle(encryptedBundlePath(target), options, { failureConverterPath: FAILURE_CONVERTER_PATH }),
  ]);
  return target;
}

async function bundle(
  target: string,
  { interceptorModules = [], minimize = true }: BundleOptions,
  converter: { failureConverterPath?: string },
): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    workflowInterceptorModules: [RESERVED_SIGNALS, ...interceptorModules],
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    ...converter,
    // Loaded once for all runs instead of once for each: none of these modules keeps a state (docs/adr/014).
    preloadModules: [path.join(WORKFLOWS, 'stack-depth'), WORKFLOWS, RESERVED_SIGNALS],
    webpackConfigHook: (config) => ({ ...config, optimization: { ...config.optimization, minimize } }),
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(target, code);
}

/** Bundles the same code with spans of runs and activities. */
export async function buildTracedBundle(target = TRACED_BUNDLE_PATH): Promise<string> {
  return buildBundle(target, {
    interceptorModules: [path.join(__dirname, '../tracing/workflow-interceptors')],
  });
}

/**
 * Bundles the same code for reading runs from their histories. It has no twin for keys: what they are for is decoded
 * before it comes here, and nothing that is encoded here leaves the process.
 */
export async function buildReadingBundle(target = READING_BUNDLE_PATH): Promise<string> {
  await bundle(
    target,
    { interceptorModules: [path.join(__dirname, '../reading/workflow-interceptors')] },
    {},
  );
  return target;
}

if (require.main === module) {
  Promise.all([buildBundle(), buildTracedBundle(), buildReadingBundle()]).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
