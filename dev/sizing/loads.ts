import { shapeOf } from './measured';
import type { BytesAtRest, Measured } from './measured';
import { costsOf, COUNTS, RESOURCES, usedOf } from './queue/refund';
import type { Deployment, Resource } from './queue/refund';

/** The loads that a deployment is planned for, refunds in an hour. */
export const HOURLY = [100, 10_000, 1_000_000] as const;

/** No resource is planned to be busier: above it, waiting grows faster than the load. */
const BUSY = 0.6;
/** A shard writes one after the other, and some have twice the traffic of others. */
const BUSY_SHARD = 0.3;
const DAY_HOURS = 24;
/** As the compose file keeps closed runs. */
const RETENTION_DAYS = 30;
/** `ORDER_MEMORY`: so long an order's run stays open after its last refund. */
const ORDER_MEMORY_DAYS = 90;

/** The smallest thing that runs: the compose file on one machine, but that each part has two cores of its own. */
export const SMALLEST: Deployment = {
  ...{ workers: 1, coresOfWorker: 2, coresOfServer: 2, coresOfDatabase: 2, shards: 16 },
  ...{ providerMs: 200, connections: 50 },
};

/** What so many refunds need. */
export interface Needs {
  hourly: number;
  perSecond: number;
  /** Of two cores each; two at least, so that one may be replaced. */
  workers: number;
  coresOfServer: number;
  coresOfDatabase: number;
  /** At least so many. */
  shards: number;
  connectionsInUse: number;
  transactionsPerSecond: number;
  listsPerSecond: number;
  walMegabytesPerSecond: number;
  /** Where every hour is like this. */
  gigabytesKept: BytesAtRest;
  rowsOfVisibility: number;
}

/** What a load needs of each resource. */
export function needsOf(hourly: number, measured: Measured): Needs {
  const perSecond = hourly / 3_600;
  const happy = shapeOf(measured, 'happy');
  const costs = costsOf(measured);
  const { coresOfWorker, providerMs } = SMALLEST;
  const cores = (ms: number) => (perSecond * ms) / 1_000 / BUSY;
  const busiestThread = Math.max(costs.workerMainThread, costs.workerWorkflowThread);
  const refundsKept = hourly * DAY_HOURS * RETENTION_DAYS;
  const ordersKept = hourly * DAY_HOURS * (ORDER_MEMORY_DAYS + RETENTION_DAYS);
  const refundAlone = shapeOf(measured, 'unlocked').bytes;
  const gigabytes = (what: keyof BytesAtRest) => {
    const ofOrder = Math.max(0, happy.bytes[what] - refundAlone[what]);
    return (refundAlone[what] * refundsKept + ofOrder * ordersKept) / 1e9;
  };
  return {
    hourly,
    perSecond,
    workers: Math.max(2, Math.ceil(cores(costs.worker) / coresOfWorker), Math.ceil(cores(busiestThread))),
    coresOfServer: cores(costs.server),
    coresOfDatabase: cores(costs.database),
    shards: Math.ceil(
      (perSecond * (costs.database + COUNTS.transitions * costs.commit)) / 1_000 / BUSY_SHARD,
    ),
    connectionsInUse: (perSecond * COUNTS.legs * providerMs) / 1_000,
    transactionsPerSecond: perSecond * (happy.transactions.main + happy.transactions.visibility),
    listsPerSecond: perSecond * happy.listQueries,
    walMegabytesPerSecond: (perSecond * happy.walBytes.sum) / 1e6,
    gigabytesKept: {
      history: gigabytes('history'),
      executions: gigabytes('executions'),
      tasks: gigabytes('tasks'),
      visibility: gigabytes('visibility'),
    },
    rowsOfVisibility: refundsKept + ordersKept,
  };
}

/** How much of the smallest deployment a load uses, the most used first. */
export function usedOfSmallest(hourly: number, measured: Measured): [Resource, number][] {
  const used = usedOf(hourly / 3_600, costsOf(measured), SMALLEST);
  return RESOURCES.map((name): [Resource, number] => [name, used[name]]).sort(([, a], [, b]) => b - a);
}
