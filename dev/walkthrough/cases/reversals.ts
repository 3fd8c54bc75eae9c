import { eachOnce, nothing } from '../../demo/books';
import type { Case } from '../case';
import type { Stage } from '../stage';
import { inThePanel, refundOf, settledLeg, struck } from './parts';

/** Cases in which what was refunded has to be reversed. */
export function reversalCases(): Case[] {
  return [reversalAmbiguous(), noReversal()];
}

function reversalAmbiguous(): Case {
  const request = refundOf(1009);
  const points = request.loyalty?.points ?? 0;
  return settledLeg({
    name: 'reversal-ambiguous',
    title: 'The sale was declined, and the answer to the reversal of the points got lost',
    request,
    trouble: ({ simulators }) => {
      simulators.paywall.spendCashback(request.sale?.externalReference ?? '');
      simulators.faults.add({ provider: 'dsquares', operation: 'reverse', kind: 'dropAfter' });
    },
    words: {
      outcome: 'reversed',
      evidence: 'a redemption of 500 points, a minute ago',
      reference: inThePanel(request, 'loyalty'),
    },
    end: { status: 'compensated', movements: { ...nothing(request), loyalty: [points, -points] } },
  });
}

function noReversal(): Case {
  const request = refundOf(1010);
  const points = request.loyalty?.points ?? 0;
  const turnBack = async ({ refunds }: Stage) => {
    for await (const { kind, ...change } of refunds.watch(request.refundId)) {
      if (kind === 'state' && 'state' in change && change.state.legs.cash?.status === 'parked') break;
    }
    const word = {
      leg: 'cash',
      outcome: 'turnBack',
      by: 'bea',
      evidence: 'the customer keeps the goods',
    } as const;
    await refunds.resolve({ refundId: request.refundId, ...word });
  };
  return settledLeg({
    name: 'no-reversal',
    title: 'A colleague rolls back past the pivot, and paywall cannot reverse the sale',
    request,
    trouble: struck({ provider: 'sipay', operation: 'refund', kind: 'refuse' }),
    arrange: turnBack,
    waits: ({ status, waitingOn }) => status === 'compensating' && waitingOn === 'operator',
    words: { outcome: 'waived', evidence: 'the customer keeps the money' },
    end: {
      status: 'compensated',
      movements: { ...eachOnce(request), loyalty: [points, -points], cash: [] },
    },
  });
}
