import { RefundError } from './errors';
import { idInCommand } from './shell';

/**
 * How far an invalid request came.
 * - `notStarted`: it was refused before anything was started
 * - `alone`: a run was started with it and failed, and there was no other under its id
 * - `olderRuns`: the same, but an older run under its id may have moved money
 */
export type Refusal = 'notStarted' | 'alone' | 'olderRuns';

/** The request does not validate; `problems` names each wrong field by path and repeats no value. */
export class InvalidRefundRequestError extends RefundError {
  override readonly code = 'invalidRequest';

  constructor(
    readonly problems: readonly string[],
    readonly refusal: Refusal = 'notStarted',
    readonly refundId = '',
  ) {
    super(`${REFUSALS[refusal](refundId)} ${problems.join('; ')}`);
  }
}

const REFUSALS: Record<Refusal, (refundId: string) => string> = {
  notStarted: () =>
    'The refund request is invalid; nothing was started and no money moved. Correct it and start it again.',
  alone: (refundId) =>
    `Refund ${refundId} was refused as invalid; nothing was sent and no money moved. ` +
    'Its id is used up: start the corrected request under a new refund id.',
  olderRuns: (refundId) =>
    `A start of refund ${refundId} was refused as invalid; nothing was sent by this run. An older run under this id ` +
    'may have moved money, and what it moved stays moved. Look at it before anything else is started for this order, ' +
    `because that could refund twice: refund show ${idInCommand(refundId)}, and refund stuck.`,
};
