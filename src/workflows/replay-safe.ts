import { CancellationScope, condition, sleep } from '@temporalio/workflow';

/*
 * A flag (a signal, a cancel) and an event (a timer, an activity's end) can reach a run together or one after the
 * other, and a live run and its replay may differ in that (docs/adr/004). So the commands that follow an event never
 * depend on a flag: a wait or a call is always begun, and withdrawn at once when the flag is already up. A
 * call in a scope that is already cancelled behaves the same: it takes its number and leaves no command.
 */

/**
 * Makes the SDK decide, in the very first task, how cancellation passes through scopes: it writes that down in the task
 * in which a scope first needs it. A query can split the first task in two, and a replay, which joins them again, would
 * not find the note and let a cancel through every non-cancellable scope.
 */
export function pinCancellationFlags(): void {
  const parent = new CancellationScope({ cancellable: false });
  parent.cancel();
  new CancellationScope({ parent, cancellable: true });
}

/** Waits, but no longer than until `enough` holds. */
export function pause(milliseconds: number, enough: () => boolean, summary: string): Promise<unknown> {
  return condition(enough, milliseconds, { summary });
}

/**
 * Waits for a flag, at most so long.
 * @returns whether it came in time; a timer that fires together with the flag wins
 */
export async function cameInTime(
  flag: () => boolean,
  milliseconds: number,
  summary: string,
): Promise<boolean> {
  const timer = startTimer(milliseconds, summary);
  await condition(() => timer.fired || flag());
  await everythingDelivered();
  timer.cancel();
  return !timer.fired;
}

/** A timer that says whether it has fired, and can be withdrawn. */
export function startTimer(milliseconds: number, summary: string): { fired: boolean; cancel: () => void } {
  const scope = new CancellationScope({ cancellable: true });
  const timer = { fired: false, cancel: () => scope.cancel() };
  scope
    .run(() => sleep(milliseconds, { summary }))
    .then(
      () => (timer.fired = true),
      () => undefined,
    );
  return timer;
}

/** Resolves once everything that arrived together with the current event was taken in; costs no command. */
async function everythingDelivered(): Promise<void> {
  let looked = false;
  // A condition is looked at once when it is made, and again only after all that arrived together has run.
  await condition(() => looked || !(looked = true));
}

/**
 * The time of the current workflow task, ISO 8601, to be *shown* in the state and never branched on: a live run and
 * its replay can differ in it (docs/adr/004).
 */
export function shownTime(): string {
  // eslint-disable-next-line no-restricted-syntax -- the one place; its value decides nothing
  return new Date().toISOString();
}

/** The same, so many milliseconds later. */
export function shownTimeIn(milliseconds: number): string {
  return new Date(Date.parse(shownTime()) + milliseconds).toISOString();
}
