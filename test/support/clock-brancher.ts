import { condition, defineQuery, defineSignal, setHandler, sleep } from '@temporalio/workflow';

/** Lets `branchOnClock` end. */
export const finish = defineSignal('finish');

/** Anything that makes a worker take the run up. */
export const look = defineQuery<string>('look');

/** What our saga must never do: it asks the clock, after a timer, which way to go. */
export async function branchOnClock(timerMs: number): Promise<string> {
  let finished = false;
  setHandler(finish, () => {
    finished = true;
  });
  setHandler(look, () => 'here');
  const begin = Date.now();
  await sleep(timerMs);
  // Live and replayed, this same moment can have two different times.
  if (Date.now() - begin >= timerMs) await sleep(1);
  await condition(() => finished);
  return 'finished';
}
