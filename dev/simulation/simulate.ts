import { mulberry32 } from '../../simulators/engine/random';
import { workflowIdOf } from '../../src/domain/contract';
import type { RefundState } from '../../src/domain/state';
import { VirtualClock, installVirtualDate } from './clock';
import { employHappenings } from './happenings';
import { violations } from './invariants';
import type { Isolate } from './isolate';
import { Operator } from './people';
import type { Actions } from './people';
import { drawScenario } from './scenario';
import { Watcher } from './shown';
import { SimulatedRun } from './simulated-run';
import { World } from './world';

/** What one seed came to. */
export interface SimulationResult {
  seed: number;
  status: string;
  /** Refunds sent beyond the first of each leg: without any, a run of seeds proved nothing. */
  repeated: number;
  parked: boolean;
  /** Refunds of somebody else that nothing could tell from ours. */
  undecidable: number;
  /** Refunds that a gateway had executed twice. */
  doubled: number;
  violations: string[];
}

const DAY_MS = 86_400_000;
const START = Date.parse('2026-11-20T12:00:00Z');

let clock = new VirtualClock(START);
installVirtualDate(() => Math.floor(clock.now));

/** A clock of its own for a seed, which tells the time of this process from now on. */
export function beginAnew(): VirtualClock {
  clock = new VirtualClock(START);
  return clock;
}

/** Plays one seed: the real workflow, activities and adapters against the simulated providers, in virtual time. */
export async function simulate(seed: number, isolate: Isolate): Promise<SimulationResult> {
  const chance = mulberry32(seed);
  const ownClock = beginAnew();
  const scenario = drawScenario(seed, chance, START);
  const world = new World(scenario, ownClock, chance);
  const actions: Actions = { settledByHand: new Set(), wordAt: new Map(), wasNeeded: false };
  const watcher = new Watcher(scenario, world, actions);
  const { workers } = world;

  const begin = (runId: string): SimulatedRun => {
    const identity = {
      workflowId: workflowIdOf(scenario.request.refundId),
      runId,
      firstRunId: runId,
      startedAt: ownClock.now,
      workflowType: 'refundOrder' as const,
      argument: scenario.request,
    };
    const run: SimulatedRun = new SimulatedRun({
      ...{ identity, isolate, clock: ownClock, worker: world.worker, workers, chance },
      watch: (shown) => watcher.look(shown),
      onEvent: () => {
        if (scenario.people.prompt > 0 && chance() < scenario.people.prompt) void operator.beQuick();
      },
    });
    const operator: Operator = new Operator(run, world, ownClock, chance, scenario, actions);
    for (const at of scenario.people.early) ownClock.after(at, () => void operator.decideByUpdate());
    return run;
  };

  const course = { run: begin(`run-${seed}`), wasCutOff: false };
  employHappenings({ scenario, world, clock: ownClock, chance, actions, course, begin });

  const isOver = () => course.run.closed !== undefined || course.run.broken.length > 0;
  await ownClock.run(isOver, START + 60 * DAY_MS);
  const closedAt = ownClock.now;
  // Whatever is still under way at a provider comes to rest before the books are read.
  await ownClock.run(() => false, closedAt + 3_600_000);
  const { run } = course;
  if (run.closed) await run.replayAll().catch((error: unknown) => run.broken.push(String(error)));
  else run.forget();

  const { closed } = run;
  const result: RefundState | undefined = closed && 'result' in closed ? closed.result : undefined;
  const requests = world.subjects.requests();
  const evidence = { scenario, world, closed, requests, actions, closedAt, ...course };
  return {
    seed,
    status: result?.status ?? (closed ? 'invalid' : 'open'),
    repeated: repeatedRefunds(requests),
    parked: actions.wasNeeded,
    undecidable: watcher.undecidable.size,
    doubled: watcher.doubled.size,
    violations: [...run.broken, ...violations(evidence, watcher), ...watcher.violations],
  };
}

function repeatedRefunds(requests: readonly { provider: string; operation: string }[]): number {
  const sent = requests.filter(({ operation }) => operation === 'refund').map(({ provider }) => provider);
  return sent.length - new Set(sent).size;
}
