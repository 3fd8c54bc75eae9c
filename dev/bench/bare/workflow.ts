import { defineSearchAttributeKey } from '@temporalio/common';
import { proxyActivities, proxyLocalActivities, upsertSearchAttributes } from '@temporalio/workflow';
import type { BareActivities, BareRefund } from './activities';

const { plan } = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '10s' });
const { refundLoyalty, refundSale, refundCash } = proxyActivities<BareActivities>({
  startToCloseTimeout: '10s',
});

/**
 * The least that Temporal takes for this shape: a plan, three legs, one attribute at the end. It validates nothing,
 * keeps no state, listens to nobody and compensates nothing.
 */
export async function bareRefund(refund: BareRefund): Promise<string> {
  await plan(refund);
  await refundLoyalty(refund);
  await refundSale(refund);
  await refundCash(refund);
  upsertSearchAttributes([{ key: defineSearchAttributeKey('RefundStatus', 'KEYWORD'), value: 'refunded' }]);
  return 'refunded';
}
