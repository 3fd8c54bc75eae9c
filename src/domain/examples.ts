import type { DecideMessage, DecisionContext, DecisionMessage } from './decision';
import { LEG_NAMES } from './plan';
import type { LegName } from './plan';
import { needsReference } from './resolution';
import type { ResolutionOutcome, ResolveLegMessage } from './resolution';
import type { ResolutionContext } from './resolution-refusals';

/** Refused where they are sent as they are: nobody has said anything yet. */
const BY: DecisionMessage = { by: 'NAME', note: 'WHY' };
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** One example of each message, as JSON, for this refund and no other. */
export function examplesFor(refundId: string): Record<'signal' | 'decide' | 'resolveLeg', string> {
  const decide: DecideMessage = { ...about(refundId), decision: 'approve', ...BY };
  return {
    signal: JSON.stringify({ ...about(refundId), ...BY }),
    decide: JSON.stringify(decide),
    resolveLeg: JSON.stringify(resolutionOf(refundId, 'cash', 'retry')),
  };
}

/** What a decision must be to count now, for the sender of one that did not. */
export function acceptedDecision(context: DecisionContext): string {
  const { approval, open, signed, needed, refundId } = context;
  if (!open || needed === 'no' || approval?.decision)
    return 'Accepted now: no further decision; to stop the refund, cancel it';
  return signed
    ? `Accepted now, from an approver with a key: ${SIGNED_COMMAND}`
    : `Accepted now, from anyone but the requester: ${examplesFor(refundId).decide}`;
}

const SIGNED_COMMAND = 'refund approve <id> --by NAME --key FILE (or: refund reject)';

/** What a leg accepts now, for the sender of a message that was refused; as close as possible to what they meant. */
export function acceptedResolution(
  refundId: string,
  { acceptedFor, isSigned, mustLookAgain }: Omit<ResolutionContext, 'state' | 'requestedBy'>,
  meant: { leg?: string; outcome?: string; seen?: string },
): string {
  const parked = LEG_NAMES.filter((name) => acceptedFor(name).length > 0);
  const leg = parked.find((name) => name === meant.leg) ?? parked[0];
  if (!leg) return 'Accepted now: nothing, because no leg is parked';
  // An example to paste would be said by somebody who has not seen what is there now.
  if (leg === meant.leg && mustLookAgain({ ...meant, leg, outcome: meant.outcome }))
    return `${LOOK_AGAIN}${idOf(refundId)}`;
  const outcomes = acceptedFor(leg);
  const outcome =
    outcomes.find((name) => name === meant.outcome) ?? outcomes.find((name) => name === 'retry');
  const choice = outcome === undefined ? ` (OUTCOME: ${outcomes.join(', ')})` : '';
  if (isSigned(leg, outcome ?? 'declined'))
    return `Accepted now, from anyone with a key but the requester: refund resolve ${idOf(refundId)} --leg ${leg} --outcome ${outcome ?? 'OUTCOME'} --key FILE${choice}`;
  // What was said is repeated only where it is known to be what the leg shows.
  const seen = leg === meant.leg && meant.seen !== undefined ? { seen: meant.seen } : {};
  const example = JSON.stringify({ ...resolutionOf(refundId, leg, outcome ?? 'OUTCOME'), ...seen });
  return `Accepted now, from anyone but the requester: ${example}${choice}`;
}

/** Before the refund's id. */
export const LOOK_AGAIN = 'Look again before you say anything: refund show ';

function idOf(refundId: string): string {
  return ID.test(refundId) ? refundId : '<id>';
}

function resolutionOf(
  refundId: string,
  leg: LegName,
  outcome: ResolutionOutcome | 'OUTCOME',
): Omit<ResolveLegMessage, 'outcome'> & { outcome: string } {
  const reference = needsReference(outcome) ? { providerReference: 'REFERENCE' } : {};
  return { ...about(refundId), leg, outcome, by: 'NAME', evidence: 'WHAT YOU SAW', ...reference };
}

/** An id that was not checked yet may be any text, which is repeated nowhere. */
function about(refundId: string): { refundId?: string } {
  return ID.test(refundId) ? { refundId } : {};
}
