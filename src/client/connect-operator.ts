import type { ClientInterceptors } from '@temporalio/client';
import type { Environment } from '../config/reader';
import { tracingOf } from '../config/tracing';
import { connect } from './connect';
import type { Closable, ConnectOptions } from './connect';
import { createOperatorClient } from './operator-client';
import type { OperatorClient } from './operator-client';

/** An operator's client with a connection of its own. */
export type ConnectedOperatorClient = OperatorClient & Closable;

/**
 * Connects as `connectRefundClient` does, and traces what is sent where the standard `OTEL_*` variables ask for it.
 * @throws ConfigurationError, TemporalServerError
 */
export async function connectOperatorClient(options: ConnectOptions = {}): Promise<ConnectedOperatorClient> {
  const interceptors = await tracingInterceptors(options.environment ?? process.env);
  const { close, ...connected } = await connect({ ...options, ...(interceptors && { interceptors }) });
  return { ...createOperatorClient(connected), close };
}

/** Spans go to the OpenTelemetry SDK of this process; without one they cost nothing. */
async function tracingInterceptors(environment: Environment): Promise<ClientInterceptors | undefined> {
  if (!tracingOf(environment)) return undefined;
  const { clientInterceptor } = await import('../tracing/client.js');
  return { workflow: [clientInterceptor()] };
}
