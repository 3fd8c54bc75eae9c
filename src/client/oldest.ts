/** What stands in an order of time; the id decides between those of one moment. */
export interface Dated {
  startedAt: string;
  workflowId: string;
  runId: string;
}

/** Compares two, the older first. */
export function byStart(one: Dated, other: Dated): number {
  return placeOf(one) < placeOf(other) ? -1 : 1;
}

/** Where something stands in that order; a page goes on after the place of the last of the page before. */
export function placeOf({ startedAt, workflowId, runId }: Dated): string {
  return `${startedAt} ${workflowId} ${runId}`;
}

/**
 * Keeps the oldest of many, and only these in memory: servers list the newest first, and sort in no other way.
 * @returns them in order, and how many there were
 */
export async function oldestOf<Item extends Dated>(
  items: AsyncIterable<Item>,
  most: number,
): Promise<{ oldest: Item[]; total: number }> {
  let kept: Item[] = [];
  let total = 0;
  const shrink = () => (kept = kept.toSorted(byStart).slice(0, most));
  for await (const item of items) {
    total += 1;
    kept.push(item);
    if (kept.length >= most * 2 + SLACK) shrink();
  }
  return { oldest: shrink(), total };
}

const SLACK = 1_000;
