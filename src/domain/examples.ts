import type { DecideMessage, DecisionContext, DecisionMessage } from './decision';
import { LEG_NAMES } from './plan';
import type { LegName } from './plan';
import type { ResolutionOutcome, ResolveLegMessage } from './resolution';

const BY: DecisionMessage = { by: 'ana', note: 'seen the ticket' };
const DECIDE: DecideMessage = { decision: 'approve', ...BY };

/** One example of each message, as JSON. */
export const EXAMPLES = {
  signal: JSON.stringify(BY),
  decide: JSON.stringify(DECIDE),
  resolveLeg: JSON.stringify(resolutionOf('cash', 'retry')),
} as const;

/** What a decision must be to count now, told to whoever sent one that did not. */
export function acceptedDecision({ approval, open, signed }: Omit<DecisionContext, 'requestedBy'>): string {
  if (!open || approval?.decision) return 'Accepted now: no decision any more; to stop the refund, cancel it';
  return signed
    ? `Accepted now, from an approver with a key: ${SIGNED_COMMAND}`
    : `Accepted now, from anybody but whoever requested the refund: ${EXAMPLES.decide}`;
}

const SIGNED_COMMAND = 'refund approve <id> --by NAME --key FILE (or: refund reject)';

/** What settles a leg now, told to whoever sent a message that did not; as near as can be to what was meant. */
export function acceptedResolution(
  acceptedFor: (leg: LegName) => readonly ResolutionOutcome[],
  meant: { leg: string; outcome: string },
): string {
  const parked = LEG_NAMES.filter((name) => acceptedFor(name).length > 0);
  const leg = parked.find((name) => name === meant.leg) ?? parked[0];
  const outcomes = leg ? acceptedFor(leg) : [];
  const outcome = outcomes.find((name) => name === meant.outcome) ?? outcomes[0];
  if (!leg || !outcome) return 'Accepted now: nothing; a leg must be parked first';
  const example = JSON.stringify(resolutionOf(leg, outcome));
  return `Accepted now, from anybody but whoever requested the refund: ${example}`;
}

function resolutionOf(leg: LegName, outcome: ResolutionOutcome): ResolveLegMessage {
  const reference = outcome === 'refunded' ? { providerReference: '46175' } : {};
  return { leg, outcome, by: 'ana', evidence: "what I saw in the provider's panel", ...reference };
}
