import { effectiveOf, own } from '../../../simulators';
import type { Books } from '../../../simulators';
import type { OrderState } from '../../../src/domain/order/ledger';
import { takenOf } from '../../../src/domain/order/ledger';
import { PAID, resultOf } from './simulate-order';
import type { SimulatedRefund } from './simulate-order';

/** What an order is judged by. */
interface Evidence {
  refunds: readonly SimulatedRefund[];
  state: OrderState | undefined;
  books: Books;
  payment: string;
  spend: string;
}

/** What the books, the refunds' results and the order say against each other; the books are right. */
export function violationsOf({ refunds, state, books, payment, spend }: Evidence): string[] {
  const originals = [
    { name: `sipay:${payment}`, paid: PAID.cash, peak: books.peak('sipay', payment), leg: 'cash' as const },
    {
      name: `mircate:${spend}`,
      paid: PAID.loyalty,
      peak: books.peak('mircate', spend),
      leg: 'loyalty' as const,
    },
  ];
  const found: string[] = [];
  for (const { name, paid, peak } of originals)
    if (peak > paid) found.push(`${name}: ${peak} refunded at once, of ${paid} that were paid`);
  const open = refunds.filter(({ run }) => run.closed === undefined);
  if (open.length > 0) found.push(`${open.length} refunds never ended`);
  if (!state) return [...found, 'the order cannot be asked'];
  for (const { name, leg } of originals) {
    const provider = leg === 'cash' ? 'sipay' : 'mircate';
    const moved = effectiveOf(own(books.of(provider, leg === 'cash' ? payment : spend)));
    const taken = takenOf(state, name);
    if (taken.moved !== moved)
      found.push(`${name}: the order says ${taken.moved} moved, the books say ${moved}`);
  }
  for (const refund of refunds) found.push(...ofRefund(refund, state));
  return found;
}

/** A share is held only for a reason, and a refund that ended is known to have. */
function ofRefund(refund: SimulatedRefund, state: OrderState): string[] {
  const { request, unprovenByWord } = refund;
  const known = state.refunds.find(({ refundId }) => refundId === request.refundId);
  const result = resultOf(refund);
  if (!known) return result?.status === 'refunded' ? [`${request.refundId}: refunded without a share`] : [];
  const found: string[] = [];
  if (known.isOpen)
    found.push(
      `${request.refundId}: ended ${result?.status ?? 'without a result'}, and is open at its order`,
    );
  for (const { leg, status } of known.shares) {
    if (status === 'held' && !unprovenByWord.has(leg))
      found.push(`${request.refundId}: the ${leg} share leaked`);
  }
  return found;
}
