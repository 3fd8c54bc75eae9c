import { aRefund } from '../../demo/requests';
import { closedLoop } from '../loop';
import type { Shape } from '../plain/calls';
import { answer } from './probe';

/** A closed loop that runs inside the measured process. */
export interface LoopOrder {
  run: string;
  /** The number of its first refund; those after it are in the providers' books. */
  first: number;
  atOnce: number;
  milliseconds: number;
}

/** Runs closed loops over refunds when the driver asks for them, and keeps this process until it is told to end. */
export function serveLoop(refundOne: (refund: Shape) => Promise<void>): void {
  answer('loop', ({ run, first, atOnce, milliseconds }: LoopOrder) => {
    let number = first;
    return closedLoop(atOnce, milliseconds, () => refundOne(aRefund(run, number++) as Shape));
  });
  const alive = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => {
    clearInterval(alive);
    process.exit();
  });
  process.stdout.write('ready\n');
}
