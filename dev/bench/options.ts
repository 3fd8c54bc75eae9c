import path from 'node:path';
import { parseArgs } from 'node:util';

/** How the benchmark is run. */
export interface BenchOptions {
  /**
   * `compare`: all variants, timed · `quick`: counts only · `growth`: one worker for long · `heap`: retained memory ·
   * `hang`: others while one provider hangs.
   */
  mode: 'compare' | 'quick' | 'growth' | 'heap' | 'hang';
  rounds: number;
  /** What each provider's answer takes, in milliseconds. */
  delays: number[];
  atOnce: number[];
  /** How long one variant is measured in one round. */
  seconds: number;
  /** Refunds of a growth run, and how many of them are parked at any time. */
  refunds: number;
  parked: number;
  /** Whether DBOS and Restate are measured too. */
  peer: boolean;
  /** Whether ours is measured without the lock of orders too. */
  lock: boolean;
  /** Without its ending; `.json`, `.svg` and `.md` are written. */
  report: string;
  /** What makes the ids of this run different from those of any other. */
  run: string;
  log: (line: string) => void;
}

/** How to call it. */
export const USAGE = `Usage: npm run bench -- [options]
  --quick            counts only, under a minute; fails when a budget is exceeded
  --growth           many refunds through one worker (--refunds 10000 --parked 1000)
  --heap             heap that parked runs retain in the worker
  --hang             other providers' refunds while one answers nothing (--seconds a phase)
  --rounds N         rounds in which the variants take turns (6)
  --delays A,B       what an answer of a provider takes, in ms (0,20,200)
  --at-once A,B      refunds at the same time (1,16,64)
  --seconds N        how long a variant is measured in a round (4)
  --peer             measure DBOS and Restate too, where they are installed
  --lock             measure ours with ORDER_LOCK=off too
  --report FILE      where the report goes, without its ending (dev/bench/results/<mode>)`;

/**
 * Reads the command line.
 * @returns undefined when only help is asked for
 * @throws Error that names the option that is wrong
 */
export function readOptions(parameters: string[], log: (line: string) => void): BenchOptions | undefined {
  const { values } = parseArgs({
    args: parameters,
    options: {
      quick: { type: 'boolean', default: false },
      growth: { type: 'boolean', default: false },
      heap: { type: 'boolean', default: false },
      hang: { type: 'boolean', default: false },
      peer: { type: 'boolean', default: false },
      lock: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '6' },
      delays: { type: 'string', default: '0,20,200' },
      'at-once': { type: 'string', default: '1,16,64' },
      seconds: { type: 'string', default: '4' },
      refunds: { type: 'string', default: '10000' },
      parked: { type: 'string', default: '1000' },
      report: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const mode = (['quick', 'growth', 'heap', 'hang'] as const).find((name) => values[name]) ?? 'compare';
  const report = values.report ?? path.resolve(__dirname, '../../../dev/bench/results', mode);
  return {
    mode,
    rounds: wholeNumber('rounds', values.rounds, 1),
    delays: values.delays.split(',').map((text) => wholeNumber('delays', text, 0)),
    atOnce: values['at-once'].split(',').map((text) => wholeNumber('at-once', text, 1)),
    seconds: wholeNumber('seconds', values.seconds, 1),
    refunds: wholeNumber('refunds', values.refunds, 1),
    parked: wholeNumber('parked', values.parked, 1),
    peer: values.peer,
    lock: values.lock,
    report: path.resolve(report.replace(/\.(json|svg|md)$/, '')),
    run: `b${(Date.now() % 1e7).toString(36)}`,
    log,
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (number < least) throw new Error(`--${name} should be a whole number, ${least} or more`);
  return number;
}
