import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTemporalServer, type TemporalServer } from '../../dev/temporal-server';
import { buildBundle } from '../../src/runtime/bundle';

declare global {
  var temporalTestServer: TemporalServer | undefined;
}

/**
 * Starts the one server of the whole run, or takes the one that TEMPORAL_ADDRESS names, and bundles the workflow code
 * once; tests find both in the environment. A server of your own needs time skipping, for the tests that wait for days:
 * `temporal server start-dev --dynamic-config-value frontend.WorkflowTimeSkippingEnabled=true`.
 */
export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-saga-test-'));
  const [server, bundle] = await Promise.all([
    startTemporalServer({ timeSkipping: true, quickReports: true }),
    // Readable: tests look for foreign modules in it, and plant code that hangs.
    buildBundle(path.join(folder, 'workflow-bundle.js'), { minimize: false }),
  ]);
  globalThis.temporalTestServer = server;
  process.env.TEMPORAL_TEST_ADDRESS = server.address;
  process.env.TEST_WORKFLOW_BUNDLE = bundle;
}
