import type { FaultRates, Simulators } from '../../simulators';
import { LATE_MS, RETRY_AFTER_S } from './settings';

/** The share of calls that each kind of trouble strikes; together nearly half of them. */
const RATES: FaultRates = {
  refuse: 0.035,
  alreadyDone: 0.012,
  slow: 0.03,
  slowBefore: 0.05,
  dropBefore: 0.03,
  dropAfter: 0.045,
  errorBefore: 0.025,
  errorAfter: 0.03,
  malformed: 0.02,
  empty: 0.02,
  contradictory: 0.015,
  wrongAmount: 0.015,
  wrongReference: 0.015,
  tooMany: 0.035,
  unauthorized: 0.02,
  down: 0.02,
  redirect: 0.008,
  staleLookUp: 0.03,
  pending: 0.03,
  huge: 0.008,
  bomb: 0.004,
  transient: 0.02,
};

/** Lets every kind of trouble loose on the providers; the same seed strikes the same calls. */
export function letTroubleLoose({ faults }: Simulators, seed: number): void {
  faults.random(seed, RATES, { delayMs: LATE_MS, retryAfter: RETRY_AFTER_S, reads: 2 });
}
