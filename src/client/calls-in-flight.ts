import { temporal } from '@temporalio/proto';
import type { RefundActivities } from '../domain/activity-types';

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

const MOVEMENTS: readonly string[] = ['refundLeg', 'reverseLeg'] satisfies (keyof RefundActivities)[];

const { PendingActivityState } = temporal.api.enums.v1;
/** No worker has it: the server hands it to none while it, or its run, is paused. */
const WAITING: readonly unknown[] = [
  PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED,
  PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED,
];

/**
 * The calls of a run that can still move money, by their names.
 * @param areHandedOut whether workers are still given those that wait for one, or for their next attempt
 */
export function callsInFlight(
  pending: readonly Pending[] | null | undefined,
  areHandedOut: boolean,
): string[] {
  return (pending ?? [])
    .filter(({ state }) => areHandedOut || !WAITING.includes(state))
    .map(({ activityType }) => activityType?.name ?? '')
    .filter((name) => MOVEMENTS.includes(name));
}

/** What else moves, as a sentence; `until` when nothing does. */
export function whatMoves(calls: readonly string[], until: string): string {
  return calls.length === 0
    ? `Nothing more moves ${until}.`
    : `A call that it has begun (${calls.join(', ')}) may still move money; nothing else moves ${until}.`;
}
