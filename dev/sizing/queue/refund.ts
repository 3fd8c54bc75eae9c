import { quantile } from '../../bench/statistics';
import { shapeOf } from '../measured';
import type { Measured } from '../measured';
import { mulberry32 } from '../../../simulators/engine/random';
import { exponential } from './random';
import { simulate } from './simulate';
import type { Seen, Step } from './simulate';

/** What a refund of three legs does, its order included (docs/performance.md pins both; three questions are one wait). */
export const COUNTS = { transitions: 18, workflowTasks: 6, legs: 3 } as const;

/** What refunds are run on. */
export interface Deployment {
  /** Processes, each on a machine of its own with so many cores. */
  workers: number;
  coresOfWorker: number;
  coresOfServer: number;
  coresOfDatabase: number;
  shards: number;
  /** What an answer of a provider takes. */
  providerMs: number;
  /** Sockets to each provider, of one worker (`<PROVIDER>_MAX_CONCURRENT`). */
  connections: number;
}

/** What one refund takes, in milliseconds. */
export interface Costs {
  worker: number;
  workerMainThread: number;
  workerWorkflowThread: number;
  server: number;
  database: number;
  commit: number;
}

/** The resources, in the order in which a refund meets them. */
export const RESOURCES = [
  'server',
  'shards',
  'database',
  'worker cores',
  'main thread',
  'workflow thread',
  'connections',
] as const;

/** A resource of a deployment. */
export type Resource = (typeof RESOURCES)[number];

/** What the happy refund with its order costs, as it was measured. */
export function costsOf(measured: Measured): Costs {
  return { ...shapeOf(measured, 'happy').cpuMs, commit: 1_000 / measured.commitsPerSecond };
}

/** How many places each resource has; each shard writes one after the other. */
export function placesOf(deployment: Deployment): Record<Resource, number> {
  const { workers, coresOfWorker, coresOfServer, coresOfDatabase, shards, connections } = deployment;
  return {
    server: coresOfServer,
    shards,
    database: coresOfDatabase,
    'worker cores': workers * coresOfWorker,
    'main thread': workers,
    'workflow thread': workers,
    connections: workers * connections * COUNTS.legs,
  };
}

/** How long a refund holds one place of each resource, in all. Milliseconds. */
export function heldMs(
  costs: Costs,
  { providerMs }: Pick<Deployment, 'providerMs'>,
): Record<Resource, number> {
  return {
    server: costs.server,
    shards: costs.database + COUNTS.transitions * costs.commit,
    database: costs.database,
    'worker cores': costs.worker,
    'main thread': costs.workerMainThread,
    'workflow thread': costs.workerWorkflowThread,
    connections: COUNTS.legs * providerMs,
  };
}

/** The share of each resource that so many refunds a second use; more than 1: it cannot be. */
export function usedOf(perSecond: number, costs: Costs, deployment: Deployment): Record<Resource, number> {
  const [held, places] = [heldMs(costs, deployment), placesOf(deployment)];
  const used = RESOURCES.map((name) => [name, (perSecond * held[name]) / 1_000 / places[name]]);
  return Object.fromEntries(used) as Record<Resource, number>;
}

/** What is simulated of a deployment. */
export interface Traffic {
  perSecond: number;
  refunds: number;
  seed: number;
}

/** Runs refunds, which arrive by chance, through a deployment. */
export function simulateRefunds(
  costs: Costs,
  deployment: Deployment,
  { perSecond, refunds, seed }: Traffic,
): Seen {
  const random = mulberry32(seed);
  const { shards, ...others } = placesOf(deployment);
  const each = Object.fromEntries(Array.from({ length: shards }, (_, index) => [`shard ${index}`, 1]));
  return simulate({
    stations: { ...others, ...each },
    nextArrivalMs: () => exponential(random, 1_000 / perSecond),
    stepsOf: () => stepsOf(costs, deployment, random),
    jobs: refunds,
    warmUp: Math.floor(refunds / 5),
  });
}

/** The two latencies that curves are drawn of. */
export function percentiles({ latenciesMs }: Seen): { p50: number; p99: number } {
  return { p50: quantile(latenciesMs, 0.5), p99: quantile(latenciesMs, 0.99) };
}

/** The way of one refund: its steps alternate between the server, which writes, and a worker, which thinks or calls. */
function stepsOf(costs: Costs, { shards, providerMs }: Deployment, random: () => number): Step[] {
  const { transitions, workflowTasks, legs } = COUNTS;
  const at = (station: string, passMs: number): Step[] => [{ take: station }, { passMs }, { give: station }];
  // A refund and its order lie in shards of their own; which, is as good as chance.
  const ownShards = [0, 1].map(() => `shard ${Math.floor(random() * shards)}`);
  let written = 0;
  const transition = (): Step[] => {
    const shard = ownShards[written++ % 3 === 2 ? 1 : 0] ?? 'shard 0';
    return [
      ...at('server', costs.server / transitions),
      { take: shard },
      ...at('database', costs.database / transitions),
      { passMs: costs.commit },
      { give: shard },
    ];
  };
  const onThread = (thread: Resource, ms: number): Step[] => [
    { take: thread },
    ...at('worker cores', ms),
    { give: thread },
  ];
  const turns = workflowTasks + legs;
  const rest = costs.worker - costs.workerMainThread - costs.workerWorkflowThread;
  const turn = (): Step[] => [
    ...at('worker cores', rest / turns),
    ...onThread('main thread', costs.workerMainThread / turns),
  ];
  const think = (): Step[] => [
    ...turn(),
    ...onThread('workflow thread', costs.workerWorkflowThread / workflowTasks),
  ];
  const call = (): Step[] => [...turn(), ...at('connections', providerMs)];
  const thinking = Array.from({ length: workflowTasks }, (_, task) => [
    ...transition(),
    ...transition(),
    ...think(),
    // Preflight: all providers at the same time.
    ...(task === 0 ? [{ passMs: providerMs }] : []),
  ]);
  const calling = Array.from({ length: legs }, () => [...transition(), ...call(), ...transition()]);
  return [...thinking.slice(0, 2).flat(), ...calling.flat(), ...thinking.slice(2).flat()];
}
