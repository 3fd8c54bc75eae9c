import { processCpuMs } from './machine';
import { measure } from './measure';
import type { Measure } from './measure';
import type { BenchOptions } from './options';
import { Progress } from './progress';
import { startPeers } from './peers';
import { startProviders } from './environment';
import type { BenchServer, Providers } from './environment';
import { startUnlocked, startVariants } from './variants';
import type { Variant } from './variants';

/** So long that V8 has compiled what is hot, and heaps have grown to their size. */
const WARM_UP_MS = 15_000;
const WARM_UP_AT_ONCE = 16;

/** Measures every variant at every delay and concurrency, in rounds in which the variants take turns. */
export async function measureInRounds(bench: BenchServer, options: BenchOptions): Promise<Measure[]> {
  const { delays, atOnce, rounds, seconds, run } = options;
  const measures: Measure[] = [];
  const variants = 3 + (options.peer ? 2 : 0) + (options.lock ? 1 : 0);
  const progress = new Progress(delays.length * (1 + atOnce.length * rounds * variants), options.log);
  for (const delayMs of delays) {
    const providers = await startProviders(`${run}-${delayMs}`, delayMs);
    const started = await startVariants(bench, providers);
    if (options.lock) started.push(await startUnlocked(bench, providers));
    if (options.peer) started.push(...(await startPeers(providers, options.log)));
    for (const variant of started) await variant.run(WARM_UP_AT_ONCE, WARM_UP_MS);
    progress.step(`${delayMs} ms: warmed up`);
    const others = () => cpuOf(bench, providers, started);
    for (const lanes of atOnce) {
      for (let round = 0; round < rounds; round += 1) {
        for (const variant of inTurn(started, round)) {
          const place = { delayMs, atOnce: lanes, round };
          const measured = await measure(variant, place, seconds * 1_000, others);
          measures.push(measured);
          progress.step(
            `${delayMs} ms, ${lanes} at once, round ${round + 1}: ${variant.name} ${measured.perSecond.toFixed(1)}/s`,
          );
        }
      }
    }
    for (const variant of started) await variant.close();
    await providers.child.stop();
  }
  return measures;
}

/**
 * Every round begins with another variant, and half of them run backwards: so each follows each of the others as often.
 * The server still works off timers of the last one when the next begins.
 */
function inTurn(variants: readonly Variant[], round: number): Variant[] {
  const first = round % variants.length;
  const turn = [...variants.slice(first), ...variants.slice(0, first)];
  return round % (2 * variants.length) < variants.length ? turn : turn.reverse();
}

/** CPU time of the benchmark's own processes, the driver left out. */
async function cpuOf(
  bench: BenchServer,
  providers: Providers,
  variants: readonly Variant[],
): Promise<number> {
  const children = [providers.child, ...variants.map(({ worker }) => worker)];
  const used = await Promise.all(children.map((child) => child.usage()));
  const engines = new Set([bench.pid, ...variants.map(({ enginePid }) => enginePid)]);
  const ofEngines = [...engines].map((pid) => processCpuMs(pid) ?? 0);
  return [...used.map(({ cpuMs }) => cpuMs), ...ofEngines].reduce((sum, cpuMs) => sum + cpuMs, 0);
}
