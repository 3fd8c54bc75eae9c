import type { Trouble } from '../domain/briefing';
import { amountOf } from '../domain/money';
import type { Declined, ProviderRecord, Receipt } from '../domain/provider-answers';
import type { RefundEvent } from '../domain/transition';
import { parked } from './movement';
import type { Movement, OpenProblem, Phase } from './movement';
import { record, recordOutcome, recordWait } from './record';
import { shownTime } from './replay-safe';
import { pivotPassed, legRequest } from './run';

/** The provider, or a look-up, confirmed the movement. */
export function confirmed(
  movement: Movement,
  { providerReference, cashbackMinor, feeMinor, worth, note, madeAt }: ProviderRecord,
  { at, confirmedBy }: Pick<Receipt, 'at' | 'confirmedBy'>,
): Phase {
  const { run, legPlan, kind, sent } = movement;
  const receipt: Receipt = {
    providerReference,
    ...amountOf(legRequest(run, legPlan.leg)),
    ...(cashbackMinor !== undefined && { cashbackMinor }),
    ...(feeMinor !== undefined && { feeMinor }),
    ...(worth !== undefined && { worth }),
    at,
    confirmedBy,
    ...(note !== undefined && { note }),
  };
  if (kind === 'refund') run.refundedAt.set(legPlan.leg, madeAt ?? sent.firstAt ?? shownTime());
  const side = kind === 'reversal' ? kind : 'refund';
  recordOutcome(run, { type: 'confirmed', leg: legPlan.leg, side, receipt });
  return { name: 'over', outcome: 'done' };
}

/** The provider said no: that ends the leg, unless only a person can say how the customer gets this money. */
export function declined(
  movement: Movement,
  { code, message, evidence, lookUpFirst = false }: OpenProblem & Pick<Declined, 'lookUpFirst'>,
): Phase {
  const { run, legPlan, kind, purpose } = movement;
  // What is owed is decided only once it is known what earlier runs did with the other legs.
  const isOwed = purpose === 'move' && (code === 'merchantBalance' || pivotPassed(run));
  const waits = parked(movement, { code, message, ...(evidence && { evidence }) }, { lookUpFirst });
  if (kind === 'reversal' || (kind === 'refund' && isOwed)) return waits;
  recordOutcome(run, { type: 'declined', leg: legPlan.leg, problem: waits.problem });
  return { name: 'over', outcome: 'declined' };
}

/** Nothing more is done: as far as is known it was not made. */
export function stopped({ run, legPlan }: Movement): Phase {
  recordOutcome(run, { type: 'stopped', leg: legPlan.leg });
  return { name: 'over', outcome: 'stopped' };
}

/** A preflight question was answered, and the leg may be refunded. */
export function passed({ run, legPlan }: Movement): Phase {
  recordOutcome(run, { type: 'passed', leg: legPlan.leg });
  return { name: 'over', outcome: 'done' };
}

/** Shows that the movement waits for its provider, and why. */
export function showWaiting(
  { run, legPlan, kind }: Movement,
  what: 'nextAttempt' | 'lookUp',
  trouble: Trouble,
): void {
  const movement = what === 'lookUp' ? what : kind;
  const event: RefundEvent = { type: 'waiting', leg: legPlan.leg, movement };
  recordWait(run, event, trouble);
}

/** Shows that the movement is being sent. */
export function showSending({ run, legPlan, kind, sent }: Movement): void {
  run.shown.sends.set(legPlan.leg, sent.requests);
  if (sent.requests === 0) run.shown.sentAt.delete(legPlan.leg);
  record(run, { type: 'sending', leg: legPlan.leg, movement: kind });
}
