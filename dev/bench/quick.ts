import { BUDGET, CLIENT_BYTES, EVENTS_SAVED_BY_CLIENT, overBudget } from './budgets';
import { COST_TITLES, countCosts } from './count';
import type { Costs } from './count';
import type { BenchOptions } from './options';
import { costTable } from './report/markdown';
import { startBare, startServer, startOurs, startProviders } from './environment';

/**
 * Counts what a refund costs; says nothing about time, so that any machine may run it.
 * @returns whether every count is within its budget
 */
export async function quick({ run, log }: BenchOptions): Promise<boolean> {
  const bench = await startServer();
  const providers = await startProviders(run, 0);
  log('Temporal server and providers are up');
  const [bare, ours] = await Promise.all([startBare(bench, providers), startOurs(bench, providers)]);
  log('workers are up');
  const costs = await countCosts(bench, providers);
  log(`\n${costTable(rowsOf(costs))}\n`);
  await Promise.all([bare.stop(), ours.stop()]);
  await providers.child.stop();
  await bench.close();

  const throughOurClient = {
    ...BUDGET,
    events: BUDGET.events - EVENTS_SAVED_BY_CLIENT,
    historyBytes: costs.ours.historyBytes + CLIENT_BYTES,
  };
  const over = [
    ...overBudget(costs.ours, BUDGET),
    ...overBudget(costs.oursThroughOurClient, throughOurClient),
  ];
  log(over.length === 0 ? 'Every count is within its budget.' : `Over budget: ${over.join('; ')}`);
  return over.length === 0;
}

/** The rows of the table of costs. */
export function rowsOf(costs: Costs) {
  return (Object.keys(COST_TITLES) as (keyof Costs)[]).map((name) => ({
    title: COST_TITLES[name],
    ...costs[name],
  }));
}
