import { setTimeout as sleep } from 'node:timers/promises';
import { startOurs, startProviders, startServer } from './environment';
import { aHangingRefund, anUndisturbedRefund } from './hanging';
import type { BenchServer } from './environment';
import type { BenchOptions } from './options';
import type { HangRange } from './processes/providers';
import { quantile } from './statistics';

/** What begins each second: refunds of the provider that hangs, and as many again twice of another one. */
const HANGING_PER_SECOND = 1;
const UNDISTURBED_PER_SECOND = 2;

/** The most that the others' 99th percentile may rise while a provider hangs. */
const MOST = 1.1;

/** A request to a provider that hangs ends then, so that a phase holds many of them. */
const CALL_TIMEOUT = '5s';
const DRAIN_MS = 12_000;

type Phase = 'answers' | 'hangs';

/**
 * Measures what refunds of other providers take while one answers nothing: questions and movements alike. The phases take
 * turns, so that a slow moment of the machine counts for both.
 * @returns whether it is as before
 */
export async function hang({ run, rounds, seconds, log }: BenchOptions): Promise<boolean> {
  const bench = await startServer();
  const providers = await startProviders(run, 20);
  const worker = await startOurs(bench, providers, { more: { CALL_TIMEOUT } });
  const taken: Record<Phase, number[]> = { answers: [], hangs: [] };
  let next = 0;
  const play = async (phase: Phase, keep: boolean) => {
    const count = UNDISTURBED_PER_SECOND * seconds;
    await providers.child.ask('seedHang', { run, from: next, to: next + count } satisfies HangRange);
    await providers.child.ask('hang', phase === 'hangs');
    const durations = await load(bench, { run, from: next, seconds });
    await providers.child.ask('hang', false);
    next += count;
    if (keep) taken[phase].push(...durations);
    await sleep(phase === 'hangs' ? DRAIN_MS : 0);
  };
  await play('answers', false);
  for (let round = 0; round < rounds; round += 1) {
    await play('answers', true);
    await play('hangs', true);
    log(
      `round ${round + 1} of ${rounds}: ${rowOf('answers', taken.answers)}; ${rowOf('hangs', taken.hangs)}`,
    );
  }
  await worker.stop();
  await providers.child.stop();
  await bench.close();
  const ratio = quantile(taken.hangs, 0.99) / quantile(taken.answers, 0.99);
  log(`While sipay hangs, the 99th percentile of wyre's refunds is ${ratio.toFixed(2)} of what it was.`);
  return ratio <= MOST;
}

function rowOf(phase: Phase, durations: readonly number[]): string {
  const at = (share: number) => `${quantile(durations, share).toFixed(0)} ms`;
  return `sipay ${phase}: p50 ${at(0.5)}, p99 ${at(0.99)} of ${durations.length}`;
}

/** Begins refunds at a steady pace, whether or not those before have ended; how long those of the other provider took. */
async function load(
  { refunds }: BenchServer,
  { run, from, seconds }: { run: string; from: number; seconds: number },
): Promise<number[]> {
  const count = UNDISTURBED_PER_SECOND * seconds;
  const each = UNDISTURBED_PER_SECOND / HANGING_PER_SECOND;
  const begun = performance.now();
  const ends: Promise<number>[] = [];
  for (let number = 0; number < count; number += 1) {
    await sleep(Math.max(0, begun + (number * 1_000) / UNDISTURBED_PER_SECOND - performance.now()));
    if (number % each === 0) void refunds.start(aHangingRefund(run, from + number));
    const startedAt = performance.now();
    const { refundId } = await refunds.start(anUndisturbedRefund(run, from + number));
    ends.push(refunds.result(refundId).then(() => performance.now() - startedAt));
  }
  return Promise.all(ends);
}
