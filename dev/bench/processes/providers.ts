import { aRefund, seed } from '../../demo/requests';
import { startSimulators } from '../../../simulators';
import { seedHang, setHanging } from '../hanging';
import { aParkingRefund, seedParking } from '../parking';
import { answer } from './probe';

/** Which refunds the providers' books shall know. */
export interface SeedRange {
  run: string;
  from: number;
  /** Not included. */
  to: number;
}

/** Which refunds of either kind. */
export type HangRange = SeedRange;

/** The simulated providers in a process of their own: `DELAY_MS` is what each answer takes. */
async function main(): Promise<void> {
  const simulators = await startSimulators({ latencyMs: Number(process.env.DELAY_MS ?? '0') });
  answer('environment', () => simulators.environment());
  answer('seed', ({ run, from, to }: SeedRange) => {
    for (let number = from; number < to; number += 1) seed(simulators, aRefund(run, number));
  });
  answer('seedParking', ({ run, from, to }: SeedRange) => {
    for (let number = from; number < to; number += 1) seedParking(simulators, aParkingRefund(run, number));
  });
  answer('seedHang', ({ run, from, to }: HangRange) => {
    for (let number = from; number < to; number += 1) seedHang(simulators, run, number);
  });
  answer('hang', (hangs: boolean) => {
    setHanging(simulators, hangs);
  });
  process.once('SIGTERM', () => void simulators.close());
  process.stdout.write('ready\n');
}

void main();
