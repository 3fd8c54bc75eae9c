import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BUNDLE_PATH } from '../../../src/runtime/workers';
import { loadIsolate } from '../isolate';
import { simulateOrder } from './simulate-order';
import type { OrderResult } from './simulate-order';

const ACTIVITIES = [
  ...['planRefund', 'verifyDecision', 'verifyOutcome', 'identifyRun', 'endRefund', 'findRefund', 'checkLeg'],
  ...['refundLeg', 'lookUpRefund', 'reverseLeg', 'lookUpReversal'],
];

/** `npm run simulate:orders -- --seeds N [--from S] [--refunds 50] [--processes P]`, or `--seed S` to replay one. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '40' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      refunds: { type: 'string', default: '50' },
      processes: { type: 'string', default: String(Math.min(4, availableParallelism())) },
      bundle: { type: 'string', default: BUNDLE_PATH },
      'stop-at-first': { type: 'boolean', default: false },
      // Set by this program for the processes it starts.
      share: { type: 'boolean', default: false },
    },
  });
  const from = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const processes = count === 1 ? 1 : Number(values.processes);
  const results: OrderResult[] = [];
  const take = (result: OrderResult) => {
    if (values.share) process.send?.(result);
    else results.push(result);
    return values['stop-at-first'] && result.violations.length > 0;
  };
  if (values.share || processes === 1) {
    const isolate = await loadIsolate(values.bundle, ACTIVITIES);
    for (let seed = from; seed < from + count; seed += values.share ? processes : 1)
      if (take(await simulateOrder(seed, isolate, Number(values.refunds)))) break;
  } else await playInProcesses({ from, count, processes }, take);
  if (!values.share) process.exitCode = report(results, count);
}

async function playInProcesses(
  { from, count, processes }: { from: number; count: number; processes: number },
  take: (result: OrderResult) => boolean,
): Promise<void> {
  const children = Array.from({ length: processes }, (_, index) => {
    const share = [
      `--from=${from + index}`,
      `--seeds=${count - index}`,
      `--processes=${processes}`,
      '--share',
    ];
    return fork(__filename, [...process.argv.slice(2), ...share]);
  });
  const ends = children.map(
    (child) =>
      new Promise<void>((resolve) => {
        child.on('message', (result: OrderResult) => {
          if (take(result)) for (const each of children) each.kill();
        });
        child.on('exit', () => resolve());
      }),
  );
  await Promise.all(ends);
}

/** @returns the exit code: 0 without a violation, and only if the order had to refuse something */
function report(results: readonly OrderResult[], wanted: number): number {
  const sum = (of: (result: OrderResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const broken = results
    .filter(({ violations }) => violations.length > 0)
    .sort((one, other) => one.seed - other.seed);
  const overCap = sum((result) => result.overCap);
  const lines = [
    `${results.length} orders, ${sum(({ refunds }) => refunds)} refunds: ${sum(({ refunded }) => refunded)} refunded, ` +
      `${overCap} refused because less was left; orders went on in a new run ${sum(({ continuations }) => continuations)} times`,
    `violations: ${broken.length}`,
    ...broken
      .slice(0, 10)
      .flatMap(({ seed, violations }) => [
        `  seed ${seed}: ${violations.slice(0, 3).join('; ')}`,
        `    replay: npm run simulate:orders -- --seed ${seed}`,
      ]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return broken.length === 0 && results.length === wanted && overCap > 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
