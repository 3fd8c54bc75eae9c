import { CancellationScope } from '@temporalio/workflow';
import type { Trouble } from '../domain/briefing';
import type { DecideMessage, DecisionMessage } from '../domain/decision';
import { pivotOf } from '../domain/plan';
import type { LegName, RefundPlan } from '../domain/plan';
import type { RefundRequest, RequestLeg } from '../domain/request';
import type { ResolveLegMessage } from '../domain/resolution';
import type { LegState, RefundState } from '../domain/state';

/** One execution of the saga: what was asked, what was planned, and where it stands. */
export interface Run {
  readonly request: RefundRequest;
  readonly state: RefundState;
  /** Absent until the refund is planned. */
  plan?: RefundPlan;
  /** "Start no further leg" was asked for; it never ends by itself what is in flight. */
  cancelRequested: boolean;
  /** What is called in it is taken back when the refund is cancelled, or never begun if it was. */
  readonly stoppable: CancellationScope;
  /** Whether a manual decision still counts. */
  decisionOpen: boolean;
  /** Decisions that came before the plan: only the plan says which of them count. */
  readonly early: (() => void)[];
  /** How many signed decisions that came by signal were checked. */
  checkedSignals: number;
  /** Signed decisions that wait for their check, the oldest first. */
  readonly unheard: SignedDecision[];
  /** An operator's word on the leg that is parked, until the leg takes it up. */
  resolution?: ResolveLegMessage;
  /** Messages that changed nothing, the newest last. */
  readonly ignored: string[];
  /** When the question to a person expires, ISO 8601; only shown. */
  decideBefore?: string;
  /** What legs that wait for their provider met last; only shown. */
  readonly troubles: Map<LegName, Trouble>;
  /** Whether the run was reset, once that was asked. */
  hasEarlierRuns?: boolean;
  /** Legs of which it was found out what an earlier run did. */
  readonly traced: Set<LegName>;
  /** The attributes as the server holds them, once they were read. */
  published?: Record<string, string | boolean | null>;
}

/** A signed decision that waits for its check, and how to tell its sender why it does not count. */
export interface SignedDecision {
  verb: DecideMessage['decision'];
  message: DecisionMessage;
  answer: (refusal: string | undefined) => void;
}

/** A run that has its plan. */
export type PlannedRun = Run & { plan: RefundPlan };

/** Begins a run; the request is checked only when it is planned and may be anything until then. */
export function startRun(request: RefundRequest): Run {
  return {
    request,
    state: {
      refundId: textOf(request, 'refundId'),
      orderId: textOf(request, 'orderId'),
      status: 'planning',
      waitingOn: null,
      legs: {},
    },
    cancelRequested: false,
    stoppable: new CancellationScope(),
    decisionOpen: true,
    early: [],
    checkedSignals: 0,
    unheard: [],
    ignored: [],
    troubles: new Map(),
    traced: new Set(),
  };
}

/** A text of the request, which may be anything until it is planned. */
export function textOf(request: unknown, field: string): string {
  const value = (request as Record<string, unknown> | null | undefined)?.[field];
  return typeof value === 'string' ? value : '';
}

/** The state of a leg that the plan holds. */
export function legState(run: Run, leg: LegName): LegState {
  const state = run.state.legs[leg];
  if (!state) throw new TypeError(`the plan has no ${leg} leg`);
  return state;
}

/** A leg that the plan holds, as it was requested. */
export function requestedLeg({ request }: Run, leg: LegName): RequestLeg {
  const requested = request[leg];
  if (!requested) throw new TypeError(`the request has no ${leg} leg`);
  return requested;
}

/** Whether the leg that cannot be taken back is refunded: from then on the saga only goes forward. */
export function pivotPassed({ plan, state }: Run): boolean {
  const pivot = pivotOf(plan?.legs ?? []);
  return pivot !== undefined && state.legs[pivot]?.status === 'refunded';
}

/** Whether a cancel holds: no further movement may begin, and the saga will turn back. */
export function stopping(run: Run): boolean {
  return run.cancelRequested && !pivotPassed(run);
}
