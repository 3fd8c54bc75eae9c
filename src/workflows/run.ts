import { defineSearchAttributeKey } from '@temporalio/common';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '../domain/contract';
import { pivotOf } from '../domain/plan';
import type { LegName, RefundPlan } from '../domain/plan';
import type { RefundRequest, RequestLeg } from '../domain/request';
import { acceptedOutcomes } from '../domain/resolution';
import type { ResolutionOutcome, ResolveLegMessage } from '../domain/resolution';
import { needsAttention } from '../domain/state';
import type { LegState, RefundState } from '../domain/state';
import { describeRefund } from '../domain/story';

/** One execution of the saga: what was asked, what was planned, and where it stands. */
export interface Run {
  readonly request: RefundRequest;
  readonly state: RefundState;
  /** Absent until the refund is planned. */
  plan?: RefundPlan;
  /** "Start no further leg" was asked for; it never ends by itself what is in flight. */
  cancelRequested: boolean;
  /** Whether a manual decision still counts. */
  decisionOpen: boolean;
  /** An operator's word on the leg that is parked, until the leg takes it up. */
  resolution?: ResolveLegMessage;
  /** Messages that changed nothing, the newest last. */
  readonly ignored: string[];
  /** Whether the run was reset, once that was asked. */
  hasEarlierRuns?: boolean;
  /** Legs of which it was found out what an earlier run did. */
  readonly traced: Set<LegName>;
  /** The attributes as the server holds them. */
  published: Record<string, string | boolean | null>;
}

/** A run that has its plan. */
export type PlannedRun = Run & { plan: RefundPlan };

const IGNORED_SHOWN = 20;

const KEYS = {
  RefundStatus: defineSearchAttributeKey('RefundStatus', SEARCH_ATTRIBUTES.RefundStatus),
  RefundOrderId: defineSearchAttributeKey('RefundOrderId', SEARCH_ATTRIBUTES.RefundOrderId),
  RefundWaitingOn: defineSearchAttributeKey('RefundWaitingOn', SEARCH_ATTRIBUTES.RefundWaitingOn),
  RefundNeedsAttention: defineSearchAttributeKey(
    'RefundNeedsAttention',
    SEARCH_ATTRIBUTES.RefundNeedsAttention,
  ),
};

/** Begins a run; the request is checked only when it is planned and may be anything until then. */
export function startRun(request: RefundRequest): Run {
  const at = workflowInfo().typedSearchAttributes;
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
    decisionOpen: true,
    ignored: [],
    traced: new Set(),
    published: Object.fromEntries(Object.values(KEYS).map((key) => [key.name, at.get(key) ?? null])),
  };
}

/** A text of the request, which may be anything until it is planned. */
export function textOf(request: unknown, field: string): string {
  const value = (request as Record<string, unknown> | null | undefined)?.[field];
  return typeof value === 'string' ? value : '';
}

/** Shows where the refund stands: in its search attributes (only what changed) and in its current details. */
export function publish(run: Run): void {
  const { state } = run;
  const now: Run['published'] = {
    RefundStatus: state.status,
    // An order id is shown in clear once it is known to be one.
    RefundOrderId: run.plan ? state.orderId : (run.published.RefundOrderId ?? null),
    RefundWaitingOn: state.waitingOn,
    RefundNeedsAttention: needsAttention(state),
  };
  const changed = Object.keys(KEYS).filter((name) => now[name] !== (run.published[name] ?? null));
  if (changed.length > 0) {
    upsertSearchAttributes(
      changed.map(
        (name) => ({ key: KEYS[name as keyof typeof KEYS], value: now[name] }) as SearchAttributeUpdatePair,
      ),
    );
    run.published = now;
  }
  showDetails(run);
}

/** Tells the story in the run's current details; this costs no command. */
export function showDetails(run: Run): void {
  const accepted = Object.fromEntries((run.plan?.legs ?? []).map(({ leg }) => [leg, acceptedFor(run, leg)]));
  setCurrentDetails(describeRefund(run.state, { ...run, accepted }));
}

/** Lists a message that changed nothing, with the reason. */
export function ignore(run: Run, line: string): void {
  run.ignored.push(line);
  if (run.ignored.length > IGNORED_SHOWN) run.ignored.shift();
  showDetails(run);
}

/** Notes the wish to stop; what it comes to is decided between the legs. */
export function noteCancel(run: Run): void {
  run.cancelRequested = true;
  showDetails(run);
}

/** What a leg accepts from an operator now; nothing unless it is parked. */
export function acceptedFor(run: Run, leg: LegName): ResolutionOutcome[] {
  const at = run.state.legs[leg];
  if (at?.status !== 'parked' || !at.problem) return [];
  return acceptedOutcomes({
    problem: at.problem,
    pivotPassed: pivotPassed(run),
    stopping: stopping(run),
    planning: run.state.status === 'planning',
    hasReversal: run.plan?.legs.some((plan) => plan.leg === leg && plan.reversal !== 'none') ?? false,
  });
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
