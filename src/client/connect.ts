import { Client, Connection } from '@temporalio/client';
import type { ClientInterceptors } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { readPayloadKeys } from '../config';
import { ConfigurationError, EnvironmentReader } from '../config/reader';
import type { Environment } from '../config/reader';
import { tracingOf } from '../config/tracing';
import { DEFAULT_TASK_QUEUE } from '../domain/contract';
import { dataConverterFor } from '../encryption';
import { explain } from './access';
import { TemporalServerError } from './errors';
import { createRefundClient } from './refund-client';
import type { RefundClient } from './refund-client';

/** How a refund client connects; times in milliseconds. */
export interface ConnectOptions {
  /** Default: that of this process. */
  environment?: Environment;
  /** How long an unreachable server is tried again. Default: a minute. */
  patienceMs?: number;
  /** How long one call may take afterwards. Default: 10 s. */
  timeoutMs?: number;
}

/** A refund client with a connection of its own. */
export type ConnectedRefundClient = RefundClient & { close(): Promise<void> };

/**
 * Connects by Temporal's standard `TEMPORAL_*` variables and profile file, `PAYLOAD_KEYS` and `REFUND_TASK_QUEUE`.
 * Does not use `../temporal`, which loads the worker's native core: order services need none of it.
 * @throws ConfigurationError, TemporalServerError
 */
export async function connectRefundClient(options: ConnectOptions = {}): Promise<ConnectedRefundClient> {
  const { environment = process.env, patienceMs = 60_000, timeoutMs } = options;
  const { taskQueue, dataConverter } = readSettings(environment);
  const { connectionOptions, namespace = 'default' } = readConnection(environment);
  const { address = 'localhost:7233' } = connectionOptions;
  const connection = Connection.lazy({
    ...connectionOptions,
    connectTimeout: patienceMs,
    channelArgs: {
      'grpc.max_reconnect_backoff_ms': 1_000,
      // A server on this machine is never behind the proxy of the environment.
      ...(LOOPBACK.test(address) && { 'grpc.enable_http_proxy': 0 }),
    },
  });
  try {
    await connection.ensureConnected();
  } catch (error) {
    await connection.close();
    throw notConnected(address, patienceMs, error);
  }
  const interceptors = await tracingInterceptors(environment);
  const client = new Client({
    connection,
    namespace,
    ...(dataConverter && { dataConverter }),
    ...(interceptors && { interceptors }),
  });
  const refunds = createRefundClient({ client, taskQueue, ...(timeoutMs !== undefined && { timeoutMs }) });
  return { ...refunds, close: () => connection.close() };
}

/** Spans go to whatever OpenTelemetry this process was given; without one they are nowhere and cost nothing. */
async function tracingInterceptors(environment: Environment): Promise<ClientInterceptors | undefined> {
  if (!tracingOf(environment)) return undefined;
  const { clientInterceptor } = await import('../tracing/client.js');
  return { workflow: [clientInterceptor()] };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

function readSettings(environment: Environment) {
  const reader = new EnvironmentReader(environment);
  const parseName = (text: string) => (text.length <= 200 ? text : undefined);
  const taskQueue = reader.read('REFUND_TASK_QUEUE', parseName, 'a name of 1 to 200 characters');
  const dataConverter = dataConverterFor(readPayloadKeys(reader));
  reader.finish();
  return { taskQueue: taskQueue ?? DEFAULT_TASK_QUEUE, dataConverter };
}

function readConnection(environment: Environment) {
  const set = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(set) });
  } catch {
    // Why is not told: the parser's own message quotes the lines around a mistake, keys and all.
    throw new ConfigurationError([
      'the TEMPORAL_* variables or the profile file (TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE) cannot be read',
    ]);
  }
}

function notConnected(address: string, patienceMs: number, cause: unknown): unknown {
  const explained = explain(cause);
  if (explained instanceof TemporalServerError && explained.reason === 'refused') return explained;
  const message =
    `No Temporal server answered at ${address} within ${patienceMs / 1_000} s; nothing was changed. Start the server, ` +
    'or set TEMPORAL_ADDRESS to one that runs (TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS_* as it needs).';
  return new TemporalServerError('unanswered', message, undefined, { cause });
}
