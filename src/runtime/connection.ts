import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { ConfigurationError } from '../config';
import { readConnection } from '../config/connection';
import type { ConnectionSettings } from '../config/connection';

/** How long an unreachable server is retried before the start is given up. Milliseconds. */
const GIVE_UP_AFTER_MS = 60_000;
const RETRY_MS = 1_000;
/** How long a client waits for one connection. Milliseconds. */
const CONNECT_MS = 10_000;

/** A connection and the namespace that goes with it. */
export interface Connected<Of> extends Pick<ConnectionSettings, 'namespace' | 'currentApiKey'> {
  connection: Of;
}

/** Connects a worker by Temporal's standard `TEMPORAL_*` variables and profile file. */
export async function connectWorker(giveUpAfterMs = GIVE_UP_AFTER_MS): Promise<Connected<NativeConnection>> {
  try {
    return await connect((options) => NativeConnection.connect(options), giveUpAfterMs);
  } catch (error) {
    // Without a connection nothing else ends the native runtime, and it would keep the process from ending.
    await Runtime.instance().shutdown();
    throw error;
  }
}

/** Connects a client by Temporal's standard `TEMPORAL_*` variables and profile file. */
export async function connectClient(giveUpAfterMs = GIVE_UP_AFTER_MS): Promise<Connected<Connection>> {
  const connectTimeout = Math.min(CONNECT_MS, giveUpAfterMs);
  return connect((options) => Connection.connect({ ...options, connectTimeout }), giveUpAfterMs);
}

/** How often it is looked whether the key of Temporal was exchanged. Milliseconds. */
const RENEW_EVERY_MS = 5_000;

/**
 * Tells a connection the key anew whenever its file holds another one.
 * @returns ends it
 */
export function renewApiKey(
  connection: Pick<NativeConnection, 'setApiKey'>,
  currentApiKey: () => string,
  { everyMs = RENEW_EVERY_MS, onRenewed }: { everyMs?: number; onRenewed: () => void },
): () => void {
  let told = currentApiKey();
  const renew = async () => {
    const key = currentApiKey();
    if (key === told) return;
    await connection.setApiKey(key);
    told = key;
    onRenewed();
  };
  // One that fails is tried again at the next turn.
  const timer = setInterval(() => void renew().catch(() => undefined), everyMs).unref();
  return () => {
    clearInterval(timer);
  };
}

async function connect<Of>(
  open: (options: ConnectionSettings['connectionOptions']) => Promise<Of>,
  giveUpAfterMs: number,
): Promise<Connected<Of>> {
  const { connectionOptions, ...settings } = readConnection(process.env);
  const giveUpAt = Date.now() + giveUpAfterMs;
  for (;;) {
    try {
      return { connection: await open(connectionOptions), ...settings };
    } catch (error) {
      if (error instanceof TypeError) throw new ConfigurationError(['TEMPORAL_ADDRESS must be host:port']);
      if (Date.now() + RETRY_MS > giveUpAt)
        throw unreachable(connectionOptions.address, giveUpAfterMs, error);
      await sleep(RETRY_MS);
    }
  }
}

function unreachable(address: string | undefined, giveUpAfterMs: number, cause: unknown): Error {
  const where = address ?? 'localhost:7233';
  return new Error(
    `No Temporal server answered at ${where} for ${giveUpAfterMs / 1000} s. Nothing was started. ` +
      'Start the server, or set TEMPORAL_ADDRESS to one that runs (TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and ' +
      'TEMPORAL_TLS_* as it needs).',
    { cause },
  );
}
