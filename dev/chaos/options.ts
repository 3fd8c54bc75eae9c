import path from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number';

/** How a session is run. */
export interface ChaosOptions {
  refunds: number;
  seed: number;
  /** After so long whatever still runs counts as never ended. */
  minutes: number;
  /** How many refunds run at the same time. */
  atOnce: number;
  workers: number;
  /** The compiled worker and its workflow bundle. */
  workerScript: string;
  bundlePath: string;
  /** Where the report goes; histories of refunds that broke a rule are written beside it. */
  reportFile: string;
  /** Stretches the time between disturbances, but for the killing of workers. */
  pace: number;
  /** How long things go wrong after the last refund was started. Milliseconds. */
  tailMs: number;
  /** Told how far the session is. */
  log: (line: string) => void;
  /** Ends the session early. */
  signal?: AbortSignal;
}

const DIST = path.resolve(__dirname, '../..');

/**
 * Reads the command line.
 * @throws Error that names the option that is wrong
 */
export function readOptions(parameters: string[], log: (line: string) => void): ChaosOptions {
  const { values } = parseArgs({
    args: parameters,
    options: {
      refunds: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string' },
      'at-once': { type: 'string', default: '40' },
      report: { type: 'string' },
    },
  });
  const refunds = wholeNumber('refunds', values.refunds);
  const seed = wholeNumber('seed', values.seed);
  const reportFile = values.report ?? path.join(DIST, '../.cache/chaos', `seed-${seed}`, 'report.json');
  return {
    refunds,
    seed,
    minutes: values.minutes === undefined ? 4 + refunds / 40 : wholeNumber('minutes', values.minutes),
    atOnce: wholeNumber('at-once', values['at-once']),
    workers: 2,
    workerScript: path.join(DIST, 'src/worker.js'),
    bundlePath: path.join(DIST, 'workflow-bundle.js'),
    reportFile: path.resolve(reportFile),
    pace: 1,
    tailMs: 15_000,
    log,
  };
}
