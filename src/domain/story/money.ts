import { isUnclear } from '../resolution';
import type { LegState, LegStatus, Problem } from '../state';

/** What is known of a leg's money, in a few words. */
export function moneyOf(leg: LegState, wasReset: boolean): string {
  return MONEY[leg.status](leg, wasReset);
}

const MONEY: Record<LegStatus, (leg: LegState, wasReset: boolean) => string> = {
  pending: (_, wasReset) => (wasReset ? 'not sent by this run' : 'not sent'),
  refunding: () => 'being given back',
  lookingUp: ({ receipt }) =>
    receipt ? 'given back; **not known** whether taken back' : '**not known**; the provider is asked',
  refunded: () => 'given back',
  declined: () => 'not given back',
  parked: ({ problem }) => (problem ? PARKED[problem.side](isUnclear(problem)) : '**not known**'),
  reversing: () => 'given back, being taken back',
  reversed: () => 'taken back again',
  waived: () => 'given back; left with the customer',
};

const PARKED: Record<Problem['side'], (unclear: boolean) => string> = {
  refund: (unclear) => (unclear ? '**not known** whether given back' : 'not given back'),
  reversal: (unclear) =>
    unclear ? 'given back; **not known** whether taken back' : 'given back, not taken back',
};
