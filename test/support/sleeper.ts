import { condition, defineSignal, setHandler, sleep } from '@temporalio/workflow';

/** Ends `sleepUntilWoken` early. */
export const wake = defineSignal('wake');

/** Sleeps three days and says how long that was by the clock of the workflow. */
export async function sleepThreeDays(): Promise<number> {
  const begin = Date.now();
  await sleep('3 days');
  return Date.now() - begin;
}

/** Waits a week to be woken, and says how long it waited. */
export async function sleepUntilWoken(): Promise<{ woken: boolean; waitedMs: number }> {
  const begin = Date.now();
  let called = false;
  setHandler(wake, () => {
    called = true;
  });
  const woken = await condition(() => called, '7 days');
  return { woken, waitedMs: Date.now() - begin };
}
