import type { ProblemCode, Receipt } from './provider-answers';
import type { LegName, ProviderName } from './plan';
import { OUTCOMES } from './resolution';
import type { OperatorsWord } from './resolution';
import { withoutProblem } from './state';
import type {
  Approval,
  FinalStatus,
  LegState,
  LegStatus,
  PersonsWord,
  Problem,
  RefundState,
  Side,
} from './state';

/** What happened to a refund: only by one of these does its state change. */
export type RefundEvent =
  /** Its order did not answer in time. */
  | { type: 'waitsForOrder' }
  | { type: 'planned'; requestHash: string | null; legs: readonly PlannedLeg[] }
  | { type: 'foundInvalid' }
  /** A person is asked to decide. */
  | { type: 'asked'; signed: boolean }
  | {
      type: 'decided';
      decision: 'approved' | 'rejected';
      signed: boolean;
      by: string;
      note: string | null;
      at: string;
    }
  | { type: 'expired' }
  /** Legs are refunded from here on. */
  | { type: 'wentForward' }
  /** What was refunded is reversed from here on. */
  | { type: 'turnedBack' }
  | { type: 'sending'; leg: LegName; movement: MovementKind }
  /** Nothing was definite: the provider is waited for, or asked what became of it. */
  | { type: 'waiting'; leg: LegName; movement: MovementKind | 'lookUp' }
  | { type: 'parked'; leg: LegName; problem: Problem }
  /** The provider was asked about a parked leg, and showed something else than a person said. */
  | { type: 'seen'; leg: LegName; problem: Problem }
  | { type: 'resolved'; leg: LegName; word: OperatorsWord }
  /** What was parked goes on, after a word or a cancel. */
  | { type: 'resumed' }
  | { type: 'confirmed'; leg: LegName; side: Side; receipt: Receipt }
  | { type: 'declined'; leg: LegName; problem: Problem }
  /** A preflight question was answered: this leg may be refunded. */
  | { type: 'passed'; leg: LegName }
  /** Nothing more is done for this leg, and nothing of it moved as far as this run knows. */
  | { type: 'stopped'; leg: LegName }
  /** No earlier run moved it: it stands where it stood. */
  | { type: 'foundUnmoved'; leg: LegName; before: LegState }
  | { type: 'ended'; status: FinalStatus };

/** What a run asks of a provider about a leg. */
export type MovementKind = 'check' | Side;

/** A leg as it was planned, and the provider's "no" before anything moved. */
export interface PlannedLeg {
  leg: LegName;
  provider: ProviderName;
  refusal: { code: ProblemCode; message: string } | null;
}

/** The state after an event. Pure: the same state and event always give the same. */
export function transition(state: RefundState, event: RefundEvent): RefundState {
  const next = apply(state, event);
  return { ...next, waitingOn: waitingOnAfter(next, event), people: [...state.people, ...wordsIn(event)] };
}

function apply(state: RefundState, event: RefundEvent): RefundState {
  switch (event.type) {
    case 'waitsForOrder':
    case 'resumed':
      return state;
    case 'planned':
      return {
        ...state,
        ...(event.requestHash !== null && { requestHash: event.requestHash }),
        legs: Object.fromEntries(event.legs.map((planned) => [planned.leg, legAsPlanned(planned)])),
      };
    case 'foundInvalid':
      return { ...state, status: 'invalid' };
    case 'asked': {
      const question: Approval = { required: true, ...(event.signed && { signed: true }), decision: null };
      return { ...state, status: 'awaitingApproval', approval: state.approval ?? question };
    }
    case 'decided':
      return { ...state, approval: approvalOf(event) };
    case 'expired':
      return { ...state, approval: { required: true, ...state.approval, decision: 'expired' } };
    case 'wentForward':
      return { ...state, status: 'refunding' };
    case 'turnedBack':
      return { ...state, status: 'compensating' };
    case 'ended':
      return { ...state, status: event.status };
    default:
      return { ...state, legs: { ...state.legs, [event.leg]: legAfter(legOf(state, event.leg), event) } };
  }
}

function wordsIn(event: RefundEvent): PersonsWord[] {
  switch (event.type) {
    case 'decided': {
      const { at, by, note, decision } = event;
      return [{ at, by, said: VERBS[decision], ...(note !== null && { note }) }];
    }
    case 'resolved': {
      const { at, message } = event.word;
      const { by, outcome, leg, evidence, despiteProvider } = message;
      return [{ at, by, said: outcome, leg, evidence, ...(despiteProvider && { despiteProvider }) }];
    }
    default:
      return [];
  }
}

const VERBS = { approved: 'approve', rejected: 'reject' } as const;

type LegEvent = Extract<RefundEvent, { leg: LegName }>;

function legAfter(leg: LegState, event: LegEvent): LegState {
  switch (event.type) {
    case 'sending':
      return { ...leg, status: SENDING[event.movement] };
    case 'waiting':
      return { ...leg, status: event.movement === 'lookUp' ? 'lookingUp' : SENDING[event.movement] };
    case 'parked':
      return { ...leg, status: 'parked', problem: event.problem };
    case 'seen':
      return { ...leg, problem: event.problem };
    case 'resolved':
      return OUTCOMES[event.word.message.outcome].applied(leg, event.word);
    case 'confirmed':
      return event.side === 'refund'
        ? { ...withoutProblem(leg), status: 'refunded', receipt: event.receipt }
        : { ...withoutProblem(leg), status: 'reversed', reversal: event.receipt };
    case 'declined':
      return { ...leg, status: 'declined', problem: event.problem };
    case 'passed':
      return { ...withoutProblem(leg), status: 'pending' };
    case 'stopped':
      return { ...leg, status: 'pending' };
    case 'foundUnmoved':
      return event.before;
  }
}

const SENDING: Record<MovementKind, LegStatus> = {
  check: 'pending',
  refund: 'refunding',
  reversal: 'reversing',
};

/** Whom the refund waits for: derived here and nowhere else. */
function waitingOnAfter(state: RefundState, event: RefundEvent): RefundState['waitingOn'] {
  switch (event.type) {
    case 'asked':
      return 'approval';
    case 'waiting':
      return legOf(state, event.leg).provider;
    case 'parked':
      return 'operator';
    case 'decided':
      return state.waitingOn === 'approval' ? null : state.waitingOn;
    // A provider is waited for from the first attempt that did not get through until the next definite answer.
    case 'sending':
    case 'expired':
    case 'foundUnmoved':
    case 'seen':
      return state.waitingOn;
    default:
      return null;
  }
}

function legAsPlanned({ provider, refusal }: PlannedLeg): LegState {
  return refusal
    ? { provider, status: 'declined', problem: { side: 'refund', ...refusal } }
    : { provider, status: 'pending' };
}

function approvalOf({ decision, signed, by, note, at }: Extract<RefundEvent, { type: 'decided' }>): Approval {
  return {
    required: true,
    ...(signed && { signed: true }),
    decision,
    by,
    ...(note !== null && { note }),
    at,
  };
}

function legOf({ legs }: RefundState, leg: LegName): LegState {
  const state = legs[leg];
  if (!state) throw new TypeError(`the plan has no ${leg} leg`);
  return state;
}
