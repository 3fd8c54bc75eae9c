import type { SeenRows } from '../../domain/provider-answers';
import { wireDecimal, wireId } from '../json';
import type { JsonObject } from '../unproven';
import { isOfType, isPoints, type MircateCall, type Side } from './wire';

/** A date as it may be shown; the offset is its first group. */
export const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/;

/** What is older than our refund by more than this is not ours, whatever the clock of the provider. */
export const FENCE_MS = 600_000;

/** A date without an offset could be hours off and make our own refund look too old: it counts as unreadable. */
export function timeOf(createdAt: string): number {
  return DATE.exec(createdAt)?.[1] === undefined ? NaN : Date.parse(createdAt);
}

/** Whether a readable date is before a moment; what cannot be compared is not. */
export function isOlder(createdAt: string, than: number): boolean {
  return timeOf(createdAt) < than;
}

/** The fence decides, not our first send: by a clock that is behind, our own row may look older than that. */
export function isBeforeFence(createdAt: string, { since }: MircateCall): boolean {
  return isOlder(createdAt, Date.parse(since) - FENCE_MS);
}

/** Transactions that cannot be what we send now: the original, what preflight saw, what a person disowned. */
export function knownBefore(call: MircateCall): readonly string[] {
  return [call.leg.transactionId, ...seenBefore(call), ...call.notOurs];
}

/** The ids that preflight remembered. */
export function seenBefore({ baseline }: MircateCall): readonly string[] {
  if (baseline?.kind !== 'rows') return [];
  const { ids, control }: SeenRows = baseline;
  return control === undefined ? ids : [...ids, control];
}

/** Whether a row of a list that cannot be relied on may be our refund: nothing that can be read of it says otherwise. */
export function mayBeRefund(shown: JsonObject, call: MircateCall): boolean {
  const isKnown = knownBefore(call).includes(wireId.safeParse(shown.transactionId).data ?? '');
  return mayBe('refund', shown, call) && !isKnown && !isBeforeFence(dateOf(shown), call);
}

/** The same of the spend that reverses it, which carries our key where descriptions are listed whole. */
export function mayBeReversal(shown: JsonObject, call: MircateCall): boolean {
  const id = wireId.safeParse(shown.transactionId).data ?? '';
  const isKnown = [call.leg.transactionId, ...call.notOurs].includes(id);
  const isOld = isOlder(dateOf(shown), Date.parse(call.notBefore));
  return mayBe('reversal', shown, call) && (shown.description === call.key || (!isKnown && !isOld));
}

function mayBe(side: Side, { transactionId, type, amount }: JsonObject, { leg }: MircateCall): boolean {
  if (transactionId === undefined && amount === undefined) return false;
  const points = wireDecimal.safeParse(amount).data;
  return (
    (typeof type !== 'string' || isOfType(side, type)) &&
    (points === undefined || isPoints(points, leg.points))
  );
}

function dateOf({ createdAt }: JsonObject): string {
  return typeof createdAt === 'string' ? createdAt : '';
}
