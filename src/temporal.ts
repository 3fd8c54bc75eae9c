import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { ConfigurationError } from './config';

/** How long an unreachable server is retried before the start is given up. Milliseconds. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 1_000;
/** How long a client waits for one connection. Milliseconds. */
const CONNECT_MS = 10_000;

/** A connection and the namespace that goes with it. */
export interface Connected<Of> {
  connection: Of;
  namespace: string;
}

/** Connects a worker by Temporal's standard `TEMPORAL_*` variables and profile file. */
export async function connectWorker(patienceMs = PATIENCE_MS): Promise<Connected<NativeConnection>> {
  try {
    return await connect((options) => NativeConnection.connect(options), patienceMs);
  } catch (error) {
    // Without a connection nothing else ends the native runtime, and it would keep the process from ending.
    await Runtime.instance().shutdown();
    throw error;
  }
}

/** Connects a client by Temporal's standard `TEMPORAL_*` variables and profile file. */
export async function connectClient(patienceMs = PATIENCE_MS): Promise<Connected<Connection>> {
  const connectTimeout = Math.min(CONNECT_MS, patienceMs);
  return connect((options) => Connection.connect({ ...options, connectTimeout }), patienceMs);
}

type ConnectionOptions = ReturnType<typeof loadClientConnectConfig>['connectionOptions'];

async function connect<Of>(
  open: (options: ConnectionOptions) => Promise<Of>,
  patienceMs: number,
): Promise<Connected<Of>> {
  const { connectionOptions, namespace = 'default' } = readConnection();
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    try {
      return { connection: await open(connectionOptions), namespace };
    } catch (error) {
      if (error instanceof TypeError) throw new ConfigurationError(['TEMPORAL_ADDRESS must be host:port']);
      if (Date.now() + RETRY_MS > giveUpAt) throw unreachable(connectionOptions.address, patienceMs, error);
      await sleep(RETRY_MS);
    }
  }
}

function readConnection() {
  try {
    return loadClientConnectConfig();
  } catch {
    // Why is not told: the parser's own message quotes the lines around a mistake, keys and all.
    throw new ConfigurationError([
      'the TEMPORAL_* variables or the profile file (TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE) cannot be read',
    ]);
  }
}

function unreachable(address: string | undefined, patienceMs: number, cause: unknown): Error {
  const where = address ?? 'localhost:7233';
  return new Error(
    `No Temporal server answered at ${where} for ${patienceMs / 1000} s. Nothing was started. ` +
      'Start the server, or set TEMPORAL_ADDRESS to one that runs (TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and ' +
      'TEMPORAL_TLS_* as it needs).',
    { cause },
  );
}
