import { tsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { InDoubtReader } from './in-doubt-reader';
import type { InDoubtMovement, Stand } from './in-doubt-reader';
import { askedBy, endOf, nameOf, resultOf, resolvedLeg } from './movement-events';
import type { Decode, HistoryEvent } from './movement-events';

export type { InDoubtMovement, Stand } from './in-doubt-reader';

/**
 * Which movements of a run are in doubt, read from its history: that needs no worker, and unlike a query it cannot
 * disturb one. What the run itself calls ambiguous or already done is in doubt; so are its calls in flight once
 * nothing continues the run.
 */
export async function movementsInDoubt(
  events: readonly HistoryEvent[],
  decode: Decode,
  stand: Stand,
): Promise<InDoubtMovement[]> {
  const reader = new InDoubtReader();
  for (const event of events) {
    const at = new Date(tsToMs(event.eventTime)).toISOString();
    if (isReset(event)) reader.isReset();
    const asked = await askedBy(event, at, decode);
    if (asked) reader.asks(String(event.eventId), asked);
    const scheduledId = String(endOf(event)?.scheduledEventId ?? '');
    if (reader.awaits(scheduledId)) reader.ends(scheduledId, await resultOf(event, decode), at);
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    const leg = accepted && (await resolvedLeg(accepted.acceptedRequest?.input, decode));
    if (leg) reader.accepts(String(event.eventId), leg);
    const completed = event.workflowExecutionUpdateCompletedEventAttributes;
    if (completed?.outcome?.success) reader.completes(String(completed.acceptedEventId));
  }
  return reader.inDoubt(stand);
}

/** The movements of which this run itself has asked a provider anything; one that was reset begins after its reset. */
export async function movementsAsked(
  events: readonly HistoryEvent[],
  decode: Decode,
): Promise<ReadonlySet<string>> {
  const reset = events.findLastIndex(isReset);
  const names = new Set<string>();
  for (const event of events.slice(reset + 1)) {
    const asked = await askedBy(event, '', decode);
    if (asked) names.add(nameOf(asked.movement));
  }
  return names;
}

/** Where a run that was reset begins to differ from the one before. */
export function isReset({ workflowTaskFailedEventAttributes: failed }: HistoryEvent): boolean {
  return failed?.cause === RESET;
}

const RESET = temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;
