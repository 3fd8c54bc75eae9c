import { isStatement } from './decision';
import type { Checked } from './decision';
import { LEG_NAMES } from './plan';
import { faultOfPerson, faultOfReference, faultOfWords } from './persons-words';
import type { LegName } from './plan';
import { needsReference, OUTCOME_NAMES } from './resolution';
import type { ResolutionOutcome } from './resolution';
import type { SaidOfLeg } from './seen';
import { whyLookAgain } from './stale-words';
import type { LegState, RefundState } from './state';
import { isSamePerson } from './text';

/** The most code points of an operator's evidence. */
export const LONGEST_EVIDENCE = 500;

/** The most code points of what a provider calls the movement. */
export const LONGEST_REFERENCE = 64;

/** What a resolution is checked against. */
export interface ResolutionContext {
  state: RefundState;
  requestedBy: string;
  /** The outcomes that a leg accepts now; empty when it is not parked. */
  acceptedFor: (leg: LegName) => ResolutionOutcome[];
  /** Whether a word counts only with a statement; whose signature it is, is checked elsewhere. */
  isSigned: (leg: LegName, outcome: ResolutionOutcome) => boolean;
  /** Whether its person had something else before them, or does not say what, where that matters. */
  mustLookAgain: (said: SaidOfLeg) => boolean;
}

/** Why this resolution changes nothing, naming what is accepted now; undefined when it counts. */
export function refusalOfResolution(
  message: unknown,
  { state, requestedBy, acceptedFor, isSigned, mustLookAgain }: ResolutionContext,
): string | undefined {
  const fields = (typeof message === 'object' && message !== null ? message : {}) as Record<string, unknown>;
  const leg = LEG_NAMES.find((name) => name === fields.leg);
  if (!leg) return `leg must be one of ${Object.keys(state.legs).join(', ') || 'loyalty, sale, cash'}`;
  const accepted = acceptedFor(leg);
  if (accepted.length === 0)
    return `the ${leg} leg is not parked (${statusOf(state.legs[leg])}); ${parkedLegs(state)}`;
  const { seen } = fields;
  if (seen !== undefined && (typeof seen !== 'string' || seen.length > LONGEST_SEEN))
    return `seen must be a text of up to ${LONGEST_SEEN} characters, as getBriefing names it`;
  const said = { leg, outcome: fields.outcome, seen };
  if (mustLookAgain(said)) return whyLookAgain(state, said);
  const outcome = OUTCOME_NAMES.find((name) => name === fields.outcome);
  if (!outcome || !accepted.includes(outcome)) return `the ${leg} leg now accepts: ${accepted.join(', ')}`;
  const faultOfBy = faultOfPerson(fields.by);
  if (faultOfBy !== undefined) return `by ${faultOfBy}`;
  if (isSamePerson(fields.by as string, requestedBy))
    return 'the requester of a refund cannot resolve its legs';
  const fault = faultOfWords(fields.evidence, LONGEST_EVIDENCE);
  if (fault !== undefined) return `evidence ${fault}; it says what you saw at the provider`;
  const { providerReference, despiteProvider, statement } = fields;
  if (despiteProvider !== undefined && typeof despiteProvider !== 'boolean')
    return 'despiteProvider must be true or false';
  const isUnsigned = isSigned(leg, outcome) && !isStatement(statement);
  return refusalOfReference(outcome, providerReference) ?? (isUnsigned ? UNSIGNED : undefined);
}

const LONGEST_SEEN = 40;

const UNSIGNED = 'this refund takes that word only with a signature: "refund resolve" signs with --key';

/** Words about parked legs. */
export const OF_WORDS: Checked = {
  what: 'words',
  otherwise:
    '"retry" is still heard. For any other, terminate the run and send "refund heal", which goes on with a new run',
};

function refusalOfReference(outcome: ResolutionOutcome, reference: unknown): string | undefined {
  const isNeeded = needsReference(outcome);
  if (reference === undefined && !isNeeded) return undefined;
  const fault = faultOfReference(reference, LONGEST_REFERENCE);
  if (fault === undefined) return undefined;
  return isNeeded && reference === undefined
    ? `${outcome} needs the providerReference: 1 to ${LONGEST_REFERENCE} printable characters`
    : `providerReference ${fault}`;
}

function statusOf(leg: LegState | undefined): string {
  return leg ? `it is ${leg.status}` : 'this refund has no such leg';
}

function parkedLegs({ legs }: RefundState): string {
  const parked = LEG_NAMES.filter((name) => legs[name]?.status === 'parked');
  return parked.length > 0 ? `parked now: ${parked.join(', ')}` : 'no leg is parked now';
}
