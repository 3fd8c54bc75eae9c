import { CommanderError } from 'commander';
import {
  ConfigurationError,
  OrderNotFoundError,
  OrderUnavailableError,
  PayloadUnreadableError,
  RefundNotFoundError,
  RefundPausedError,
  StopUnansweredError,
  TemporalServerError,
  UnknownPlaceError,
  WorkerUnavailableError,
} from '../client/operator';
import { idInCommand } from '../client/shell';

/** What the process ends with. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notFound: 3, unreachable: 4 } as const;

/** The part of `--help` that explains the exit codes. */
export const EXIT_CODES_HELP = `
Exit codes:
  0  done; "wait", "watch" and "start --wait": the refund ended as refunded
  1  refused, invalid, failed or stopped by you; "wait", "watch" and "start --wait": it ended with another status
  2  wrong usage: arguments, an unreadable file, environment variables
  3  no such refund or order
  4  the Temporal server, or a worker, did not respond, or refused the call
"start --lines": 0 when each of its refunds runs or has ended
"check --ask": 0 when it would go through, with or without a person

With --json, standard output holds one JSON value and nothing else ("start --lines": one a line). Messages go to standard error.
Connection: --address, --namespace and --tls…; else TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TLS_* or the profile file of Temporal's CLI. TEMPORAL_API_KEY is taken from the environment alone: the list of processes shows what stands on a command line. Also read: REFUND_TASK_QUEUE, PAYLOAD_KEYS.`;

/** An argument that cannot be used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Options that nobody can be asked for, because no terminal is there. */
export function missingOptions(refundId: string, names: readonly string[]): UsageError {
  return new UsageError(
    `Missing: ${names.join(', ')}; nothing was sent. In a terminal you would be asked for them. ` +
      `What is accepted: refund show ${idInCommand(refundId)}`,
  );
}

/** The exit code of a failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof RefundNotFoundError || error instanceof OrderNotFoundError) return EXIT.notFound;
  const unreachable = [
    ...[TemporalServerError, WorkerUnavailableError, OrderUnavailableError],
    ...[RefundPausedError, StopUnansweredError],
  ];
  if (unreachable.some((type) => error instanceof type)) return EXIT.unreachable;
  const wrongUsage = [UsageError, ConfigurationError, PayloadUnreadableError, UnknownPlaceError];
  return wrongUsage.some((type) => error instanceof type) ? EXIT.usage : EXIT.failed;
}
