import type { temporal } from '@temporalio/proto';
import { MESSAGES } from '../../domain/contract';
import type { SEARCH_ATTRIBUTES } from '../../domain/contract';
import type { RefundActivities } from '../../domain/activity-types';
import { PROVIDER_NAMES } from '../../domain/plan';
import type { ProviderName } from '../../domain/plan';
import type { Problem } from '../../domain/state';
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
  const heardAnew = isHeardAnew(words[0], events.slice(0, task)) ? 1 : 0;
  const said = await Promise.all(words.slice(heardAnew).map(({ input }) => claimOf(input, decode)));
  return said.find((claim) => claim !== undefined);
}

/** They are delivered to the new run at once: the first one is heard again, if a leg waits for it by then. */
function isHeardAnew(word: Word | undefined, before: readonly HistoryEvent[]): boolean {
  const newest = (name: keyof typeof SEARCH_ATTRIBUTES) => shown(before, name).at(-1);
  if (newest('RefundWaitingOn') !== 'operator') return false;
  // Where its provider is asked first, the new run puts the word off and waits for it anew: one that counted would be lost.
  return !ASKED_FIRST.includes(String(newest('RefundReason'))) || word?.isCounted === false;
}

/** Whether the look-ups of a provider decide: it is asked before a word counts about a refund that is unclear. */
export const DECIDES: Readonly<Record<ProviderName, boolean>> = {
  ...{ dsquares: false, mircate: false },
  ...{ paywall: true, sipay: true, wyre: true },
};

/** What a leg waits for whose provider is asked first. */
const ASKED_FIRST = PROVIDER_NAMES.filter((provider) => DECIDES[provider]).flatMap((provider) =>
  (['ambiguous', 'alreadyDone'] satisfies Problem['code'][]).map((code) => `${provider}:${code}`),
);

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

type Input = temporal.api.update.v1.IInput | null | undefined;

/** A word about a leg; `isCounted`: its sender may have been told that it counts. */
interface Word {
  input: Input;
  isCounted: boolean;
}

/**
 * Words about legs that were accepted after a task, but those that were refused in the end; also those that a reset delivers
 * again, and no task has looked at.
 */
function wordsAfter(events: readonly HistoryEvent[], task: number): Word[] {
  const lastTask = events.findLastIndex(isCompletedTask);
  const replies = repliesOf(events);
  const delivered = new Map<string, Input>();
  const words = events.flatMap((event, index): Word[] => {
    const { request } = event.workflowExecutionUpdateAdmittedEventAttributes ?? {};
    if (request) delivered.set(request.meta?.updateId ?? '', request.input);
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    // Of one that was delivered again the request stands only there.
    const input =
      accepted && (accepted.acceptedRequest?.input ?? delivered.get(accepted.protocolInstanceId ?? ''));
    const reply = replies.get(String(event.eventId));
    if (index > task && input) return reply === 'refused' ? [] : [{ input, isCounted: reply === 'counted' }];
    return index > lastTask && request ? [{ input: request.input, isCounted: true }] : [];
  });
  return words.filter(({ input }) => input?.name === MESSAGES.resolveLeg);
}

/** What the senders of messages were told, by the event that took each of them in. */
function repliesOf(events: readonly HistoryEvent[]): ReadonlyMap<string, 'counted' | 'refused'> {
  return new Map(
    events.flatMap(({ workflowExecutionUpdateCompletedEventAttributes: completed }) =>
      completed
        ? [[String(completed.acceptedEventId), completed.outcome?.failure ? 'refused' : 'counted'] as const]
        : [],
    ),
  );
}

/** Undefined where it does not say what became of the money. */
function claimOf(word: Input, decode: Decode): Promise<Forgotten | undefined> {
  return resolvedLeg(word, decode).then(
    (leg) => (leg === undefined ? undefined : 'word'),
    () => 'unreadWord',
  );
}
