import type { Environment } from '../config/reader';
import { tracingOf } from '../config/tracing';

/** A person waits: how long a collector may take to accept the spans of a command. Milliseconds. */
const FLUSH_MS = 1_000;

/**
 * Starts tracing one command, if the environment asks for it.
 * @returns sends its spans
 */
export async function traceCommand(environment: Environment): Promise<() => Promise<void>> {
  const settings = tracingOf(environment);
  if (!settings) return () => Promise.resolve();
  const { startSdk } = await import('../tracing/sdk.js');
  // What is lost is told by the workers' logs; a person at a terminal asked something else.
  const sdk = startSdk(settings, () => undefined);
  return () => sdk.shutdown(FLUSH_MS);
}
