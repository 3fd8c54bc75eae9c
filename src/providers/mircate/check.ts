import type { CheckAnswer } from '../../domain/provider-answers';
import { FENCE_MS, isOlder, timeOf } from './rows';
import { isOfType, type MircateCall, type Row } from './wire';

const MOST_REMEMBERED = 100;

/** Preflight remembers a little more than the fence holds, because it reads after the refund began. */
const MEMORY_MS = FENCE_MS + 60_000;

/**
 * What preflight remembers: the refunds of any amount that could later be taken for new ones, the newest first, and one
 * of any age that a later list must still show (mircate sheet: fence).
 */
export function readCheck(rows: readonly Row[], { now }: MircateCall): CheckAnswer {
  const refunds = rows.filter(({ type }) => isOfType('refund', type));
  const youngest = now.earliest - MEMORY_MS;
  // A row without a readable date is never too old.
  const ids = newestFirst(refunds, Infinity)
    .filter(({ createdAt }) => !isOlder(createdAt, youngest))
    .slice(0, MOST_REMEMBERED)
    .map(({ transactionId }) => transactionId);
  const control = newestFirst(refunds, -Infinity)[0]?.transactionId;
  return { kind: 'passed', baseline: { kind: 'rows', ids, ...(control !== undefined && { control }) } };
}

function newestFirst(rows: readonly Row[], undatedAs: number): Row[] {
  const timeOrder = ({ createdAt }: Row) => timeOf(createdAt) || undatedAs;
  // Two undated rows differ by NaN: they stay as they are listed.
  return [...rows].sort((one, other) => timeOrder(other) - timeOrder(one) || 0);
}
