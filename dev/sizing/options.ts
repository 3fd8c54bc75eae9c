import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number';

/** How sizing is run. */
export interface SizingOptions {
  /** `measure`: what a refund costs, on this machine · `arithmetic`: what follows from what was measured. */
  mode: 'measure' | 'arithmetic';
  refunds: number;
  atOnce: number;
  shards: number;
  /** How many lists a second the server answers for a namespace; undefined: as the compose file's. */
  lists: number | undefined;
  delayMs: number;
  idleSeconds: number;
  /** Folders with executables, looked at before the PATH. */
  programs: string[];
  /** Whether docs/scaling.md and its charts are rewritten. */
  write: boolean;
}

/** How to call it. */
export const USAGE = `Usage: npm run sizing -- [options]
Prints the tables of docs/scaling.md from what was measured (dev/sizing/measured.json), with a simulation of queues.
  --write           rewrite docs/scaling.md between its marks, and the charts of docs/images
  --measure         measure what a refund costs first: a Temporal server over PostgreSQL, the worker as it is built and the
                    simulated providers, all on this machine; writes .cache/sizing.json, with --write also measured.json
  --refunds N       refunds of each shape (1000)
  --at-once N       refunds at the same time (16)
  --shards N        history shards of the server (16, as the compose file)
  --lists N         lists that the server answers in a second (as the compose file; a server's own default is 10)
  --delay N         what an answer of a provider takes, in ms (20)
  --idle N          how long an idle deployment is watched, in s (60)
  --programs A:B    folders with postgres, initdb, psql, temporal-server and temporal-sql-tool; else they are found on the PATH`;

/**
 * Reads the command line.
 * @returns undefined when only help is asked for
 * @throws Error that names the option that is wrong
 */
export function readOptions(parameters: string[]): SizingOptions | undefined {
  const { values } = parseArgs({
    args: parameters,
    options: {
      measure: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      refunds: { type: 'string', default: '1000' },
      'at-once': { type: 'string', default: '16' },
      shards: { type: 'string', default: '16' },
      lists: { type: 'string' },
      delay: { type: 'string', default: '20' },
      idle: { type: 'string', default: '60' },
      programs: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.write && values.lists !== undefined) {
    throw new Error(
      '--lists is for a comparison: the document shows the limit of the compose file, so leave --write out',
    );
  }
  return {
    mode: values.measure ? 'measure' : 'arithmetic',
    refunds: wholeNumber('refunds', values.refunds),
    atOnce: wholeNumber('at-once', values['at-once']),
    shards: wholeNumber('shards', values.shards),
    lists: values.lists === undefined ? undefined : wholeNumber('lists', values.lists),
    delayMs: wholeNumber('delay', values.delay),
    idleSeconds: wholeNumber('idle', values.idle),
    programs: values.programs.split(':').filter((folder) => folder !== ''),
    write: values.write,
  };
}
