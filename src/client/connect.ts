import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import type { ClientInterceptors } from '@temporalio/client';
import { readConnection } from '../config/connection';
import { readPayloadKeys } from '../config/keys';
import { EnvironmentReader } from '../config/reader';
import type { Environment } from '../config/reader';
import { readTaskQueue } from '../config/task-queue';
import { dataConverterFor } from '../encryption/codec';
import { createClosing } from './closing';
import { explain } from './temporal-calls';
import { TemporalServerError } from './server-errors';
import { createRefundClient, PATIENCE_MS } from './refund-client';
import type { RefundClient, RefundClientOptions } from './refund-client';

/** How a refund client connects; times in milliseconds. */
export interface ConnectOptions {
  /** Default: that of this process. */
  environment?: Environment;
  /** How long an unreachable server is tried again, here and by `result` and `watch`. Default: a minute. */
  patienceMs?: number;
  /** How long one call may take afterwards. Default: 10 s. */
  timeoutMs?: number;
  /** Of Temporal's client, such as those of OpenTelemetry. Default: none. */
  interceptors?: ClientInterceptors;
}

/** A refund client with a connection of its own. */
export type ConnectedRefundClient = RefundClient & Closable;

/** A connection of one's own, and how it is closed. */
export type Closable = { close: () => Promise<void> };

/**
 * Connects by Temporal's standard `TEMPORAL_*` variables and profile file, `PAYLOAD_KEYS` and `REFUND_TASK_QUEUE`.
 * @throws ConfigurationError, TemporalServerError
 */
export async function connectRefundClient(options: ConnectOptions = {}): Promise<ConnectedRefundClient> {
  const { close, ...connected } = await connect(options);
  return { ...createRefundClient(connected), close };
}

/**
 * Connects Temporal's client as `connectRefundClient` does.
 * Does not use `../runtime`, which loads the worker's native core: order services need none of it.
 */
export async function connect(options: ConnectOptions): Promise<RefundClientOptions & Closable> {
  const { environment = process.env, patienceMs = PATIENCE_MS, timeoutMs, interceptors } = options;
  const { taskQueue, dataConverter } = readSettings(environment);
  const { connectionOptions, namespace, currentApiKey } = readConnection(environment);
  const { address = 'localhost:7233' } = connectionOptions;
  const closing = createClosing();
  const connection = Connection.lazy({
    ...connectionOptions,
    ...(currentApiKey && { apiKey: currentApiKey }),
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), closing.interceptor],
    connectTimeout: patienceMs,
    channelArgs: {
      'grpc.max_reconnect_backoff_ms': 1_000,
      // A server on this machine is never behind the proxy of the environment.
      ...(LOOPBACK.test(address) && { 'grpc.enable_http_proxy': 0 }),
    },
  });
  const close = () => {
    closing.begin();
    return connection.close();
  };
  try {
    await connection.ensureConnected();
  } catch (error) {
    await close();
    throw notConnected(address, patienceMs, error);
  }
  const client = new Client({
    connection,
    namespace,
    dataConverter,
    ...(interceptors && { interceptors }),
  });
  return {
    ...{ client, taskQueue, patienceMs, close },
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

function readSettings(environment: Environment) {
  const reader = new EnvironmentReader(environment);
  const taskQueue = readTaskQueue(reader);
  const dataConverter = dataConverterFor(readPayloadKeys(reader));
  reader.finish();
  return { taskQueue, dataConverter };
}

function notConnected(address: string, patienceMs: number, cause: unknown): unknown {
  const explained = explain(cause);
  if (explained instanceof TemporalServerError && explained.reason === 'refused') return explained;
  const message =
    `No Temporal server answered at ${address} within ${patienceMs / 1_000} s; nothing was changed. Start the server, ` +
    'or set TEMPORAL_ADDRESS to one that runs (TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS_* as it needs).';
  return new TemporalServerError('unanswered', message, undefined, { cause });
}
