import { defineSearchAttributeKey } from '@temporalio/common';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '../domain/contract';
import { describeRefund } from '../domain/details';
import { attentionReason, needsAttention } from '../domain/state';
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
  RefundReason: defineSearchAttributeKey('RefundReason', SEARCH_ATTRIBUTES.RefundReason),
};

/** Shows where the refund stands: in its search attributes (only what changed) and in its current details. */
export function publish(run: Run): void {
  const { state } = run;
  const pairs = workflowInfo().typedSearchAttributes.getAll();
  const held = new Map<string, unknown>(pairs.map(({ key, value }) => [key.name, value]));
  const now: Record<keyof typeof KEYS, unknown> = {
    RefundStatus: state.status,
    // An order id is shown in clear once it is known to be one.
    RefundOrderId: run.refundPlan ? state.orderId : (held.get('RefundOrderId') ?? null),
    RefundWaitingOn: state.waitingOn,
    RefundNeedsAttention: needsAttention(state),
    RefundReason: attentionReason(state),
  };
  const changed = (Object.keys(KEYS) as (keyof typeof KEYS)[])
    .filter((name) => now[name] !== (held.get(name) ?? null))
    .map((name) => ({ key: KEYS[name], value: now[name] }) as SearchAttributeUpdatePair);
  if (changed.length > 0) upsertSearchAttributes(changed);
  showDetails(run);
}

/** Shows it in the run's current details alone; this costs no command. */
export function showDetails(run: Run): void {
  setCurrentDetails(describeRefund(run.state, briefingOf(run)));
}

/** Lists a message that changed nothing, with the reason. */
export function ignore(run: Run, line: string): void {
  const { ignored } = run.shown;
  ignored.push(line);
  if (ignored.length > IGNORED_SHOWN) ignored.shift();
  showDetails(run);
}
