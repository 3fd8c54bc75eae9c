import { CancellationScope } from '@temporalio/workflow';
import type { SentAt, Trouble } from '../domain/briefing';
import type { DecideMessage, DecisionMessage } from '../domain/decision';
import { pivotOf } from '../domain/plan';
import type { LegName, LegPlan, RefundPlan } from '../domain/plan';
import type { Baseline } from '../domain/provider-answers';
import type { RefundRequest, RequestLeg } from '../domain/request';
import type { ResolutionOutcome, ResolveLegMessage } from '../domain/resolution';
import type { LegState, RefundState } from '../domain/state';
import type { ParkedMovement } from './movement';
import type { StartArgument } from './start-arguments';

/** One execution of the saga: what was asked, what was planned, and where it stands. */
export interface Run {
  readonly request: RefundRequest;
  /** The request came in clear to a worker that requires encryption. Only planning looks at it: another worker may not. */
  readonly sentInClear: boolean;
  /** Only `record` makes another of it. */
  readonly state: RefundState;
  /** Null until the refund is planned; as it was recorded, never changed. */
  readonly refundPlan: RefundPlan | null;
  /** What only people are shown. */
  readonly shown: Shown;
  /** "Start no further leg" was asked for; it never ends by itself what is in flight. */
  cancelRequested: boolean;
  /** What is called in it is withdrawn when the refund is cancelled, or never begun if it was. */
  readonly stoppable: CancellationScope;
  readonly decisions: Decisions;
  readonly desk: Desk;
  /** What others are told of this run. */
  readonly notices: Notices;
  /** How long the history was at moments after which updates must wait; only validators look at it. */
  readonly marks: Marks;
  /**
   * What the order holds for this refund. `perhaps`: it did not answer in time, and may still; `told`: it was told that all
   * legs are refunded.
   */
  atOrder: 'nothing' | 'perhaps' | 'held' | 'told';
  /** Legs of which a person, and no provider, said that a refund was not made. */
  readonly unproven: Set<LegName>;
  /** What preflight read of a leg before anything moved. */
  readonly baselines: Map<LegName, Baseline>;
  /** When a leg was refunded: as its provider says, or when it was sent or found by the server's clock. ISO 8601. */
  readonly refundedAt: Map<LegName, string>;
  /** Legs of which it was found out what earlier runs did, and in which run that was: it holds for no later one. */
  readonly reconciled: Map<LegName, string>;
}

/** What only people are shown; nothing branches on it. */
export interface Shown {
  /** When the question to a person expires, ISO 8601. */
  decideBefore: string | null;
  /** Messages that changed nothing, the newest last. */
  readonly ignored: string[];
  /** How many requests of a leg's current movement may have reached its provider. */
  readonly sends: Map<LegName, number>;
  /** When the first and the last of them were sent. */
  readonly sentAt: Map<LegName, SentAt>;
  /** Legs of which more may have moved than their receipt says. */
  readonly mayHaveMovedMore: Set<LegName>;
  /** Who said of a leg that it is not refunded. */
  readonly declinedBy: Map<LegName, string>;
  /** What legs that wait for their provider met last. */
  readonly troubles: Map<LegName, Trouble>;
  /** Planning waits until the order answers. */
  waitsForOrder: boolean;
}

/** What waits for an operator, and what operators said. */
export interface Desk {
  parked: ParkedMovement | null;
  /** What counted, until the saga acts on it. */
  word: ResolutionOutcome | null;
  /** How often operators had legs sent again. */
  sentAgain: number;
  /** How many words were taken up to be checked. */
  checked: number;
  /** Words that are checked before they count, the oldest first. */
  readonly pending: PendingWord[];
}

/** A word about the parked leg that is checked before it counts, and how to reply to its sender why it does not. */
export interface PendingWord {
  message: ResolveLegMessage;
  reply: (refusal: string | undefined) => void;
}

