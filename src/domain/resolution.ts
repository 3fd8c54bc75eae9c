import { amountOf } from './money';
import type { LegName, LegPlan } from './plan';
import type { RequestLeg } from './request';
import { afterDeclined, givenUp, retriedRefund, retriedReversal } from './consequences';
import { isUnclear, isUntouched, withoutProblem } from './state';
import type { LegState, Problem } from './state';

/** The argument of the update `resolveLeg`. */
export interface ResolveLegMessage {
  leg: LegName;
  outcome: ResolutionOutcome;
  by: string;
  evidence: string;
  providerReference?: string;
  /** It counts although the provider, asked about it, shows something else. */
  despiteProvider?: boolean;
  /** What its person had before them of the leg (`seenOf`): it does not count once something else is there. */
  seen?: string;
  /** The word as its person signed it: a compact JWS. Counts only where the plan asks for signed words. */
  statement?: string;
  /** Refused when it names another refund. */
  refundId?: string;
}

/** What decides which outcomes a parked leg accepts, and what they do. */
export interface ParkedLeg extends Pick<LegPlan, 'lookUp' | 'reversal'> {
  problem: Problem;
  pivotPassed: boolean;
  /** A cancel was requested and no later leg may be started. */
  stopping: boolean;
  /** Preflight is still being asked. */
  planning: boolean;
  /** Only what an earlier run sent is being found out: nothing is sent. */
  reconciling: boolean;
  /** The refund itself was refused, or ended otherwise: what is sent now, is sent by the operator's word alone. */
  onlyByWord: boolean;
  /** The last look-up showed something that the next one would show again. */
  hasCandidate: boolean;
  /** The provider confirmed something else than was asked for. */
  hasMovedOtherwise: boolean;
}

/** What an operator said, and of which leg. */
export interface OperatorsWord {
  message: ResolveLegMessage;
  requested: RequestLeg;
  parked: ParkedLeg;
  /** When it was said, ISO 8601. */
  at: string;
  /** What the provider has to do with it where it does not bear it out, in words; null where it does or was not asked. */
  unconfirmed: string | null;
}

/** All about one outcome of a parked leg. */
interface OutcomeRule {
  /** Whether a leg that is parked like this accepts it (design: table in 3.3). */
  accepted: (parked: ParkedLeg) => boolean;
  /** What it does to the money, for the person who is about to choose it. */
  consequence: (parked: ParkedLeg) => string;
  /** What it says of the money at the provider. */
  claims: 'moved' | 'notMoved' | 'nothing';
  /** Whether it must be signed where words are: all that has no approval behind it, or writes off money, must. */
  isSigned: (parked: ParkedLeg) => boolean;
  /** Whether it has money sent by its person's word alone, without a look-up that decides. */
  isBlind: (parked: ParkedLeg) => boolean;
  /** The leg after it. */
  applied: (leg: LegState, word: OperatorsWord) => LegState;
  /** What the saga does then. */
  next: 'tryAgain' | 'sendAgain' | 'goOn' | 'endDeclined' | 'turnBack';
}

const always = () => true;
const never = () => false;

