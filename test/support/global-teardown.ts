import { rm } from 'node:fs/promises';
import path from 'node:path';

/** Stops the server that the set-up started, and removes the bundle. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.temporalTestServer?.stop();
  const { TEST_WORKFLOW_BUNDLE: bundle } = process.env;
  if (bundle !== undefined) await rm(path.dirname(bundle), { recursive: true, force: true });
}
