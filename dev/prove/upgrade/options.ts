import path from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../whole-number';

/** How the proof is run. */
export interface UpgradeOptions {
  /** How many refunds are under way at the same time. */
  atOnce: number;
  seed: number;
  /** After so long whatever still runs counts as never ended. */
  minutes: number;
  /** The build. */
  dist: string;
  /** Where what is under way is told. */
  log: (line: string) => void;
}

/**
 * Reads the command line.
 * @throws Error that names the option that is wrong
 */
export function readOptions(parameters: string[], log: (line: string) => void): UpgradeOptions {
  const { values } = parseArgs({
    args: parameters,
    options: {
      'at-once': { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '20' },
    },
  });
  return {
    atOnce: wholeNumber('at-once', values['at-once']),
    seed: wholeNumber('seed', values.seed),
    minutes: wholeNumber('minutes', values.minutes),
    dist: path.resolve(__dirname, '../../..'),
    log,
  };
}