/** Notices of a run: whether there are any, how many were begun, and their starts as far as the server confirms them. */
export interface Notices {
  /** As the worker that planned the refund says. */
  areOn: boolean;
  begun: number;
  readonly starts: Promise<void>[];
}

/** Decisions of people that came and are not counted yet. */
export interface Decisions {
  /** Whether one still counts. */
  isOpen: boolean;
  /** Those that came before the plan: only the plan says which of them count. */
  readonly early: (() => void)[];
  /** How many signed ones were taken up to be checked, by signal or update. */
  statements: number;
  /** Signed ones that wait for their check, the oldest first. */
  readonly pending: SignedDecision[];
}

/** A signed decision that waits for its check, and how to reply to its sender why it does not count. */
export interface SignedDecision {
  verb: DecideMessage['decision'];
  message: DecisionMessage;
  reply: (refusal: string | undefined) => void;
}

/** How long the history was when a leg was parked, a person was asked, or a cancel or a reset came between. */
export type Marks = Record<'parked' | 'asked' | 'interrupted', number | null>;

/** A run that has its plan. */
export type PlannedRun = Run & { readonly refundPlan: RefundPlan };

/** Begins a run; the request is checked only when it is planned and may be anything until then. */
export function startRun(started: StartArgument): Run {
  const request = 'request' in started ? started.request : undefined;
  return {
    request: request as RefundRequest,
    sentInClear: 'request' in started && started.sentInClear,
    refundPlan: null,
    state: {
      refundId: textOf(request, 'refundId'),
      orderId: textOf(request, 'orderId'),
      status: 'planning',
      waitingOn: null,
      people: [],
      legs: {},
    },
    shown: {
      decideBefore: null,
      ignored: [],
      sends: new Map(),
      sentAt: new Map(),
      mayHaveMovedMore: new Set(),
      declinedBy: new Map(),
      troubles: new Map(),
      waitsForOrder: false,
    },
    cancelRequested: false,
    stoppable: new CancellationScope(),
    decisions: { isOpen: true, early: [], statements: 0, pending: [] },
    desk: { parked: null, word: null, sentAgain: 0, checked: 0, pending: [] },
    notices: { areOn: false, begun: 0, starts: [] },
    marks: { parked: null, asked: null, interrupted: null },
    atOrder: 'nothing',
    unproven: new Set(),
    baselines: new Map(),
    refundedAt: new Map(),
    reconciled: new Map(),
  };
}

/** A text of the request, which may be anything until it is planned. */
export function textOf(request: unknown, field: string): string {
  const value = (request as Record<string, unknown> | null | undefined)?.[field];
  return typeof value === 'string' ? value : '';
}

/** Whether the run has its plan. */
export function isPlanned(run: Run): run is PlannedRun {
  return run.refundPlan !== null;
}

/** The state of a leg that the plan holds. */
export function legState({ state }: Run, leg: LegName): LegState {
  const found = state.legs[leg];
  if (!found) throw new TypeError(`the plan has no ${leg} leg`);
  return found;
}

/** A leg that the plan holds, as it was requested. */
export function legRequest({ request }: Run, leg: LegName): RequestLeg {
  const requested = request[leg];
  if (!requested) throw new TypeError(`the request has no ${leg} leg`);
  return requested;
}

/** The planned legs that are refunded, or that are not, in the order of the plan. */
export function legsThatAre(what: 'refunded' | 'notRefunded', run: PlannedRun): LegPlan[] {
  return run.refundPlan.legs.filter(
    ({ leg }) => (legState(run, leg).status === 'refunded') === (what === 'refunded'),
  );
}

/** Whether the leg that cannot be reversed is refunded: from then on the saga only goes forward. */
export function pivotPassed({ refundPlan, state }: Run): boolean {
  const pivot = pivotOf(refundPlan?.legs ?? []);
  return pivot !== undefined && state.legs[pivot]?.status === 'refunded';
}

/** Whether a cancel holds: no further movement may begin, and what was refunded will be reversed. */
export function stopping(run: Run): boolean {
  return run.cancelRequested && !pivotPassed(run);
}
