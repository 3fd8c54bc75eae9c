import { createOperatorClient } from '../../src/client/operator';
import { WORKFLOW_TYPE, workflowIdOf } from '../../src/domain/contract';
import { closedLoop } from './loop';
import type { Loop } from './loop';
import type { Shape } from './plain/calls';
import type { Child } from './processes/child';
import type { LoopOrder } from './processes/serve-loop';
import { BARE_TASK_QUEUE, startBare, startLoop, startOurs } from './environment';
import type { BenchServer, Providers } from './environment';

/** One way to make the calls of a refund, ready to be measured. */
export interface Variant {
  name: string;
  /** The process that makes the calls. */
  worker: Child;
  /** Process id of the engine's server; absent where there is none. */
  enginePid?: number;
  run(atOnce: number, milliseconds: number): Promise<Loop>;
  close(): Promise<void>;
}

/** The most refunds a second that any variant may come to here; so many are seeded. */
const MOST_PER_SECOND = 1_500;

/** The three that are always compared, in this order: no engine, the bare saga, ours. */
export async function startVariants(bench: BenchServer, providers: Providers): Promise<Variant[]> {
  const { environment } = providers;
  return [
    inItsProcess('axios', await startLoop('plain/main.js', environment), providers),
    byDriver('bare', await startBare(bench, providers), bench, providers, (refund) =>
      executeBare(bench, refund),
    ),
    byDriver('ours', await startOurs(bench, providers), bench, providers, (refund) =>
      executeOurs(bench, refund),
    ),
  ];
}

/** The queue of the worker that locks no orders. */
const UNLOCKED_TASK_QUEUE = 'unlocked';

/** Ours without the lock of orders, with a worker and a queue of its own. */
export async function startUnlocked(bench: BenchServer, providers: Providers): Promise<Variant> {
  const more = { ORDER_LOCK: 'off', REFUND_TASK_QUEUE: UNLOCKED_TASK_QUEUE };
  const worker = await startOurs(bench, providers, { more });
  const { client } = bench;
  const refunds = createOperatorClient({ client, taskQueue: UNLOCKED_TASK_QUEUE, timeoutMs: 60_000 });
  return byDriver('unlocked', worker, bench, providers, (refund) => executeOurs({ refunds }, refund));
}

/** A variant whose process begins its refunds by itself. */
export function inItsProcess(name: string, worker: Child, providers: Providers, enginePid?: number): Variant {
  return {
    name,
    worker,
    ...(enginePid !== undefined && { enginePid }),
    async run(atOnce, milliseconds) {
      const count = atOnce + MOST_PER_SECOND * Math.ceil(milliseconds / 1_000);
      await providers.ensure(count);
      const order: LoopOrder = { ...providers.skip(count), atOnce, milliseconds };
      return worker.ask<Loop>('loop', order);
    },
    close: () => worker.stop(),
  };
}

function byDriver(
  name: string,
  worker: Child,
  { pid }: BenchServer,
  providers: Providers,
  one: (refund: Shape) => Promise<void>,
): Variant {
  return {
    name,
    worker,
    ...(pid !== undefined && { enginePid: pid }),
    async run(atOnce, milliseconds) {
      await providers.ensure(atOnce + MOST_PER_SECOND * Math.ceil(milliseconds / 1_000));
      return closedLoop(atOnce, milliseconds, () => one(providers.take()));
    },
    close: () => worker.stop(),
  };
}

/** As a service in any language would: Temporal's own client starts it and awaits the result. */
export async function executeBare({ client }: BenchServer, refund: Shape): Promise<void> {
  await client.workflow.execute('bareRefund', {
    taskQueue: BARE_TASK_QUEUE,
    workflowId: `bare:${refund.refundId}`,
    args: [refund],
  });
}

/** As a service in TypeScript would: our client starts it, with its checks, and awaits the result. */
export async function executeOurs({ refunds }: Pick<BenchServer, 'refunds'>, refund: Shape): Promise<void> {
  await refunds.start(refund);
  mustBeRefunded(await refunds.result(refund.refundId));
}

/** As a service in another language would: Temporal's own client and the public contract. */
export async function executeRaw({ client }: BenchServer, refund: Shape): Promise<void> {
  const result: unknown = await client.workflow.execute(WORKFLOW_TYPE, {
    taskQueue: 'refunds',
    workflowId: workflowIdOf(refund.refundId),
    args: [refund],
  });
  mustBeRefunded(result as { status: string });
}

function mustBeRefunded({ status }: { status: string }): void {
  if (status !== 'refunded') throw new Error(`a refund ended as ${status}; what is measured must not`);
}
