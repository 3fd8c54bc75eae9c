import { isNativeError } from 'node:util/types';
import { SdkComponent } from '@temporalio/common';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { LogEntry, TelemetryOptions } from '@temporalio/worker';
import { METRICS } from '../domain/metrics';
import type { Metric } from '../domain/metrics';
import { SHUTDOWN_SIGNALS } from './signals';

const BUCKETS = Object.fromEntries(
  Object.values<Metric>(METRICS).flatMap(({ name, buckets }) => (buckets ? [[name, buckets]] : [])),
);

/** How often the workers of a process tell the server that they are there: a killed one is missed after two or three. */
const HEARTBEAT = '10s';

/** Installs structured logs (one JSON object a line, on standard error) and, if asked for, a Prometheus endpoint. */
export function installRuntime(metricsAddress: string | undefined): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', writeLine),
    telemetryOptions: telemetryOptions(metricsAddress),
    shutdownSignals: SHUTDOWN_SIGNALS,
    workerHeartbeatInterval: HEARTBEAT,
  });
}

/** How the native core logs, and where it shows the metrics. */
export function telemetryOptions(metricsAddress: string | undefined): TelemetryOptions {
  return {
    logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} },
    ...(metricsAddress !== undefined && {
      metrics: {
        prometheus: {
          bindAddress: metricsAddress,
          countersTotalSuffix: true,
          unitSuffix: true,
          useSecondsForDurations: true,
          histogramBucketOverrides: BUCKETS,
        },
      },
    }),
  };
}

/**
 * Fields in which the SDK logs what it could not read or pass on, at any depth: whole tasks, with the requests in them,
 * as text, base64 or objects. What such an entry is about stands in its other fields.
 */
const PAYLOADS: readonly string[] = [
  ...['task', 'taskEncoded', 'activation', 'completion', 'start', 'input', 'args', 'arguments', 'result'],
  ...['payload', 'payloads', 'data', 'headers', 'header', 'memo', 'details', 'failure', 'encodedAttributes'],
];

/** One log entry as one line of JSON, without payloads; of an error only its name and message are told. */
export function logLine({ level, message, timestampNanos, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const isCore = meta?.sdkComponent === SdkComponent.core;
  const entry = { time, level, message: isCore ? withoutDumps(message) : message };
  try {
    return JSON.stringify({ ...entry, ...meta, ...entry }, isCore ? plainOfCore : plain);
  } catch {
    // What cannot be written must not fail the work that is logged.
    return JSON.stringify(entry);
  }
}

/** Looks at what stands in the entry, not at what its `toJSON` made of it: that of an axios error tells credentials. */
function plain(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  if (PAYLOADS.includes(key) || ArrayBuffer.isView(original)) return undefined;
  if (original instanceof Error || isNativeError(original)) {
    return { name: original.name, message: original.message };
  }
  return typeof value === 'bigint' ? String(value) : value;
}

function plainOfCore(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const told = plain.call(this, key, value);
  return typeof told === 'string' ? withoutDumps(told) : told;
}

/** What the server answered to a call, as the native core writes it. */
const GRPC_STATUS = /\bcode: '?([\w ]+?)'?, message: "([^"]{0,300})"/;
const BASE64 = /[A-Za-z0-9+/]{40,}={0,2}/g;

/**
 * A text of the native core up to where it begins to print a value: of some messages to a run, its updates among them, it
 * prints all, as text or bytes.
 */
function withoutDumps(text: string): string {
  const [, code, answer] = GRPC_STATUS.exec(text) ?? [];
  const begin = text.search(/[{["]/);
  const told = begin === -1 ? text : `${text.slice(0, begin)}…`;
  return (code === undefined ? told : `${told} ${code}: ${answer ?? ''}`).replace(BASE64, '…');
}

/** What may wait for a reader that does not read; more is thrown away. Bytes. */
const MOST_WAITING = 1_048_576;

/**
 * Writes one line to standard error, or loses it. A log whose reader went away or stands still, or whose disk is full,
 * must not end a process that moves money, nor fill its memory.
 */
export function writeLogLine(line: string): void {
  if (process.stderr.writableLength > MOST_WAITING) return;
  try {
    process.stderr.write(`${line}\n`);
  } catch {
    // There is nowhere left to tell it.
  }
}

/** Keeps a process alive whose output cannot be written: without a listener, Node ends it. */
export function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

function writeLine(entry: LogEntry): void {
  writeLogLine(logLine(entry));
}
