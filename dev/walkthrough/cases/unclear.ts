import { otherProviders } from '../../demo/requests';
import type { Case } from '../case';
import { inThePanel, LASTING, mended, refundOf, settledLeg, struck } from './parts';

/** Cases in which nobody knows whether the money moved. */
export function unclearCases(): Case[] {
  return [ambiguousDsquares(), ambiguousMircate(), otherMovement(), alreadyDone()];
}

function ambiguousDsquares(): Case {
  const request = refundOf(1002);
  return settledLeg({
    name: 'ambiguous-dsquares',
    title: 'The answer of dsquares got lost; it had refunded the points',
    request,
    trouble: struck({ provider: 'dsquares', operation: 'refund', kind: 'dropAfter' }),
    words: {
      outcome: 'refunded',
      evidence: 'refund log with our reference',
      reference: inThePanel(request, 'loyalty'),
    },
  });
}

function ambiguousMircate(): Case {
  return settledLeg({
    name: 'ambiguous-mircate',
    title: 'The connection to mircate broke before it refunded the points',
    request: refundOf(1003, otherProviders(1003)),
    trouble: struck({ provider: 'mircate', operation: 'refund', kind: 'dropBefore' }),
    words: { outcome: 'retry', evidence: 'no refund of that spend in the panel' },
  });
}

function otherMovement(): Case {
  return settledLeg({
    name: 'other-movement',
    title: 'Sipay confirmed a refund under another reference; its list shows ours',
    request: refundOf(1004),
    trouble: struck(
      { provider: 'sipay', operation: 'refund', kind: 'wrongReference' },
      { provider: 'sipay', operation: 'lookUp', kind: 'staleLookUp', ...LASTING },
    ),
    errand: { told: 'finds the refund in the panel of sipay', run: mended },
    words: { outcome: 'retry', evidence: 'the panel shows one refund, under our reference' },
  });
}

function alreadyDone(): Case {
  const request = refundOf(1011);
  return settledLeg({
    name: 'already-done',
    title: 'A colleague refunded the sale in the panel of paywall a moment before',
    request,
    trouble: struck({ provider: 'paywall', operation: 'refund', kind: 'panelRefund' }),
    words: {
      outcome: 'refunded',
      evidence: 'a colleague refunded it in the panel',
      reference: inThePanel(request, 'sale'),
    },
  });
}
