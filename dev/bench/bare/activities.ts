import type { PlainCalls, Shape } from '../plain/calls';

/** The argument of the bare saga. */
export type BareRefund = Shape;

/** The activities of the bare saga. */
export type BareActivities = ReturnType<typeof bareActivities>;

/** One activity a call, as thin as can be. */
export function bareActivities(calls: PlainCalls) {
  return {
    plan: (refund: BareRefund) => calls.preflight(refund),
    refundLoyalty: (refund: BareRefund) => calls.refundLoyalty(refund),
    refundSale: (refund: BareRefund) => calls.refundSale(refund),
    refundCash: (refund: BareRefund) => calls.refundCash(refund),
  };
}
