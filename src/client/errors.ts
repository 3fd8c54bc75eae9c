/** What every error of this library is: its message says what happened, what it means for the money, and what to do next. */
export abstract class RefundError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The request does not validate; `problems` names each wrong field by path and repeats no value. */
export class InvalidRefundRequestError extends RefundError {
  /** @param usedUpId the id of a refund that was started with it and failed; absent when nothing was started */
  constructor(
    readonly problems: readonly string[],
    readonly usedUpId?: string,
  ) {
    const happened =
      usedUpId === undefined
        ? 'The refund request is invalid; nothing was started and no money moved. Correct it and start it again.'
        : `Refund ${usedUpId} was refused as invalid; nothing was sent and no money moved. ` +
          'Its id is used up: start the corrected request under a new refund id.';
    super(`${happened} ${problems.join('; ')}`);
  }
}

/** The refund id was already used for a different refund. */
export class RefundConflictError extends RefundError {
  constructor(readonly refundId: string) {
    super(
      `Refund id ${refundId} is already used for a different refund; nothing was started, and that refund goes on ` +
        `unchanged. Look at it with: refund show ${refundId}. Another refund needs another id.`,
    );
  }
}

/** No refund has this id. */
export class RefundNotFoundError extends RefundError {
  constructor(
    readonly refundId: string,
    options?: ErrorOptions,
  ) {
    super(
      `There is no refund ${refundId} in this namespace; nothing was changed. Look for it with: refund list`,
      options,
    );
  }
}

/** The refund is over: no message reaches it any more. */
export class RefundEndedError extends RefundError {
  constructor(readonly refundId: string) {
    super(
      `Refund ${refundId} has already ended; nothing was changed. Look at its end with: refund show ${refundId}`,
    );
  }
}

/** Somebody terminated the run: it ended without finding out, or taking back, what it had moved. */
export class RefundTerminatedError extends RefundError {
  constructor(
    readonly refundId: string,
    readonly reason: string,
  ) {
    super(
      `The run of refund ${refundId} was terminated by hand (${reason}). What had moved stays moved, and nothing was ` +
        `taken back: compare "refund show ${refundId}" with the providers. To let it go on (it looks every leg up ` +
        `before it sends anything): refund heal ${refundId}`,
    );
  }
}

/** The run ended in a way in which no refund should. */
export class RefundFailedError extends RefundError {
  constructor(
    readonly refundId: string,
    how: string,
    options?: ErrorOptions,
  ) {
    super(
      `The run of refund ${refundId} ended unexpectedly (${how}); what had moved stays moved. ` +
        `Compare "refund show ${refundId}" with the providers before anything is done by hand.`,
      options,
    );
  }
}

/** The decision changed nothing; the message is the refund's own answer. */
export class DecisionRefusedError extends RefundError {}

/** The resolution changed nothing; the message is the refund's own answer and names what is accepted now. */
export class ResolutionRefusedError extends RefundError {}

/** No worker answered for a refund, or its worker cannot go on with it. */
export class WorkerUnavailableError extends RefundError {
  constructor(
    readonly refundId: string,
    why: 'noAnswer' | 'taskFails',
    options?: ErrorOptions,
  ) {
    const happened =
      why === 'noAnswer'
        ? `No worker answered for refund ${refundId}; is one running, on the task queue of this refund?`
        : `The worker cannot go on with refund ${refundId}: its workflow task fails (see its history in the Temporal UI).`;
    super(
      `${happened} The refund keeps its place and moves nothing until then. What was sent may still be taken in ` +
        `later: look with "refund show ${refundId}" before you send it again.`,
      options,
    );
  }
}

/** The payloads of a refund cannot be decoded with the keys of this client. */
export class PayloadUnreadableError extends RefundError {
  constructor(options?: ErrorOptions) {
    super(
      'The payloads of this refund cannot be read with the keys of this client; nothing was changed. ' +
        'Set PAYLOAD_KEYS to the keys of the workers and try again.',
      options,
    );
  }
}

/** Temporal's server did not answer, or refused the call. */
export class TemporalServerError extends RefundError {
  /** @param code gRPC status of a refused call */
  constructor(
    readonly reason: 'unanswered' | 'refused',
    message: string,
    readonly code?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
