import type { OperatorClient, RefundRow } from '../../client/operator';
import { orFromHistory } from '../away';
import type { ReadRun } from '../away';
import { readFromHistories } from '../past';
import { soonestFirst, waitingOf } from '../waiting';
import type { Waiting, WaitingRow } from '../waiting';

/** What waits for a person, as it was read at one time. */
export interface WaitingList {
  readAt: Date;
  /** What closes within a day first, among all that were looked into; then the oldest. */
  waiting: readonly Waiting[];
  /** How many more wait than are listed. */
  more: number;
  /** What is to be known of how they were read; empty where nothing is. */
  note: string;
}

/** The most that are listed. */
const MOST_LISTED = 200;
/** The most that are looked into for what closes first, the oldest of them: each takes some questions. */
const MOST_LOOKED_INTO = 1_000;

/**
 * Makes a reader of what waits. With `changed`, only that refund and those that wait for something new are looked into;
 * what a worker told of the others holds.
 */
export function createWaitingReader(
  live: OperatorClient,
  readRun: ReadRun,
): (changed?: string) => Promise<WaitingList> {
  let known = new Map<string, WaitingRow>();
  return async (changed) => {
    const { rows, more } = await live.attention({ limit: MOST_LOOKED_INTO });
    const readAt = new Date();
    const client = orFromHistory(live, readRun);
    const holds = ({ refundId }: RefundRow) => changed !== undefined && refundId !== changed;
    const kept = rows.filter(holds).flatMap((row) => known.get(keyOf(row)) ?? []);
    const keys = new Set(kept.map(({ row }) => keyOf(row)));
    const unknown = rows.filter((row) => !keys.has(keyOf(row)));
    const all = [...kept, ...(await waitingOf(client, unknown))];
    const pasts = unknown.flatMap(({ refundId }) => client.pastOf(refundId) ?? []);
    const told = all.filter(({ row, isTold }) => isTold && !client.pastOf(row.refundId));
    known = new Map(told.map((one) => [keyOf(one.row), one]));
    const notes = [
      ...(pasts.length > 0 ? [`No worker answers. ${readFromHistories(pasts, all.length)}`] : []),
      ...(more > 0 ? [`The ${more} youngest were not looked into: one of them may close sooner.`] : []),
    ];
    return {
      readAt,
      waiting: soonestFirst(all).slice(0, MOST_LISTED),
      more: more + Math.max(all.length - MOST_LISTED, 0),
      note: notes.join(' '),
    };
  };
}

function keyOf({ runId, reason }: RefundRow): string {
  return `${runId} ${reason ?? ''}`;
}
