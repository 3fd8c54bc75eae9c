import type { Scenario } from './scenario';
import type { World } from './world';

/** Faults that change nothing of what is told. */
const HARMLESS: readonly unknown[] = [undefined, 'exponentNumbers', 'keptCashback'];

/** Whether nothing went wrong that a person could have to settle. */
export function isUntroubled(scenario: Scenario, world: World): boolean {
  const { crashes, resets, changedOptions, replanned, secondStart, fleet, people } = scenario;
  const cuts = crashes.length + resets.length + changedOptions.length + scenario.diesInCall;
  const lost = scenario.unreachable + scenario.late + fleet.unreadable + fleet.standsStill + fleet.hesitates;
  const others = people.customer.length > 0 || people.panel !== undefined;
  const isCalm = cuts + lost === 0 && !others && !replanned && !secondStart && !fleet.unpolled;
  return isCalm && world.subjects.requests().every(({ fault }) => HARMLESS.includes(fault));
}
