import { RefundError } from './errors';
import type { NoAnswer } from './no-answer';

/** No worker answered for a refund, or its worker cannot go on with it. */
export class WorkerUnavailableError extends RefundError {
  override readonly code = 'workerUnavailable';

  constructor(
    readonly refundId: string,
    readonly why: NoAnswer,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The payloads of a refund cannot be decoded with the keys of this client. */
export class PayloadUnreadableError extends RefundError {
  override readonly code = 'unreadable';

  /** @param hasSent it is the reply to something that was sent, and may have counted */
  constructor(options?: ErrorOptions, hasSent = false) {
    super(hasSent ? UNREADABLE_REPLY : UNREADABLE, options);
  }
}

const UNREADABLE =
  'The payloads of this refund cannot be read with the keys of this client; nothing was changed. ' +
  'Set PAYLOAD_KEYS to the keys of the workers and try again.';
const UNREADABLE_REPLY =
  'The reply cannot be read with the keys of this client; what was sent may have counted. Set PAYLOAD_KEYS to the keys ' +
  'of the workers, and look with "refund show" before you send it again.';

/** Temporal's server did not answer, or refused the call. */
export class TemporalServerError extends RefundError {
  override readonly code;

  /** @param grpcCode gRPC status of a refused call */
  constructor(
    readonly reason: 'unanswered' | 'refused',
    message: string,
    readonly grpcCode?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = reason === 'unanswered' ? ('serverUnanswered' as const) : ('serverRefused' as const);
  }
}

/** The caller's own limit or signal ended the wait, and nothing else: the refund is as it was. */
export class WaitEndedError extends RefundError {
  override readonly code;

  constructor(
    readonly refundId: string,
    by: 'timeout' | 'signal',
    options?: ErrorOptions,
  ) {
    super(
      `The wait for refund ${refundId} ${by === 'timeout' ? 'was over before an end of the refund was known' : 'was given up'}; ` +
        'nothing was changed, and the refund does not depend on anybody waiting. Wait again with the same id.',
      options,
    );
    this.code = by === 'timeout' ? ('waitTimedOut' as const) : ('waitAborted' as const);
  }
}
