/**
 * What the details claim about the money, in words used nowhere else, so that a checker that compares the details with
 * the providers' books (dev/simulation/claims.ts) knows by them what must hold. Each claim is about us: what somebody else
 * did to an original is never known.
 */

/** No request of ours to move money went out, in any run. */
export const NOTHING_SENT = 'nothing was sent';
/** The same of this run alone: an earlier one may have sent something. */
export const NOTHING_SENT_BY_THIS_RUN = 'nothing was sent by this run';
/** No request of ours had an effect that still stands. */
export const NOTHING_MOVED = 'we moved nothing';
/** Of all attempts until the last; another may be under way. */
export const NOTHING_MOVED_BY_THEN = 'by then we had moved nothing';
/** Each effect that our refunds had was reversed. */
export const ALL_REVERSED = 'everything we had refunded was reversed';

/** Why nothing is sent that an order has not left, or that a person would have to see first. */
export const ORDER_REFUSED = 'its order refused it';

/** The State column, by what each cell claims of its leg. */
export const CELLS = {
  notSent: 'not sent',
  notSentByThisRun: 'not sent by this run',
  refunding: 'being refunded',
  refundUnknown: 'not known if refunded',
  refunded: 'refunded',
  notRefunded: 'not refunded by us',
  noRefundConfirmed: 'no refund confirmed',
  noRefundShown: 'look-ups showed no refund',
  reversing: 'being reversed',
  reversalUnknown: 'not known if reversed',
  reversed: 'reversed',
  notReversed: 'not reversed by us',
  noReversalConfirmed: 'no reversal confirmed',
  waived: 'waived (the customer keeps it)',
} as const;

/** Before a cell of a parked leg. */
export const PARKED = '**parked**, ';
/** After a cell of a leg that its provider is asked about now. */
export const ASKING = ', asking';

/** What rests on the word of a person, and so is no claim of ours. */
export const CONFIRMED_BY = 'confirmed by ';

/** Before what the last attempt met: it tells of that attempt alone. */
export const LAST_ATTEMPT = 'Last attempt';
