import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { play } from './workload';
import { Actions } from './actions';
import { disturb } from './disturbances';
import type { Disturbances } from './disturbances';
import { saveHistories } from './evidence';
import { letTroubleLoose } from './faults';
import { inTestbed } from './environment';
import type { Testbed } from './environment';
import { HangWatch } from './hangs';
import { Operator } from './operator';
import type { ChaosOptions } from './options';
import { writeScript } from './scripts';
import type { Script } from './scripts';
import { SETTLED_AFTER_MS } from './settings';
import type { Context } from './context';
import { Workers } from './workers';

const LOOK_MS = 500;

/** What a session leaves to be checked. */
export interface Played {
  context: Context;
  workers: Workers;
  disturbances: Disturbances;
  hangs: HangWatch;
  seconds: number;
}

/** Plays a session, refunds by the hundred while everything below them breaks; then quiet, then `check`. */
export async function playSession<Result>(
  options: ChaosOptions,
  check: (played: Played) => Promise<Result>,
): Promise<Result> {
  return inTestbed(options, async (testbed) => {
    const { environment } = testbed;
    const workers = new Workers({ script: options.workerScript, count: options.workers, environment });
    try {
      return await check(await playOn(testbed, workers, options));
    } finally {
      await workers.close();
    }
  });
}

async function playOn(testbed: Testbed, workers: Workers, options: ChaosOptions): Promise<Played> {
  const { server, simulators, connection } = testbed;
  const { pace, seed, signal } = options;
  const begun = Date.now();
  const played = new AbortController();
  const deadline = AbortSignal.timeout(options.minutes * 60_000);
  const over = AbortSignal.any([played.signal, deadline, ...(signal ? [signal] : [])]);
  // Everything that runs listens to it.
  setMaxListeners(0, over);
  const client = new Client({ connection, namespace: server.namespace });
  const told = { scripts: new Map(), actions: new Actions() };
  const context: Context = { seed, client, simulators, ...told, lookMs: LOOK_MS, over };
  const folder = path.dirname(options.reportFile);
  const later: Context = { ...context, over: signal ?? new AbortController().signal };
  const hangs = new HangWatch(context, options.bundlePath, async (refundId) => {
    const script = context.scripts.get(refundId);
    if (script) await saveHistories(later, script, path.join(folder, 'hung'));
  });

  letTroubleLoose(simulators, seed);
  const calm = new AbortController();
  try {
    const [disturbances] = await Promise.all([
      disturb({ seed, pace, workers, server, simulators, calm: AbortSignal.any([calm.signal, over]) }),
      untilOver(new Operator(context).work()),
      untilOver(hangs.watch()),
      playAll(context, {
        ...options,
        more: (started) => started < options.refunds,
        afterLast: () => calmDown(context, options, calm),
      }).finally(() => played.abort()),
    ]);
    signal?.throwIfAborted();
    await sleep(SETTLED_AFTER_MS);
    return { context: later, workers, disturbances, hangs, seconds: (Date.now() - begun) / 1_000 };
  } finally {
    played.abort();
  }
}

async function calmDown(
  { simulators, over }: Context,
  { tailMs, log }: ChaosOptions,
  calm: AbortController,
): Promise<void> {
  await sleep(tailMs, undefined, { signal: over }).catch(() => undefined);
  calm.abort();
  simulators.faults.clear();
  log('Calm: nothing more goes wrong.');
}

/** How refunds are played. */
export interface PlayOptions extends Pick<ChaosOptions, 'atOnce' | 'log'> {
  /** Whether one more is started, after so many. */
  more: (started: number) => boolean;
  /** Told once that the last one was started; waited for. */
  afterLast: () => Promise<void> | void;
  /** What is otherwise than the scripts say. */
  change?: (script: Script) => Script;
}

/** Keeps so many refunds running until all of them have ended. */
export async function playAll(context: Context, options: PlayOptions): Promise<void> {
  const { more, afterLast, change } = options;
  let started = 0;
  let ended = 0;
  let last: Promise<void> | undefined;
  const wasLast = () => {
    if (!more(started)) last ??= Promise.resolve(afterLast());
  };
  const playNext = async () => {
    while (more(started) && !context.over.aborted) {
      const written = writeScript(context.simulators, context.seed, (started += 1));
      const script = change ? change(written) : written;
      context.scripts.set(script.refundId, script);
      wasLast();
      await untilOver(play(context, script));
      ended += 1;
      if (ended % 25 === 0) options.log(`${ended} refunds have ended.`);
    }
    wasLast();
  };
  await Promise.all(Array.from({ length: options.atOnce }, playNext));
  await last;
}

/** The end of the session is no failure of those who were still at work. */
export async function untilOver(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    const { name = '' } = error as { name?: string };
    if (name !== 'AbortError' && name !== 'TimeoutError') throw error;
  });
}
