import type { Simulators } from '../../simulators';
import { aRefund, otherProviders, seed } from '../demo/requests';

const ALONE = { loyalty: undefined, sale: undefined };

/** A refund of the provider that hangs. */
export function aHangingRefund(run: string, number: number) {
  return aRefund(`${run}-h`, number, ALONE);
}

/** One of a provider that goes on answering. */
export function anUndisturbedRefund(run: string, number: number) {
  return aRefund(`${run}-u`, number, { ...ALONE, cash: otherProviders(number).cash });
}

/** Puts what the customers paid into the books of both. */
export function seedHang(simulators: Simulators, run: string, number: number): void {
  seed(simulators, aHangingRefund(run, number));
  seed(simulators, anUndisturbedRefund(run, number));
}

/** Longer than anybody waits. Milliseconds. */
const FOR_EVER_MS = 600_000;

/** From now on sipay answers nothing, or answers again. */
export function setHanging({ faults }: Simulators, hangs: boolean): void {
  faults.clear();
  if (!hangs) return;
  for (const operation of ['lookUp', 'refund'] as const)
    faults.add({ provider: 'sipay', operation, kind: 'slowBefore', delayMs: FOR_EVER_MS, times: 1_000_000 });
}
