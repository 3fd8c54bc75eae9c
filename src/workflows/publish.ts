import { defineSearchAttributeKey } from '@temporalio/common';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '../domain/contract';
import { needsAttention } from '../domain/state';
import { describeRefund } from '../domain/story';
import { briefingOf } from './briefing';
import type { Run } from './run';

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

/** Shows where the refund stands: in its search attributes (only what changed) and in its current details. */
export function publish(run: Run): void {
  const { state } = run;
  const before = (run.published ??= attributesAtStart());
  const now: typeof before = {
    RefundStatus: state.status,
    // An order id is shown in clear once it is known to be one.
    RefundOrderId: run.plan ? state.orderId : (before.RefundOrderId ?? null),
    RefundWaitingOn: state.waitingOn,
    RefundNeedsAttention: needsAttention(state),
  };
  const changed = Object.keys(KEYS).filter((name) => now[name] !== (before[name] ?? null));
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
  setCurrentDetails(describeRefund(run.state, briefingOf(run)));
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

function attributesAtStart(): NonNullable<Run['published']> {
  const at = workflowInfo().typedSearchAttributes;
  return Object.fromEntries(Object.values(KEYS).map((key) => [key.name, at.get(key) ?? null]));
}