const RULES = {
  retry: {
    accepted: ({ problem, stopping, reversal, hasMovedOtherwise }) => {
      if (problem.side === 'refund') return !stopping;
      return isUnclear(problem) ? !hasMovedOtherwise || reversal === 'lookUp' : reversal !== undefined;
    },
    consequence: (parked) =>
      parked.problem.side === 'reversal' ? retriedReversal(parked) : retriedRefund(parked),
    claims: 'nothing',
    isSigned: ({ onlyByWord }) => onlyByWord,
    isBlind: ({ problem, reversal }) =>
      problem.side === 'reversal' && isUnclear(problem) && reversal !== 'lookUp',
    applied: begunAgain,
    next: 'tryAgain',
  },
  resend: {
    accepted: ({ problem, lookUp, stopping, reconciling }) =>
      isUnclearRefund(problem) && lookUp === 'evidence' && !stopping && !reconciling,
    consequence: () =>
      'only if you saw at the provider that it was NOT refunded: it is sent without a look-up, and could be refunded twice',
    claims: 'notMoved',
    isSigned: always,
    isBlind: always,
    applied: begunAgain,
    next: 'sendAgain',
  },
  refunded: {
    accepted: ({ problem, planning, pivotPassed }) =>
      isUnclearRefund(problem) || (problem.side === 'refund' && !planning && pivotPassed),
    consequence: ({ problem }) =>
      isUnclear(problem)
        ? 'you saw the refund at the provider (add its `providerReference`): it counts as refunded'
        : 'you refunded it in another way (add a `providerReference`): it counts as refunded',
    claims: 'moved',
    isSigned: always,
    isBlind: never,
    applied: (leg, word) => ({
      ...withoutProblem(leg),
      status: 'refunded',
      receipt: { providerReference: '', ...said(word), ...amountOf(word.requested) },
    }),
    next: 'goOn',
  },
  declined: {
    accepted: ({ problem, planning }) =>
      problem.side === 'refund' && (isUnclear(problem) || planning || isUntouched(problem)),
    consequence: (parked) => `${givenUp(parked)}; ${afterDeclined(parked)}`,
    claims: 'notMoved',
    isSigned: always,
    isBlind: never,
    applied: (leg, { at, unconfirmed }) => ({
      ...leg,
      status: 'declined',
      ...(leg.problem &&
        unconfirmed !== null && { problem: { ...leg.problem, evidence: { message: unconfirmed, at } } }),
    }),
    next: 'endDeclined',
  },
  reversed: {
    accepted: ({ problem }) => problem.side === 'reversal',
    consequence: () =>
      'you saw the reversal at the provider, or reversed it by hand (add a `providerReference`): it counts as reversed',
    claims: 'moved',
    isSigned: always,
    isBlind: never,
    applied: (leg, word) => ({
      ...withoutProblem(leg),
      status: 'reversed',
      reversal: { ...said(word), ...amountOf(word.requested) },
    }),
    next: 'goOn',
  },
  waived: {
    accepted: ({ problem }) => problem.side === 'reversal',
    consequence: () => 'the customer keeps it; nothing more is sent for this leg',
    claims: 'nothing',
    isSigned: always,
    isBlind: never,
    // Why it was not reversed stays on show.
    applied: (leg, word) => ({ ...leg, status: 'waived', reversal: said(word) }),
    next: 'goOn',
  },
  turnBack: {
    accepted: ({ problem, planning, pivotPassed }) =>
      problem.side === 'refund' && !isUnclear(problem) && !planning && (pivotPassed || !isUntouched(problem)),
    consequence: () =>
      'give up this leg and roll back the others; a sale or cash leg has no API to reverse it, and then waits for you',
    claims: 'nothing',
    isSigned: always,
    isBlind: never,
    applied: (leg) => ({ ...leg, status: 'declined' }),
    next: 'turnBack',
  },
} satisfies Record<string, OutcomeRule>;

/** What an operator says about a parked leg. */
export type ResolutionOutcome = keyof typeof RULES;

/** All about each outcome, in the order in which they are offered. */
export const OUTCOMES: Readonly<Record<ResolutionOutcome, OutcomeRule>> = RULES;

/** The outcomes, in the order in which they are offered. */
export const OUTCOME_NAMES = Object.keys(OUTCOMES) as ResolutionOutcome[];

/** The outcomes that a leg parked like this accepts. */
export function acceptedOutcomes(parked: ParkedLeg): ResolutionOutcome[] {
  return OUTCOME_NAMES.filter((name) => OUTCOMES[name].accepted(parked));
}

/** Those of them that can help: where a look-up would only show again what it showed, `retry` cannot. */
export function offeredOutcomes(parked: ParkedLeg): ResolutionOutcome[] {
  const { problem, lookUp, hasCandidate } = parked;
  const isPointless = isUnclearRefund(problem) && lookUp === 'evidence' && hasCandidate;
  return acceptedOutcomes(parked).filter((outcome) => outcome !== 'retry' || !isPointless);
}

/** Whether an outcome says that money moved, and so names what moved it. */
export function needsReference(outcome: string): boolean {
  return OUTCOME_NAMES.some((name) => name === outcome && OUTCOMES[name].claims === 'moved');
}

/** Whether an outcome has the saga try, or send, once more. */
export function sendsAgain(outcome: string): boolean {
  return OUTCOME_NAMES.some((name) => name === outcome && SENDING.includes(OUTCOMES[name].next));
}

const SENDING: readonly OutcomeRule['next'][] = ['tryAgain', 'sendAgain'];

/** Whether the provider is asked before this counts: of a refund that is unclear, where its look-ups decide. */
export function isCheckedWithProvider(parked: ParkedLeg, outcome: ResolutionOutcome): boolean {
  const { problem, planning, lookUp } = parked;
  return (
    OUTCOMES[outcome].claims !== 'nothing' && isUnclearRefund(problem) && !planning && lookUp !== 'evidence'
  );
}

function isUnclearRefund(problem: Problem): boolean {
  return problem.side === 'refund' && isUnclear(problem);
}

function begunAgain(leg: LegState, { parked }: OperatorsWord): LegState {
  const status = parked.problem.side === 'reversal' ? 'reversing' : parked.planning ? 'pending' : 'refunding';
  return { ...withoutProblem(leg), status };
}

/** What an operator's word leaves on record, with the reference where they named one. */
function said({ message: { providerReference, by, evidence }, at, unconfirmed }: OperatorsWord) {
  const reference = providerReference === undefined ? {} : { providerReference };
  const note = unconfirmed === null ? evidence : `${evidence} (${unconfirmed})`;
  return { ...reference, at, confirmedBy: 'operator', by, note } as const;
}
