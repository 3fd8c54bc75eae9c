import { effectiveOf, own } from '../../../simulators';
import type { BookEntry, Books } from '../../../simulators';
import { amountOf } from '../../../src/domain/money';
import { LEG_NAMES } from '../../../src/domain/plan';
import type { LegName } from '../../../src/domain/plan';
import type { RefundRequest } from '../../../src/domain/request';
import type { Problem } from '../../../src/domain/state';
import type { VirtualClock } from '../clock';
import type { SimulatedRefund } from './simulate-order';

const ROUND_MS = 600_000;

/** Words after which an order has no provider's proof that a share is free. */
const UNPROVEN: readonly string[] = ['declined', 'reversed'];

/** An operator who looks in every ten minutes and says of parked legs what the books say. */
export function employOperator(
  refunds: readonly SimulatedRefund[],
  { clock, chance, books }: { clock: VirtualClock; chance: () => number; books: Books },
): void {
  const look = async () => {
    for (const refund of refunds) if (!refund.run.closed) await settle(refund, books);
    clock.after(ROUND_MS * (0.5 + chance()), () => void look());
  };
  clock.after(ROUND_MS, () => void look());
}

async function settle({ run, request, unprovenByWord }: SimulatedRefund, books: Books): Promise<void> {
  const legs = (await run.query())?.state.legs ?? {};
  for (const leg of LEG_NAMES) {
    const { status, problem } = legs[leg] ?? {};
    if (status !== 'parked' || !problem) continue;
    const entries = entriesOf(request, leg, books);
    const outcome = truthOf(problem, effectiveOf(entries) > 0);
    const reference = entries.at(-1)?.providerReference;
    const answer = await run.update('resolveLeg', {
      ...{ leg, outcome, by: 'ana', evidence: 'read in the panel' },
      ...(reference !== undefined && { providerReference: reference }),
    });
    if (answer?.accepted && UNPROVEN.includes(outcome)) unprovenByWord.add(leg);
  }
}

function truthOf({ side }: Problem, isRefunded: boolean): string {
  if (side === 'reversal') return isRefunded ? 'retry' : 'reversed';
  return isRefunded ? 'refunded' : 'declined';
}

/** What moved for a leg: by our key, or by its amount, which is another one for each refund. */
export function entriesOf(request: RefundRequest, leg: LegName, books: Books): readonly BookEntry[] {
  const requested = request[leg];
  if (!requested) return [];
  const amount = amountOf(requested);
  return own(books.entries()).filter(({ kind, points, key }) =>
    'points' in amount ? kind !== 'other' && points === amount.points : key === `${request.refundId}:${leg}`,
  );
}
