import type { Cost } from '../cost';
import type { Cell, Doubts, OverRounds, Ratio } from '../summary';

/** A table in Markdown, its columns as wide as their longest cell. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(titles), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Rates, latencies and CPU, a row for each variant in each cell. */
export function ratesTable(cells: readonly Cell[]): string {
  return table(
    [
      'providers',
      'at once',
      'variant',
      'refunds/s',
      'p50 ms',
      'p99 ms',
      'CPU ms: worker',
      'engine',
      'driver',
      'RSS MB',
      'heap MB',
    ],
    cells.map((cell) => [
      `${cell.delayMs} ms`,
      String(cell.atOnce),
      cell.variant,
      cell.perSecond.toFixed(1),
      cell.p50Ms.toFixed(0),
      cell.p99Ms.toFixed(0),
      cell.cpuMs.worker.toFixed(1),
      cell.cpuMs.engine?.toFixed(1) ?? '–',
      cell.cpuMs.driver.toFixed(1),
      cell.rssMb.toFixed(0),
      cell.heapMb.toFixed(0),
    ]),
  );
}

/** Ratios, a row for each cell: the median over the rounds, and the lowest and highest round. */
export function ratiosTable(ratios: readonly Ratio[]): string {
  return table(
    ['providers', 'at once', 'ratio', 'rate', 'p50', 'worker CPU', 'engine CPU'],
    ratios.map(({ delayMs, atOnce, of, to, rate, p50, workerCpu, engineCpu }) => [
      `${delayMs} ms`,
      String(atOnce),
      `${of} ÷ ${to}`,
      ...[rate, p50, workerCpu, engineCpu].map(showRatio),
    ]),
  );
}

function showRatio(ratio: OverRounds | undefined): string {
  if (!ratio) return '–';
  const { median, lowest, highest } = ratio;
  return `${median.toFixed(3)} (${lowest.toFixed(2)}–${highest.toFixed(2)})`;
}

/** What one refund costs the server, a row for each way to run it. */
export function costTable(costs: readonly (Cost & { title: string })[]): string {
  return table(
    ['one refund', 'events', 'workflow tasks', 'state transitions', 'history bytes'],
    costs.map((cost) => [
      cost.title,
      ...[cost.events, cost.workflowTasks, cost.stateTransitions, cost.historyBytes].map(String),
    ]),
  );
}

/** Whether the figures can be believed. */
export function conclusion(doubts: Doubts): string {
  if (doubts.length === 0) return 'The machine was quiet enough: these figures can be believed.';
  return `**The machine was too noisy to believe these figures:**\n\n${doubts.map((doubt) => `- ${doubt}`).join('\n')}`;
}
