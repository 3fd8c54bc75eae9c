import type { Logger, Worker } from '@temporalio/worker';

/** The signals that end a worker process once its calls in flight are finished; a terminal that closes sends SIGHUP. */
export const SHUTDOWN_SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR2'];

type Awaited = Pick<Worker, 'getState' | 'getStatus' | 'shutdown'>;

/**
 * After the first signal the SDK listens no more: a second one would end the process at once, and make an ambiguous leg
 * of each call in flight. Here it hurries nothing; what is still awaited is told.
 * @returns lets signals do again what they do
 */
export function heedSignals(workers: readonly Awaited[], logger: Logger): () => void {
  const isRunning = (worker: Awaited) => worker.getState() === 'RUNNING';
  const listener = () => {
    if (workers.some(isRunning)) {
      // After the SDK has: it does not listen when a signal came before its workers ran.
      setImmediate(() => workers.filter(isRunning).forEach((worker) => worker.shutdown()));
      return;
    }
    const callsInFlight = workers.reduce((sum, one) => sum + one.getStatus().numInFlightActivities, 0);
    logger.warn(STILL_AWAITED, { callsInFlight });
  };
  for (const signal of SHUTDOWN_SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SHUTDOWN_SIGNALS) process.off(signal, listener);
  };
}

/** Waits for the first signal, where there is no worker that would. */
export function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SHUTDOWN_SIGNALS) process.once(signal, () => resolve());
  });
}

const STILL_AWAITED =
  'Already shutting down: calls in flight are finished first, for they may have moved money; a second signal hurries nothing';
