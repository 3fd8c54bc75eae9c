import { setTimeout as pause } from 'node:timers/promises';

const LOOK_AGAIN_MS = 50;
const LONGEST_MS = 60_000;

/** Looks again and again until something holds. @throws Error when it does not for a minute */
export async function until(holds: () => Promise<boolean>, what = 'it'): Promise<void> {
  const giveUpAt = Date.now() + LONGEST_MS;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error(`${what} did not come about within ${LONGEST_MS / 1_000} s`);
    await pause(LOOK_AGAIN_MS);
  }
}
