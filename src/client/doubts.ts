import { tsToMs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import { MESSAGES } from '../domain/contract';
import { RETRYABLE_FAILURES } from '../domain/exchange';
import type { LegInput, RefundActivities } from '../domain/exchange';
import { idempotencyKey, LEG_NAMES } from '../domain/plan';
import type { LegName, ProviderName } from '../domain/plan';
import type { ResolveLegMessage } from '../domain/resolution';
import type { Side } from '../domain/state';

/** A movement of money of which nobody knows whether it happened. */
export interface Doubt {
  leg: LegName;
  side: Side;
  provider: ProviderName;
  /** When it became so, ISO 8601. */
  since: string;
}

/** One event of a history. */
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayload[] | null | undefined;

/** Decodes the first of some payloads. */
export type Decode = (payloads: Payloads) => Promise<unknown>;

/** What an activity asks of a provider about which movement. */
interface Asked {
  movement: Omit<Doubt, 'since'>;
  sends: boolean;
  at: string;
}

const SENDS: readonly string[] = ['refundLeg', 'reverseLeg'] satisfies (keyof RefundActivities)[];
const LOOKS: readonly string[] = ['lookUpRefund', 'lookUpReversal'] satisfies (keyof RefundActivities)[];

/** Whether this run asked for any movement of money to be sent; told without reading a payload. */
export function hasSent(events: readonly HistoryEvent[]): boolean {
  return events.some((event) => SENDS.includes(activityIn(event)));
}

/** The activity that an event schedules; empty for any other event. */
export function activityIn({ activityTaskScheduledEventAttributes: scheduled }: HistoryEvent): string {
  return scheduled?.activityType?.name ?? '';
}

/**
 * Which movements of a run are in doubt, read from its history: that needs no worker, and unlike a query it cannot
 * disturb one. A leg counts as ambiguous until it is settled or sent again.
 * @param isOver the run has ended, so that nobody hears what its calls in flight come to
 */
export async function doubtsOf(
  events: readonly HistoryEvent[],
  decode: Decode,
  isOver: boolean,
): Promise<Doubt[]> {
  const inFlight = new Map<string, Asked>();
  const doubts = new Map<string, Doubt>();
  const doubt = ({ movement }: Asked, at: string) => doubts.set(nameOf(movement), { ...movement, since: at });
  const settle = ({ movement }: Pick<Asked, 'movement'>) => doubts.delete(nameOf(movement));
  for (const event of events) {
    const at = new Date(tsToMs(event.eventTime)).toISOString();
    const asked = await askedBy(event, at, decode);
    if (asked) {
      inFlight.set(String(event.eventId), asked);
      // Only what was proven absent, or cleared by a person, is sent again.
      if (asked.sends) settle(asked);
      else if (!doubts.has(nameOf(asked.movement))) doubt(asked, at);
    }
    const end = endOf(event);
    const ended = end && inFlight.get(String(end.scheduledEventId));
    if (ended) {
      inFlight.delete(String(end.scheduledEventId));
      const result = await resultOf(event, decode);
      if (ended.sends && (result === 'ambiguous' || result === 'alreadyDone')) doubt(ended, at);
      if (!ended.sends && (result === 'found' || result === 'declined')) settle(ended);
    }
    const settled = await settledBy(event, decode);
    for (const side of settled ? SIDES : []) doubts.delete(`${settled ?? ''} ${side}`);
  }
  if (isOver) {
    for (const asked of inFlight.values()) if (asked.sends) doubt(asked, asked.at);
  }
  return [...doubts.values()];
}

const SIDES: readonly Side[] = ['refund', 'reversal'];

function nameOf({ leg, side }: Pick<Doubt, 'leg' | 'side'>): string {
  return `${leg} ${side}`;
}

async function askedBy(event: HistoryEvent, at: string, decode: Decode): Promise<Asked | undefined> {
  const type = activityIn(event);
  if (![...SENDS, ...LOOKS].includes(type)) return undefined;
  const { key, leg } = (await decode(
    event.activityTaskScheduledEventAttributes?.input?.payloads,
  )) as LegInput;
  const movement = LEG_NAMES.flatMap((name) => SIDES.map((side) => ({ leg: name, side }))).find((one) =>
    key.endsWith(idempotencyKey('', one.leg, one.side)),
  );
  return movement && { movement: { ...movement, provider: leg.provider }, sends: SENDS.includes(type), at };
}

function endOf(event: HistoryEvent) {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    undefined
  );
}

/** How an activity ended; one that was cut off in the middle leaves open what it did. */
async function resultOf(event: HistoryEvent, decode: Decode): Promise<string> {
  const { activityTaskCompletedEventAttributes: completed, activityTaskFailedEventAttributes: failed } =
    event;
  if (completed) return ((await decode(completed.result?.payloads)) as { kind: string }).kind;
  const type = failed?.failure?.applicationFailureInfo?.type ?? '';
  const neverSent = event.activityTaskCanceledEventAttributes ?? RETRYABLE_FAILURES.includes(type);
  return neverSent ? 'notSent' : 'ambiguous';
}

/** The leg that an operator settled with this event. */
async function settledBy(event: HistoryEvent, decode: Decode): Promise<LegName | undefined> {
  const input = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
  if (input?.name !== MESSAGES.resolveLeg) return undefined;
  const { leg, outcome } = (await decode(input.args?.payloads)) as ResolveLegMessage;
  return outcome === 'retry' ? undefined : leg;
}
