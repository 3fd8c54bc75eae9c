import { temporal } from '@temporalio/proto';
import { FAILURES, MESSAGES } from '../../domain/contract';
import { NOT_HERE, RETRYABLE_FAILURES } from '../../domain/activity-types';
import type { LegInput, RefundActivities } from '../../domain/activity-types';
import { idempotencyKey, LEG_NAMES } from '../../domain/plan';
import type { LegName, ProviderName } from '../../domain/plan';
import type { ResolutionOutcome, ResolveLegMessage } from '../../domain/resolution';
import { isLookUpResult, isMovementResult } from '../../domain/result-shapes';
import type { Side } from '../../domain/state';

/** One movement of money of a refund. */
export interface Movement {
  leg: LegName;
  side: Side;
  provider: ProviderName;
}

/** One event of a history. */
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayload[] | null | undefined;

/** Decodes the first of some payloads. */
export type Decode = (payloads: Payloads) => Promise<unknown>;

/** What an activity asks of a provider about which movement. */
export interface Asked {
  movement: Movement;
  sends: boolean;
  at: string;
  /** An older run under this id may have sent it. */
  hasEarlierRuns: boolean;
  /** A look-up or a person cleared it to be sent. */
  isCleared: boolean;
}

/** How a call ended; `mayBeExecuted`: a request left, or may have. */
export interface Result {
  kind: string;
  mayBeExecuted: boolean;
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

/** Both movements of a leg. */
export const SIDES: readonly Side[] = ['refund', 'reversal'];

/** The name of a movement within its refund. */
export function nameOf({ leg, side }: Pick<Movement, 'leg' | 'side'>): string {
  return `${leg} ${side}`;
}

/** What an event asks of a provider; undefined for any other event. */
export async function askedBy(event: HistoryEvent, at: string, decode: Decode): Promise<Asked | undefined> {
  const type = activityIn(event);
  if (![...SENDS, ...LOOKS].includes(type)) return undefined;
  const { key, leg, hasEarlierRuns, clearedIn } = (await decode(
    event.activityTaskScheduledEventAttributes?.input?.payloads,
  )) as LegInput;
  const movement = LEG_NAMES.flatMap((name) => SIDES.map((side) => ({ leg: name, side }))).find((one) =>
    key.endsWith(idempotencyKey('', one.leg, one.side)),
  );
  return (
    movement && {
      movement: { ...movement, provider: leg.provider },
      ...{ sends: SENDS.includes(type), at },
      ...{ hasEarlierRuns: hasEarlierRuns === true, isCleared: clearedIn !== undefined },
    }
  );
}

/** The end of an activity in this event. */
export function endOf(event: HistoryEvent) {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    undefined
  );
}

/** How an activity ended; one that was cut off in the middle, or completed by somebody else, leaves open what it did. */
export async function resultOf(event: HistoryEvent, decode: Decode): Promise<Result> {
  const completed = event.activityTaskCompletedEventAttributes;
  if (!completed) return wasNeverSent(event) ? { kind: 'notSent', mayBeExecuted: false } : LEFT_OPEN;
  const result = await decode(completed.result?.payloads);
  if (!isMovementResult(result) && !isLookUpResult(result)) return LEFT_OPEN;
  return { kind: result.kind, mayBeExecuted: result.kind === 'done' || 'sentAt' in result };
}

const LEFT_OPEN: Result = { kind: 'ambiguous', mayBeExecuted: true };

/** No worker took it, or the one that did said so. */
function wasNeverSent(event: HistoryEvent): boolean {
  const cancelled = event.activityTaskCanceledEventAttributes;
  // The server cancels only what no worker has begun.
  if (cancelled) return Number(cancelled.startedEventId ?? 0) === 0;
  const timedOut = event.activityTaskTimedOutEventAttributes?.failure?.timeoutFailureInfo?.timeoutType;
  const failed = event.activityTaskFailedEventAttributes?.failure?.applicationFailureInfo?.type;
  return timedOut === NOT_TAKEN || NOTHING_SENT.includes(failed ?? '');
}

const NOT_TAKEN = temporal.api.enums.v1.TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
const NOTHING_SENT: readonly string[] = [...RETRYABLE_FAILURES, NOT_HERE, FAILURES.notDecodable];

type Input = temporal.api.update.v1.IInput | null | undefined;

/** The leg that an operator resolves with this message, if it is accepted. */
export async function resolvedLeg(input: Input, decode: Decode): Promise<LegName | undefined> {
  if (input?.name !== MESSAGES.resolveLeg) return undefined;
  const { leg, outcome } = (await decode(input.args?.payloads)) as ResolveLegMessage;
  return SENT_AGAIN.includes(outcome) ? undefined : leg;
}

const SENT_AGAIN: readonly string[] = ['retry', 'resend'] satisfies ResolutionOutcome[];
