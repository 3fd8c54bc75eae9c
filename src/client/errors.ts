import { workflowIdOf } from '../domain/contract';
import { whatMoves } from './calls-in-flight';
import type { RefundErrorCode } from './error-codes';
import { idInCommand, unpauseCommand } from './shell';

/** What every error of this library is: its message says what happened, what it means for the money, and what to do next. */
export abstract class RefundError extends Error {
  /** The same for programs: it stays, where messages are improved. */
  abstract readonly code: RefundErrorCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** How the run stands that an id is used up by: it goes on or has ended as it should, was refused as invalid, or was cut off. */
export type UsedBy = 'refund' | 'refusedStart' | 'cutOffRun';

/** The refund id was already used for a different refund. */
export class RefundConflictError extends RefundError {
  override readonly code = 'conflict';

  constructor(
    readonly refundId: string,
    readonly usedBy: UsedBy = 'refund',
  ) {
    super(USED_BY[usedBy](refundId, `refund show ${idInCommand(refundId)}`));
  }
}

const USED_BY: Record<UsedBy, (refundId: string, show: string) => string> = {
  refund: (refundId, show) =>
    `Refund id ${refundId} is already used for a different refund; nothing was started, and that refund is unchanged. ` +
    `Look at it with: ${show}. If yours is another refund, start it under another id.`,
  refusedStart: (refundId, show) =>
    `Refund id ${refundId} is used up: its run had another request, failed because that was invalid, and sent nothing; ` +
    `nothing was started now. Before you start yours under another id, look whether an older run moved money: ${show}`,
  cutOffRun: (refundId, show) =>
    `Refund id ${refundId} is already used for a different refund, whose run was cut off: nothing continues it, and ` +
    `what it had moved stays moved. Nothing was started now. Look at it with: ${show}`,
};

/** No refund has this id. */
export class RefundNotFoundError extends RefundError {
  override readonly code = 'notFound';

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
  override readonly code = 'ended';

  constructor(readonly refundId: string) {
    super(
      `Refund ${refundId} has already ended; nothing was changed. Look at its end with: refund show ${idInCommand(refundId)}`,
    );
  }
}

/** Somebody terminated the run: it ended without finding out, or reversing, what it had moved. */
export class RefundTerminatedError extends RefundError {
  override readonly code = 'terminated';

  constructor(
    readonly refundId: string,
    readonly reason: string,
  ) {
    super(
      `The run of refund ${refundId} was terminated by hand (${reason}). What had moved stays moved, and nothing was ` +
        `reversed: compare "refund show ${idInCommand(refundId)}" with the providers. To continue it (it looks up every leg ` +
        `before it sends anything): refund heal ${idInCommand(refundId)}`,
    );
  }
}

/** The run ended in a way in which no refund should. */
export class RefundFailedError extends RefundError {
  override readonly code = 'failed';

  constructor(
    readonly refundId: string,
    how: string,
    options?: ErrorOptions,
  ) {
    super(
      `The run of refund ${refundId} ended unexpectedly (${how}); what had moved stays moved. ` +
        `Compare "refund show ${idInCommand(refundId)}" with the providers before anything is done by hand.`,
      options,
    );
  }
}

/** A page was asked for after a place that no page has named. */
export class UnknownPlaceError extends RefundError {
  override readonly code = 'unknownPlace';

  constructor() {
    super('A page begins after the place that the previous page named; leave it out for the first page.');
  }
}

/** The decision changed nothing; the message is the refund's own refusal. */
export class DecisionRefusedError extends RefundError {
  override readonly code = 'decisionRefused';
}

/** The resolution changed nothing; the message is the refund's own refusal and names what is accepted now. */
export class ResolutionRefusedError extends RefundError {
  override readonly code = 'resolutionRefused';
}

/** Somebody paused the run on the server: it makes no progress and does not respond. */
export class RefundPausedError extends RefundError {
  override readonly code = 'paused';

  /** @param calls those of it that go on and can still move money; `note`: what becomes of what was sent */
  constructor(
    readonly refundId: string,
    { calls, note }: { calls: readonly string[]; note: string },
    options?: ErrorOptions,
  ) {
    super(
      `Refund ${refundId} is paused on the Temporal server: it does not respond until it is resumed. ` +
        `${whatMoves(calls, 'until then')}${note === '' ? '' : ` ${note}`} Resume it with: ${unpauseCommand(workflowIdOf(refundId))}`,
      options,
    );
  }
}
