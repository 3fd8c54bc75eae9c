import type { Ending } from '../dev/chaos/endings';
import { Actions } from '../dev/chaos/actions';
import { checkEnd, checkOriginals } from '../dev/chaos/money-invariants';
import { checkReceipts } from '../dev/chaos/receipts';
import type { Script } from '../dev/chaos/scripts';
import { createProviders } from '../simulators';
import type { Simulators } from '../simulators';
import type { Receipt } from '../src/domain/provider-answers';
import type { RefundStatus } from '../src/domain/state';

const SALE = 'sale-77';
const request = {
  ...{ refundId: 'rf-1', orderId: 'order-1', currency: 'TRY', requestedBy: 'shop', reason: 'returned' },
  sale: {
    ...({ provider: 'paywall', externalReference: SALE, amountMinor: 10_000 } as const),
    ...{ rollbackFee: true, rollbackCashback: false },
  },
};
const script = { refundId: 'rf-1', request, valid: true } as unknown as Script;

/** Everything that a session would say of one refund whose only leg is a sale of 100.00. */
function said(move: (simulators: Simulators) => void, status: RefundStatus, receipt: Partial<Receipt> = {}) {
  const simulators = createProviders().subjects as unknown as Simulators;
  simulators.paywall.addSale({ externalReference: SALE, amountMinor: 10_000, currency: 'TRY' });
  move(simulators);
  const ended = status === 'refunded' ? status : 'reversed';
  const leg = { provider: 'paywall', status: ended, receipt: { confirmedBy: 'answer', ...receipt } };
  const state = { refundId: 'rf-1', status, legs: { sale: leg } };
  const ending = { script, state, status: 'COMPLETED', closedAt: Date.now() } as unknown as Ending;
  return [
    ...checkOriginals(simulators, script),
    ...checkEnd(simulators, new Actions(), ending, true),
    ...checkReceipts(simulators, ending),
  ].map(({ invariant }) => invariant);
}

/** A refund in the books; by somebody else where that is said. */
function book(
  providerReference: string,
  how: { byHand?: true; kind?: 'refund' | 'reversal'; at?: number } = {},
) {
  const entry = { provider: 'paywall', original: SALE, amountMinor: 10_000, providerReference } as const;
  return ({ books }: Simulators) => books.add({ kind: 'refund', at: Date.now(), ...entry, ...how });
}

const all =
  (...moves: ((simulators: Simulators) => void)[]) =>
  (simulators: Simulators) =>
    moves.forEach((move) => move(simulators));
const OURS = { providerReference: '1' };
const BY_LOOK_UP = { ...OURS, confirmedBy: 'lookUp' } as const;

test.each<[string, (simulators: Simulators) => void, RefundStatus, Partial<Receipt>, string[]]>([
  ['a refund of ours, and the receipt names it', book('1'), 'refunded', OURS, []],
  ['nothing moved, and so it says', () => undefined, 'compensated', OURS, ['ourReceipts']],
  [
    'nothing moved, though it says refunded',
    () => undefined,
    'refunded',
    OURS,
    ['statusAgrees', 'ourReceipts'],
  ],
  [
    'two of ours',
    all(book('1'), book('2')),
    'refunded',
    OURS,
    ['onceOrNotAtAll', 'neverOverpaid', 'statusAgrees'],
  ],
  [
    'one of ours beside one by hand',
    all(book('1'), book('2', { byHand: true })),
    'refunded',
    OURS,
    ['neverOverpaid'],
  ],
  [
    'the receipt names the one by hand',
    all(book('2'), book('1', { byHand: true })),
    'refunded',
    OURS,
    ['neverOverpaid', 'ourReceipts'],
  ],
  [
    'only one by hand, confirmed by an answer',
    book('1', { byHand: true }),
    'refunded',
    OURS,
    ['statusAgrees', 'ourReceipts'],
  ],
  [
    'only one by hand, and a look-up took it for ours',
    book('1', { byHand: true }),
    'refunded',
    BY_LOOK_UP,
    [],
  ],
  [
    'one of ours after the end',
    book('1', { at: Date.now() + 60_000 }),
    'refunded',
    OURS,
    ['statusAgrees', 'nothingUnknown'],
  ],
  [
    'a reversal of what did not happen',
    book('1', { kind: 'reversal' }),
    'refunded',
    BY_LOOK_UP,
    ['noFalseReversal', 'statusAgrees', 'ourReceipts'],
  ],
])('the books are held against the end: %s', (_, move, status, receipt, broken) => {
  expect(said(move, status, receipt)).toEqual(broken);
});
