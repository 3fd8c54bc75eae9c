import { aRefund, otherProviders } from '../demo/requests';
import type { Simulators } from '../../simulators';
import { seed } from '../../simulators/originals';
import type { RefundRequest } from '../../src/client';
import type { BenchServer } from './environment';

/** A currency in which our float at wyre is empty: what is refunded in it parks at its last leg. */
const EMPTY = 'EUR';

/** So that they have originals of their own at the providers. */
const FIRST_NUMBER = 5_000_000;

/** The approval limits under which nothing that is measured asks a person. */
export const APPROVAL_LIMITS = `TRY=50000,${EMPTY}=50000,points=1000`;

/** A refund of three legs whose cash leg parks at once, because our own balance at the provider is too low. */
export function aParkingRefund(run: string, number: number): RefundRequest {
  const own = FIRST_NUMBER + number;
  return aRefund(run, own, { ...otherProviders(own), currency: EMPTY });
}

/** Waits until so many refunds are parked. */
export async function untilParked({ client }: Pick<BenchServer, 'client'>, count: number): Promise<void> {
  while ((await client.workflow.count('RefundNeedsAttention = true')).count < count) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Puts what the customer paid into the providers' books. */
export function seedParking(simulators: Simulators, request: RefundRequest): void {
  simulators.wyre.setPartnerBalance(EMPTY, 0);
  seed(simulators, request);
}
