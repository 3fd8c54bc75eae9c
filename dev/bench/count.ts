import { orderWorkflowIdOf, workflowIdOf } from '../../src/domain/contract';
import { costOf, dearest } from './cost';
import type { Cost } from './cost';
import type { Shape } from './plain/calls';
import type { BenchServer, Providers } from './environment';
import { executeBare, executeOurs, executeRaw } from './variants';

const REFUNDS_COUNTED = 5;

/** What a refund costs, by the way it is run. */
export type Costs = Record<'bare' | 'ours' | 'oursThroughOurClient' | 'order', Cost>;

/** Titles of the ways, for tables. */
export const COST_TITLES: Record<keyof Costs, string> = {
  bare: 'bare saga, plain client',
  ours: 'ours, plain client',
  oursThroughOurClient: 'ours, our client (summary, details, memo, three attributes)',
  order: 'the order of one refund, a workflow of its own',
};

/** Runs some refunds each way, one after the other, and keeps the dearest; needs both workers. */
export async function countCosts(bench: BenchServer, providers: Providers): Promise<Costs> {
  const orders: Cost[] = [];
  const count = async (prefix: string, one: (bench: BenchServer, refund: Shape) => Promise<void>) => {
    const costs: Cost[] = [];
    for (let number = 0; number < REFUNDS_COUNTED; number += 1) {
      await providers.ensure(1);
      const refund = providers.take();
      await one(bench, refund);
      const { workflow } = bench.client;
      costs.push(await costOf(workflow.getHandle(`${prefix}${refund.refundId}`)));
      if (one === executeRaw)
        orders.push(await costOf(workflow.getHandle(orderWorkflowIdOf(refund.orderId))));
    }
    return dearest(costs);
  };
  return {
    bare: await count('bare:', executeBare),
    ours: await count(workflowIdOf(''), executeRaw),
    oursThroughOurClient: await count(workflowIdOf(''), executeOurs),
    order: dearest(orders),
  };
}
