import { RefundError } from './errors';

/** The refund was not healed, because there is nothing to heal or because healing could cost money. */
export class HealRefusedError extends RefundError {
  constructor(
    readonly refundId: string,
    why: string,
  ) {
    super(`Refused, nothing was changed: ${why}`);
  }
}

/** Why nothing is healed where no task fails. */
export function doesNotHang(refundId: string): string {
  return (
    `refund ${refundId} does not hang: no workflow task of it fails. Where it stands: refund show ${refundId}. ` +
    'A refund that nobody works on waits for a worker.'
  );
}

/** Why a run cannot be reset that never completed a task. */
export function noTask(refundId: string): string {
  return `refund ${refundId} has no completed workflow task to go back to; this run has sent nothing.`;
}

/** Why a run is not reset to before a reversal. */
export function forgetsReversal(refundId: string): string {
  return (
    `refund ${refundId} has begun to take something back after the point it would be reset to, and the new run would ` +
    'not know of it.'
  );
}

/** What to do instead where a run cannot be reset. */
export const HINTS = {
  hung: {
    noTask: 'It goes on by itself once a worker runs that can plan it.',
    reversal: 'Run the version of the worker that began it: the refund then goes on by itself.',
  },
  terminated: {
    noTask: 'Compare each leg with its provider before the refund is started again under another id.',
    reversal: 'Compare each leg with its provider, and finish it there by hand.',
  },
} as const;
