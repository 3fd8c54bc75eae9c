import { startTemporalServer } from '../../dev/temporal-server';
import type { TemporalServerOptions } from '../../dev/temporal-server';

/**
 * Gives this test file a Temporal server of its own, for what looks at all refunds of a namespace: those of other files,
 * whose workers are gone, would stand among them.
 * @returns puts the shared one back
 */
export async function useOwnServer(options: TemporalServerOptions = {}): Promise<() => Promise<void>> {
  const server = await startTemporalServer({ ...options, useConfigured: false });
  const shared = process.env.TEMPORAL_TEST_ADDRESS;
  process.env.TEMPORAL_TEST_ADDRESS = server.address;
  return async () => {
    process.env.TEMPORAL_TEST_ADDRESS = shared;
    await server.stop();
  };
}
