import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BUNDLE_PATH } from '../../src/runtime/workers';
import { loadIsolate } from './isolate';
import { report } from './report';
import { simulate } from './simulate';
import type { SimulationResult } from './simulate';

const ACTIVITIES = [
  'planRefund',
  'identifyRun',
  'endRefund',
  'verifyDecision',
  'verifyOutcome',
  'checkLeg',
  'refundLeg',
  'lookUpRefund',
  'reverseLeg',
  'awaitResumption',
  'lookUpReversal',
];

/** `npm run simulate -- --seeds N [--from S] [--processes P]`, or `--seed S` to replay one. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      processes: { type: 'string', default: String(Math.min(8, availableParallelism())) },
      bundle: { type: 'string', default: BUNDLE_PATH },
      'stop-at-first': { type: 'boolean', default: false },
      // Set by this program for the processes it starts.
      share: { type: 'boolean', default: false },
    },
  });
  const from = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  if (values.share) {
    await playAll(from, count, Number(values.processes), values.bundle, (result) => {
      process.send?.(result);
      return false;
    });
    return;
  }
  const processes = count === 1 ? 1 : Number(values.processes);
  const started = process.hrtime.bigint();
  const results = await (processes === 1
    ? playHere(from, count, values.bundle, values['stop-at-first'])
    : playInProcesses(from, count, processes, process.argv.slice(2), values['stop-at-first']));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  process.exitCode = report(results, count, seconds);
}

async function playHere(
  from: number,
  count: number,
  bundle: string,
  stopAtFirst: boolean,
): Promise<SimulationResult[]> {
  const results: SimulationResult[] = [];
  await playAll(from, count, 1, bundle, (result) => {
    results.push(result);
    return stopAtFirst && result.violations.length > 0;
  });
  return results;
}

async function playAll(
  from: number,
  count: number,
  step: number,
  bundle: string,
  isEnough: (result: SimulationResult) => boolean,
): Promise<void> {
  const isolate = await loadIsolate(bundle, ACTIVITIES);
  for (let seed = from; seed < from + count; seed += step)
    if (isEnough(await simulate(seed, isolate))) return;
}

function playInProcesses(
  from: number,
  count: number,
  processes: number,
  argv: string[],
  stopAtFirst: boolean,
): Promise<SimulationResult[]> {
  const results: SimulationResult[] = [];
  const children = Array.from({ length: processes }, (_, index) => {
    const range = [
      `--from=${from + index}`,
      `--seeds=${count - index}`,
      `--processes=${processes}`,
      '--share',
    ];
    return fork(__filename, [...argv, ...range]);
  });
  const ends = children.map(
    (child) =>
      new Promise<void>((resolve) => {
        child.on('message', (result: SimulationResult) => {
          results.push(result);
          if (stopAtFirst && result.violations.length > 0) for (const each of children) each.kill();
        });
        child.on('exit', () => resolve());
      }),
  );
  return Promise.all(ends).then(() => results);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
