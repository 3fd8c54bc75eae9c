import { otherProviders } from '../../demo/requests';
import type { Case } from '../case';
import { LASTING, mended, refundOf, settledLeg, struck } from './parts';

/** Cases in which a provider says no, or does not take the refund. */
export function refusedCases(): Case[] {
  return [
    declinedPastPivot(),
    merchantBalance(),
    providerDownBy401(),
    preflightUnanswered(),
    cancelPastPivot(),
  ];
}

const SIPAY_REFUSES = {
  trouble: struck({ provider: 'sipay', operation: 'refund', kind: 'refuse' }),
  errand: { told: 'has sipay reopen the wallet', run: mended },
  words: { outcome: 'retry', evidence: 'sipay has reopened the wallet' },
};

function declinedPastPivot(): Case {
  return settledLeg({
    name: 'declined-past-pivot',
    title: 'Sipay declined the cash after the sale was refunded',
    request: refundOf(1005),
    ...SIPAY_REFUSES,
  });
}

function merchantBalance(): Case {
  return settledLeg({
    name: 'merchant-balance',
    title: 'Our own balance at wyre is too low',
    request: refundOf(1006, otherProviders(1006)),
    trouble: ({ simulators }) => simulators.wyre.setPartnerBalance('TRY', 0),
    errand: {
      told: 'tops up our balance at wyre',
      run: ({ simulators }) => simulators.wyre.setPartnerBalance('TRY', 10 ** 9),
    },
    words: { outcome: 'retry', evidence: 'balance topped up' },
  });
}

function providerDownBy401(): Case {
  return settledLeg({
    name: 'provider-down-401',
    title: 'Paywall answers 401 to every attempt: our key was revoked',
    request: refundOf(1007),
    trouble: struck({ provider: 'paywall', operation: 'refund', kind: 'unauthorized', ...LASTING }),
    errand: { told: 'has the key at paywall restored', run: mended },
    words: { outcome: 'retry', evidence: 'key restored' },
  });
}

function preflightUnanswered(): Case {
  return settledLeg({
    name: 'preflight-unanswered',
    title: 'Paywall does not answer the question before the refund',
    request: refundOf(1012),
    trouble: struck({ provider: 'paywall', operation: 'lookUp', kind: 'slow', delayMs: 5_000, ...LASTING }),
    errand: { told: 'waits until paywall is up again', run: mended },
    words: { outcome: 'retry', evidence: 'paywall is up again' },
  });
}

function cancelPastPivot(): Case {
  const request = refundOf(1013);
  return settledLeg({
    name: 'cancel-past-pivot',
    title: 'Somebody cancelled the refund after the sale was refunded, and sipay declined the cash',
    request,
    ...SIPAY_REFUSES,
    worsen: ({ refunds }) => refunds.cancel(request.refundId),
  });
}
