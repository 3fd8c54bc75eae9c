import { countCosts } from './count';
import type { Costs } from './count';
import { describeMachine } from './machine';
import type { Measure } from './measure';
import type { BenchOptions } from './options';
import { rowsOf } from './quick';
import { barChart } from './report/chart';
import { costTable, ratesTable, ratiosTable, conclusion } from './report/markdown';
import { writeReport } from './report/write';
import { measureInRounds } from './rounds';
import { startBare, startServer, startOurs, startProviders } from './environment';
import type { BenchServer } from './environment';
import { cellsOf, doubtsAbout, ratiosOf } from './summary';
import type { Cell } from './summary';

/** Measures all variants against each other and writes the report. */
export async function compare(options: BenchOptions): Promise<boolean> {
  const { log, report } = options;
  const bench = await startServer();
  const measures = await measureInRounds(bench, options);
  const costs = await count(bench, options);
  await bench.close();

  const markdown = markdownOf(measures, costs);
  const cells = cellsOf(measures);
  await writeReport(report, {
    figures: {
      machine: describeMachine(),
      settings: { rounds: options.rounds, seconds: options.seconds },
      doubts: doubtsAbout(measures),
      cells,
      ratios: allRatios(measures),
      costs,
      measures: measures.map(({ durationsMs, ...measure }) => ({ ...measure, refunds: durationsMs.length })),
    },
    markdown,
    chart: barChart(chartOf(cells)),
  });
  log(`\n${markdown}\n\nWritten: ${report}.json, .md and .svg`);
  return true;
}

async function count(bench: BenchServer, { run }: BenchOptions): Promise<Costs> {
  const providers = await startProviders(`${run}-count`, 0);
  const workers = await Promise.all([startBare(bench, providers), startOurs(bench, providers)]);
  const costs = await countCosts(bench, providers);
  await Promise.all([...workers, providers.child].map((child) => child.stop()));
  return costs;
}

function markdownOf(measures: readonly Measure[], costs: Costs): string {
  const { cpu, cores, memoryGb, system, node } = describeMachine();
  return [
    `${cores} cores (${cpu}), ${memoryGb} GB, ${system}, Node ${node}. Driver, providers, worker and server share them.`,
    conclusion(doubtsAbout(measures)),
    ratesTable(cellsOf(measures)),
    ratiosTable(allRatios(measures)),
    costTable(rowsOf(costs)),
  ].join('\n\n');
}

function allRatios(measures: readonly Measure[]) {
  const names = [...new Set(measures.map(({ variant }) => variant))];
  return names.filter((name) => name !== 'ours').flatMap((name) => ratiosOf(measures, 'ours', name));
}

function chartOf(cells: readonly Cell[]) {
  const labels = [...new Set(cells.map(({ delayMs, atOnce }) => `${delayMs} ms × ${atOnce}`))];
  const names = [...new Set(cells.map(({ variant }) => variant))];
  return {
    title: 'Refunds a second, by the time a provider takes and refunds at once',
    unit: 'logarithmic',
    labels,
    series: names.map((name) => ({
      title: name,
      values: cells.filter(({ variant }) => variant === name).map(({ perSecond }) => perSecond),
    })),
  };
}
