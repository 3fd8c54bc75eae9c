import { closingsOf, WYRE_FAILED_FOR_EVER } from '../../src/domain/closing';
import type { ClosingFacts } from '../../src/domain/closing';
import type { LegState, RefundState } from '../../src/domain/state';

const FACTS: ClosingFacts = {
  decideBefore: '2026-11-03T10:00:00.000Z',
  purchasedAt: '2026-10-03T12:00:00+02:00',
  inDoubtSince: '2026-11-01T10:00:00.000Z',
};

function aState(waitingOn: RefundState['waitingOn'], cash?: LegState): RefundState {
  return {
    ...{ refundId: 'rf-1', orderId: 'order-1', status: 'refunding', waitingOn, people: [] },
    legs: { ...(cash && { cash }) },
  };
}

const at = (
  provider: LegState['provider'],
  status: LegState['status'],
  problem?: LegState['problem'],
): LegState => ({
  provider,
  status,
  ...(problem && { problem }),
});
const problem = (
  code: 'ambiguous' | 'alreadyDone' | 'merchantBalance' | 'declined',
  side: 'refund' | 'reversal' = 'refund',
) => ({
  ...{ code, side, message: '' },
});

test.each<[string, RefundState, string[]]>([
  ['a question', aState('approval'), ['2026-11-03T10:00:00.000Z without a decision it expires']],
  [
    'a question whose cash comes from Wyre: what is sooner first',
    aState('approval', at('wyre', 'pending')),
    [
      '2026-11-02T10:00:00.000Z Wyre refunds only within 30 days of the purchase',
      '2026-11-03T10:00:00.000Z without a decision it expires',
    ],
  ],
  [
    'cash that is parked at Wyre',
    aState('operator', at('wyre', 'parked', problem('merchantBalance'))),
    ['2026-11-02T10:00:00.000Z Wyre refunds only within 30 days of the purchase'],
  ],
  [
    'cash that Wyre declined without keeping a record of it',
    aState('operator', at('wyre', 'parked', problem('declined'))),
    ['2026-11-02T10:00:00.000Z Wyre refunds only within 30 days of the purchase'],
  ],
  [
    'cash whose refund failed at Wyre',
    aState('operator', at('wyre', 'parked', { ...problem('declined'), message: WYRE_FAILED_FOR_EVER })),
    [],
  ],
  ['cash that Wyre has refunded', aState('operator', at('wyre', 'refunded')), []],
  ['a reversal at Wyre', aState('operator', at('wyre', 'parked', problem('ambiguous', 'reversal'))), []],
  ...(['ambiguous', 'alreadyDone'] as const).map((code): [string, RefundState, string[]] => [
    `cash that is ${code} at Sipay`,
    aState('operator', at('sipay', 'parked', problem(code))),
    ["2026-11-02T10:00:00.000Z later Sipay's list shows what became of it only where it is given dates"],
  ]),
  [
    'cash whose float is empty at Sipay',
    aState('operator', at('sipay', 'parked', problem('merchantBalance'))),
    [],
  ],
  ['another leg', aState('operator', at('sipay', 'pending')), []],
])('%s', (_, state, closings) => {
  expect(closingsOf(state, FACTS).map((closing) => `${closing.at} ${closing.why}`)).toEqual(closings);
});

test('where nobody knows when, nothing closes', () => {
  const state = aState('approval', at('wyre', 'pending'));
  expect(closingsOf(state, {})).toEqual([]);
  expect(closingsOf(state, { purchasedAt: 'soon', decideBefore: '' })).toEqual([]);
});
