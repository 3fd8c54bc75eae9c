import { CommanderError } from 'commander';
import {
  ConfigurationError,
  PayloadUnreadableError,
  RefundNotFoundError,
  TemporalServerError,
  WorkerUnavailableError,
} from '../client';

/** What the process ends with. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notFound: 3, unreachable: 4 } as const;

/** The part of `--help` that explains the exit codes. */
export const EXIT_CODES_HELP = `
Exit codes:
  0  done; "wait", "watch" and "start --wait": the refund ended as refunded
  1  refused, invalid, failed or stopped by you; "wait", "watch" and "start --wait": it ended otherwise
  2  wrong usage: arguments, an unreadable file, environment variables
  3  no such refund
  4  the Temporal server, or a worker, did not answer or refused the call

With --json, standard output holds one JSON value and nothing else. Messages go to standard error.
Connection: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*; REFUND_TASK_QUEUE, PAYLOAD_KEYS.`;

/** An argument that cannot be used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Options that nobody can be asked for, because no terminal is there. */
export function missingOptions(refundId: string, names: readonly string[]): UsageError {
  return new UsageError(
    `Missing: ${names.join(', ')}; nothing was sent. In a terminal you would be asked for them. ` +
      `What is accepted: refund show ${refundId}`,
  );
}

/** The exit code of a failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof RefundNotFoundError) return EXIT.notFound;
  if (error instanceof TemporalServerError || error instanceof WorkerUnavailableError)
    return EXIT.unreachable;
  const wrongUsage = [UsageError, ConfigurationError, PayloadUnreadableError];
  return wrongUsage.some((type) => error instanceof type) ? EXIT.usage : EXIT.failed;
}
