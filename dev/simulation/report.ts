import type { SimulationResult } from './simulate';

const SHOWN = 10;

/** Prints what a run of seeds came to. @returns the exit code: 0 without a violation, and only if the test did bite */
export function report(results: readonly SimulationResult[], wanted: number, seconds: number): number {
  const broken = results
    .filter(({ violations }) => violations.length > 0)
    .sort((one, other) => one.seed - other.seed);
  const repeated = results.reduce((sum, result) => sum + result.repeated, 0);
  const doubled = results.reduce((sum, result) => sum + result.doubled, 0);
  const undecidable = results.reduce((sum, result) => sum + result.undecidable, 0);
  const statuses = new Map<string, number>();
  for (const { status } of results) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const counts = [...statuses].sort().map(([status, count]) => `${status} ${count}`);
  const lines = [
    `${results.length} refunds in ${seconds.toFixed(1)} s of real time (${(results.length / seconds).toFixed(0)} a second)`,
    `ended: ${counts.join(', ')}`,
    `needed an operator: ${results.filter(({ parked }) => parked).length}; refunds sent again: ${repeated}`,
    `counted apart: ${undecidable} legs refunded by somebody else while ours was in doubt, where no record says whose it is; ${doubled} executed twice by a gateway`,
    `violations: ${broken.length}`,
    ...broken
      .slice(0, SHOWN)
      .flatMap(({ seed, violations }) => [
        `  seed ${seed}: ${violations.slice(0, 3).join('; ')}`,
        `    replay: npm run simulate -- --seed ${seed}`,
      ]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  const isComplete = results.length === wanted;
  if (!isComplete) process.stdout.write(`only ${results.length} of ${wanted} seeds were played\n`);
  if (wanted >= 100 && repeated === 0)
    process.stdout.write('nothing was sent again: this run proved nothing\n');
  return broken.length === 0 && isComplete && (wanted < 100 || repeated > 0) ? 0 : 1;
}
