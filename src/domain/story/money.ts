import { isUnclear } from '../resolution';
import type { LegState, LegStatus, Problem } from '../state';

/** What is known of a leg's money, in a few words. */
export function moneyOf(leg: LegState, wasReset: boolean): string {
  return MONEY[leg.status](leg, wasReset);
}

const MONEY: Record<LegStatus, (leg: LegState, wasReset: boolean) => string> = {
  pending: (_, wasReset) => (wasReset ? 'not sent by this run' : 'not sent'),
  refunding: () => 'being given back',
  lookingUp: ({ receipt }) => (receipt ? 'not known if taken back, asking' : 'not known, asking'),
  refunded: () => 'given back',
  declined: () => 'not given back',
  parked: ({ problem }) => `**parked**, ${problem ? PARKED[problem.side](isUnclear(problem)) : 'not known'}`,
  reversing: () => 'being taken back',
  reversed: () => 'taken back',
  waived: () => 'left with the customer',
};

const PARKED: Record<Problem['side'], (unclear: boolean) => string> = {
  refund: (unclear) => (unclear ? 'not known if given back' : 'not given back'),
  reversal: (unclear) => (unclear ? 'not known if taken back' : 'not taken back'),
};
