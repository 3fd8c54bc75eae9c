import { isNativeError } from 'node:util/types';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { LogEntry, TelemetryOptions } from '@temporalio/worker';
import { METRICS } from './domain/metrics';
import type { Metric } from './domain/metrics';

const BUCKETS = Object.fromEntries(
  Object.values<Metric>(METRICS).flatMap(({ name, buckets }) => (buckets ? [[name, buckets]] : [])),
);

/** Installs structured logs (one JSON object a line, on standard error) and, if asked for, a Prometheus endpoint. */
export function installRuntime(metricsAddress: string | undefined): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', writeLine),
    telemetryOptions: telemetryOptions(metricsAddress),
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

/** One log entry as one line of JSON; of an error only its name and message are told. */
export function logLine({ level, message, timestampNanos, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const entry = { time, level, message };
  try {
    return JSON.stringify({ ...entry, ...meta, ...entry }, plain);
  } catch {
    // What cannot be written must not fail the work that is logged.
    return JSON.stringify(entry);
  }
}

/** Looks at what stands in the entry, not at what its `toJSON` made of it: that of an axios error tells credentials. */
function plain(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  if (original instanceof Error || isNativeError(original)) {
    return { name: original.name, message: original.message };
  }
  return typeof value === 'bigint' ? String(value) : value;
}

function writeLine(entry: LogEntry): void {
  process.stderr.write(`${logLine(entry)}\n`);
}
