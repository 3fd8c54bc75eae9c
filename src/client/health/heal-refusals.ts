import { RefundError } from '../errors';
import { idInCommand, unpauseCommand } from '../shell';
import type { Forgotten } from './forgotten';

/** The refund was not healed, because there is nothing to heal or because healing could cost money. */
export class HealRefusedError extends RefundError {
  override readonly code = 'healRefused';

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
    `refund ${refundId} does not hang: none of its workflow tasks fails. Where it stands: refund show ${idInCommand(refundId)}. ` +
    'If it makes no progress, it is waiting for a worker.'
  );
}

/** Why a run is not reset to which somebody sends messages that are too large. */
export function isFlooded(refundId: string): string {
  return (
    `the run of refund ${refundId} is whole: somebody sends it messages that are too large, and it goes on by itself once ` +
    `these end. Find out who sends them. Where it stands: refund show ${idInCommand(refundId)}`
  );
}

/** Why a paused run is not reset: a pause is not a hang. */
export function isPaused(refundId: string, workflowId: string): string {
  return `refund ${refundId} is paused, and continues as soon as it is resumed: ${unpauseCommand(workflowId)}`;
}

/** What is told to the second of two who heal the same refund at the same time. */
export function healedByAnother(refundId: string): string {
  return (
    `somebody else is healing refund ${refundId} at this moment. ` +
    `Where it stands then: refund show ${idInCommand(refundId)}`
  );
}

/** Why a run cannot be reset that never completed a task; what a run before it sent, it has not looked up yet. */
export function noTask(refundId: string, { wasReset }: { wasReset: boolean }): string {
  const sent = wasReset
    ? 'This run has sent nothing, but the run before it may have, and nobody has looked that up yet.'
    : 'This run has sent nothing.';
  return `refund ${refundId} has no completed workflow task to go back to. ${sent}`;
}

/** Why a run is not reset to before something that it would not know about. */
export const forgets: Record<Forgotten, (refundId: string) => string> = {
  reversal: (refundId) =>
    `refund ${refundId} has begun to reverse something after the point it would be reset to, and the new run would ` +
    'not know about it.',
  word: (refundId) =>
    `a person has said what became of a leg of refund ${refundId} after the point it would be reset to, and the new run ` +
    'would not know about it: what was paid in another way it could pay again.',
  unreadWord: (refundId) =>
    `what a person said of a leg of refund ${refundId} after the point it would be reset to cannot be read here, and the ` +
    'new run may not know about it. Heal it where its keys are in PAYLOAD_KEYS.',
};

/** What to do instead where a run cannot be reset. */
export const HINTS = {
  hung: {
    noTask: 'It continues by itself once a worker is running that can carry out its first task.',
    forgets: 'Run the version of the worker that took it forward: the refund then continues by itself.',
  },
  cutOff: {
    noTask: 'Compare each leg with its provider before the refund is started again under another id.',
    forgets: 'Compare each leg with its provider, and finish it there by hand.',
  },
} as const;

/** Why a run is not reset, and what to do instead. */
export function whyForgets(
  refundId: string,
  forgotten: Forgotten,
  hints: (typeof HINTS)[keyof typeof HINTS],
): string {
  const why = forgets[forgotten](refundId);
  return forgotten === 'unreadWord' ? why : `${why} ${hints.forgets}`;
}
