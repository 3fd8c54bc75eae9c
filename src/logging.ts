import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { LogEntry } from '@temporalio/worker';

/** Installs structured logs (one JSON object a line, on standard error) and, if asked for, a Prometheus endpoint. */
export function installRuntime(metricsAddress: string | undefined): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', writeLine),
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} },
      ...(metricsAddress !== undefined && {
        metrics: {
          prometheus: {
            bindAddress: metricsAddress,
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
          },
        },
      }),
    },
  });
}

/** One log entry as one line of JSON; of an error only its name and message are told. */
export function logLine({ level, message, timestampNanos, meta }: LogEntry): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  return JSON.stringify({ time, level, message, ...meta }, (_, value: unknown) => plain(value));
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message };
  return typeof value === 'bigint' ? String(value) : value;
}

function writeLine(entry: LogEntry): void {
  process.stderr.write(`${logLine(entry)}\n`);
}
