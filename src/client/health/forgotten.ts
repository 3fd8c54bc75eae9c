import type { temporal } from '@temporalio/proto';
import { MESSAGES } from '../../domain/contract';
import type { SEARCH_ATTRIBUTES } from '../../domain/contract';
import type { RefundActivities } from '../../domain/activity-types';
import { activityIn, resolvedLeg } from './movement-events';
import type { Decode, HistoryEvent } from './movement-events';

/**
 * What no look-up tells a run: that something is being taken back, maybe by hand, or what a person said of a leg. A run that
 * forgets it could pay once more what was paid in another way. `unreadWord`: one that cannot be read here.
 */
export type Forgotten = 'reversal' | 'word' | 'unreadWord';

/** Finds out what of that a run would forget that is reset to this task, an index of its events. */
export async function forgottenBy(
  events: readonly HistoryEvent[],
  task: number,
  decode: Decode,
): Promise<Forgotten | undefined> {
  const later = events.slice(task + 1);
  const next = later.findIndex(isCompletedTask);
  // What the task itself asks for stands before that, and is asked for anew.
  const ofLaterTasks = next < 0 ? [] : later.slice(next);
  const isReversed = later.some((event) => activityIn(event) === REVERSAL);
  if (isReversed || shown(ofLaterTasks, 'RefundStatus').includes('compensating')) return 'reversal';
  const words = wordsAfter(events, task);
  // They are delivered to the new run at once: the first one counts again, if a leg waits for it by then.
  const isParked = shown(events.slice(0, task), 'RefundWaitingOn').at(-1) === 'operator';
  const said = await Promise.all(words.slice(isParked ? 1 : 0).map((word) => claimOf(word, decode)));
  return said.find((claim) => claim !== undefined);
}

const REVERSAL: keyof RefundActivities = 'reverseLeg';

/** Whether this event completes a workflow task. */
export function isCompletedTask(event: HistoryEvent): boolean {
  return Boolean(event.workflowTaskCompletedEventAttributes);
}

/** What was written into a search attribute, the newest last; null where it was taken out. */
function shown(events: readonly HistoryEvent[], name: keyof typeof SEARCH_ATTRIBUTES): unknown[] {
  return events.flatMap(({ upsertWorkflowSearchAttributesEventAttributes: upserted }) => {
    const payload = upserted?.searchAttributes?.indexedFields?.[name];
    const text = Buffer.from(payload?.data ?? []).toString();
    return payload ? [text === '' ? null : (JSON.parse(text) as unknown)] : [];
  });
}

type Word = temporal.api.update.v1.IInput | null | undefined;

/** Words about legs that were accepted after a task; also those that a reset delivers again, and no task has looked at. */
function wordsAfter(events: readonly HistoryEvent[], task: number): Word[] {
  const lastTask = events.findLastIndex(isCompletedTask);
  const delivered = new Map<string, Word>();
  const words = events.flatMap((event, index): Word[] => {
    const { request } = event.workflowExecutionUpdateAdmittedEventAttributes ?? {};
    if (request) delivered.set(request.meta?.updateId ?? '', request.input);
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    // Of one that was delivered again the request stands only there.
    const taken =
      accepted && (accepted.acceptedRequest?.input ?? delivered.get(accepted.protocolInstanceId ?? ''));
    if (index > task && taken) return [taken];
    return index > lastTask && request ? [request.input] : [];
  });
  return words.filter((word) => word?.name === MESSAGES.resolveLeg);
}

/** Undefined where it does not say what became of the money. */
function claimOf(word: Word, decode: Decode): Promise<Forgotten | undefined> {
  return resolvedLeg(word, decode).then(
    (leg) => (leg === undefined ? undefined : 'word'),
    () => 'unreadWord',
  );
}
