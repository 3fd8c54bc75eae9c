import { workflowIdOf } from '../src/domain/contract';
import { costOf, dearest } from './cost';
import type { Cost } from './cost';
import type { Shape } from './plain/calls';
import type { Ground, Providers } from './stage';
import { executeBare, executeOurs, executeRaw } from './variants';

const REFUNDS_COUNTED = 5;

/** What a refund costs, by the way it is run. */
export type Costs = Record<'bare' | 'ours' | 'oursThroughOurClient', Cost>;

/** Titles of the ways, for tables. */
export const COST_TITLES: Record<keyof Costs, string> = {
  bare: 'bare saga, plain client',
  ours: 'ours, plain client',
  oursThroughOurClient: 'ours, our client (summary, details, memo, three attributes)',
};

/** Runs some refunds each way, one after the other, and keeps the dearest; needs both workers. */
export async function countCosts(ground: Ground, providers: Providers): Promise<Costs> {
  const count = async (prefix: string, one: (ground: Ground, refund: Shape) => Promise<void>) => {
    const costs: Cost[] = [];
    for (let number = 0; number < REFUNDS_COUNTED; number += 1) {
      await providers.ensure(1);
      const refund = providers.take();
      await one(ground, refund);
      costs.push(await costOf(ground.client.workflow.getHandle(`${prefix}${refund.refundId}`)));
    }
    return dearest(costs);
  };
  return {
    bare: await count('bare:', executeBare),
    ours: await count(workflowIdOf(''), executeRaw),
    oursThroughOurClient: await count(workflowIdOf(''), executeOurs),
  };
}
