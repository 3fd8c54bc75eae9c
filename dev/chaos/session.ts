import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { play } from './actors';
import { Deeds } from './deeds';
import { disturb } from './disturbances';
import type { Disturbances } from './disturbances';
import { saveHistories } from './evidence';
import { letTroubleLoose } from './faults';
import { onGround } from './ground';
import type { Ground } from './ground';
import { HangWatch } from './hangs';
import { Operator } from './operator';
import type { ChaosOptions } from './options';
import { writeScript } from './scripts';
import { SETTLED_AFTER_MS } from './settings';
import type { Stage } from './stage';
import type { Workers } from './workers';

/** What a session leaves to be checked. */
export interface Played {
  stage: Stage;
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
  return onGround(options, async (ground) => check(await playOn(ground, options)));
}

async function playOn(ground: Ground, options: ChaosOptions): Promise<Played> {
  const { server, simulators, workers, connection } = ground;
  const { pace, seed, signal } = options;
  const begun = Date.now();
  const played = new AbortController();
  const deadline = AbortSignal.timeout(options.minutes * 60_000);
  const over = AbortSignal.any([played.signal, deadline, ...(signal ? [signal] : [])]);
  // Every actor listens to it.
  setMaxListeners(0, over);
  const client = new Client({ connection, namespace: server.namespace });
  const stage: Stage = { seed, client, simulators, scripts: new Map(), deeds: new Deeds(), over };
  const folder = path.dirname(options.reportFile);
  const later: Stage = { ...stage, over: signal ?? new AbortController().signal };
  const hangs = new HangWatch(stage, async (refundId) => {
    const script = stage.scripts.get(refundId);
    if (script) await saveHistories(later, script, path.join(folder, 'hung'));
  });

  letTroubleLoose(simulators, seed);
  const calm = new AbortController();
  try {
    const [disturbances] = await Promise.all([
      disturb({ seed, pace, workers, server, simulators, calm: AbortSignal.any([calm.signal, over]) }),
      untilOver(new Operator(stage).work()),
      untilOver(hangs.watch()),
      playAll(stage, options, () => calmDown(stage, options, calm)).finally(() => played.abort()),
    ]);
    signal?.throwIfAborted();
    await sleep(SETTLED_AFTER_MS);
    return { stage: later, workers, disturbances, hangs, seconds: (Date.now() - begun) / 1_000 };
  } finally {
    played.abort();
  }
}

async function calmDown(
  { simulators, over }: Stage,
  { tailMs, log }: ChaosOptions,
  calm: AbortController,
): Promise<void> {
  await sleep(tailMs, undefined, { signal: over }).catch(() => undefined);
  calm.abort();
  simulators.faults.clear();
  log('Calm: nothing more goes wrong.');
}

/** Keeps so many refunds running until all of them have ended; `afterLast` is told that the last one was started. */
async function playAll(stage: Stage, options: ChaosOptions, afterLast: () => Promise<void>): Promise<void> {
  let started = 0;
  let ended = 0;
  let last: Promise<void> | undefined;
  const playNext = async () => {
    while (started < options.refunds && !stage.over.aborted) {
      const script = writeScript(stage.simulators, options.seed, (started += 1));
      stage.scripts.set(script.refundId, script);
      if (started === options.refunds) last = afterLast();
      await untilOver(play(stage, script));
      ended += 1;
      if (ended % 25 === 0) options.log(`${ended} of ${options.refunds} refunds have ended.`);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, playNext));
  await last;
}

/** The end of the session is no failure of those who were still at work. */
async function untilOver(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    const { name = '' } = error as { name?: string };
    if (name !== 'AbortError' && name !== 'TimeoutError') throw error;
  });
}
