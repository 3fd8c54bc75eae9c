import type { VirtualClock } from './clock';
import { harass } from './hecklers';
import { refundInPanel, useWallet } from './originals';
import type { Actions } from './people';
import type { Scenario } from './scenario';
import type { SimulatedRun } from './simulated-run';
import type { World } from './world';

/** How a refund goes: the run that is at it, and whether others were before it. */
export interface Course {
  run: SimulatedRun;
  /** Whether an older run under the same id was ended in the middle. */
  wasCutOff: boolean;
  /** When it was reset the last time. */
  resetAt?: number;
  /** Since when a person has to be asked, because it was planned anew. */
  asksSince?: number;
}

/** What happens to a refund from outside, and what that needs. */
export interface Happenings {
  scenario: Scenario;
  world: World;
  clock: VirtualClock;
  chance: () => number;
  actions: Actions;
  course: Course;
  /** Starts another run under the same id. */
  begin: (runId: string) => SimulatedRun;
}

/** How long an attempt lives at most once somebody has shortened it. Milliseconds. */
const SHORTENED_MS = 3_000;

/** How long a call takes that nothing delays. Milliseconds. */
const IN_CALL_MS = 60;

/** Has everything happen at its time. */
export function employHappenings(happenings: Happenings): void {
  const { scenario, world, clock, chance, course } = happenings;
  const { crashes, diesInCall, cancels, changedOptions, resets, people, raised, request } = scenario;
  const at = (moments: readonly number[], act: () => void) => {
    for (const moment of moments) clock.after(moment, act);
  };
  const crash = () => {
    world.worker.epoch += 1;
    world.worker.upAt = clock.now + chance() * 5_000;
    course.run.forget();
  };
  at(crashes, crash);
  world.onSent = () => {
    if (diesInCall > 0 && chance() < diesInCall) clock.after(chance() * IN_CALL_MS, crash);
  };
  at(cancels, () => course.run.cancel());
  at(changedOptions, () => course.run.changeOptions(SHORTENED_MS * chance()));
  at(people.hostile, () => harass(course.run, chance, people.signed));
  at(people.customer, () => useWallet(world, request, chance));
  const { panel } = people;
  if (panel) at([panel.at], () => refundInPanel(world, scenario, panel.leg));
  for (const { at: moment, keepsMessages } of resets) {
    clock.after(moment, () => {
      if (!course.run.reset(chance, { keepsMessages })) return;
      course.resetAt = clock.now;
      world.wasCutOff = true;
    });
  }
  if (raised) {
    // A request that leaves a minute before is still in time to be waited for longer.
    at([Math.max(0, raised.at - 60_000)], () => world.travelFor(raised.travelMs));
    at([raised.at], () => world.deploy(raised.environment));
  }
  planAnew(happenings);
  startAgain(happenings);
}

function planAnew({ scenario: { replanned }, world, clock, course }: Happenings): void {
  if (!replanned) return;
  clock.after(replanned.at, () => {
    const isReset = course.run.reset(() => 0);
    if (!isReset) return;
    world.deploy(replanned.environment, replanned.without);
    course.resetAt = clock.now;
    world.wasCutOff = true;
    if (replanned.environment.APPROVAL_LIMITS === '') course.asksSince = clock.now;
  });
}

function startAgain({ scenario: { secondStart }, world, clock, course, begin }: Happenings): void {
  if (!secondStart) return;
  clock.after(secondStart.at, () => {
    if (course.run.closed) return;
    const { runId, startedAt } = course.run.identity;
    course.run.terminate();
    world.earlierRuns =
      secondStart.earlierRuns === 'same'
        ? { kind: 'same', since: new Date(startedAt).toISOString(), runIds: [runId] }
        : { kind: 'other' };
    course.wasCutOff = true;
    world.wasCutOff = true;
    course.run = begin(`${runId}-second`);
  });
}
