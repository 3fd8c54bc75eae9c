import { setTimeout as sleep } from 'node:timers/promises';
import { PROVIDERS } from '../../simulators';
import type { Simulators } from '../../simulators';
import type { TemporalServer } from '../temporal-server';
import { Chance } from './chance';
import { LONGEST_FREEZE_MS } from './settings';
import type { Workers } from './workers';

/** What is disturbed. */
export interface Disturbed {
  seed: number;
  workers: Workers;
  server: TemporalServer;
  simulators: Simulators;
  /** Stretches the time between disturbances; below 1 they come faster. Workers are always killed as often. */
  pace: number;
  /** From then on nothing more goes wrong. */
  calm: AbortSignal;
}

/** How often something was disturbed. */
export interface Disturbances {
  freezes: number;
  serverRestarts: number;
  outages: number;
  providerOutages: number;
  emptyFloats: number;
}

type Act = (chance: Chance) => Promise<void> | void;

/** Disturbs everything at seeded times until calm; resolves when all of it works again. */
export async function disturb(disturbed: Disturbed): Promise<Disturbances> {
  const { calm, pace, seed, server, simulators, workers } = disturbed;
  const done = { freezes: 0, serverRestarts: 0, outages: 0, providerOutages: 0, emptyFloats: 0 };
  const every = async (name: string, least: number, most: number, act: Act) => {
    const chance = new Chance(seed, name);
    const pause = () => sleep(chance.between(least, most) * pace, true, { signal: calm }).catch(() => false);
    while (await pause()) await act(chance);
  };
  const anyWorker = (chance: Chance) => chance.pick(...(workers.pids as [number, ...number[]]));
  await Promise.all([
    every('kill', 2_000 / pace, 5_000 / pace, (chance) => workers.kill(anyWorker(chance))),
    every('freeze', 6_000, 14_000, async (chance) => {
      done.freezes += 1;
      await workers.freeze(anyWorker(chance), chance.between(200, LONGEST_FREEZE_MS));
    }),
    every('server', 15_000, 40_000, async (chance) => {
      done.serverRestarts += 1;
      await server.killHard();
      await sleep(chance.between(0, 1_500));
      await server.restart();
    }),
    every('outage', 12_000, 25_000, async (chance) => {
      done.outages += 1;
      await simulators.stop();
      await sleep(chance.between(500, 3_000));
      await simulators.start();
    }),
    every('provider', 8_000, 16_000, (chance) => {
      done.providerOutages += 1;
      const kind = chance.pick('down', 'errorBefore', 'tooMany', 'unauthorized');
      const times = chance.integer(3, 15);
      // Until a date: whole seconds, as HTTP writes them.
      const retryAfter = new Date(Date.now() + chance.between(2_000, 6_000)).toUTCString();
      simulators.faults.add({ provider: chance.pick(...PROVIDERS), kind, times, retryAfter });
    }),
    every('float', 6_000, 15_000, async (chance) => {
      done.emptyFloats += 1;
      await emptyFloats(simulators, chance.between(1_000, 4_000));
    }),
    every('tokens', 5_000, 15_000, () => simulators.sipay.expireTokens()),
  ]);
  return done;
}

async function emptyFloats({ sipay, wyre }: Simulators, milliseconds: number): Promise<void> {
  const balance = sipay.merchantBalance;
  const currencies = ['TRY', 'EUR'].map((currency) => [currency, wyre.partnerBalance(currency)] as const);
  sipay.setMerchantBalance(0);
  for (const [currency] of currencies) wyre.setPartnerBalance(currency, 0);
  await sleep(milliseconds);
  sipay.setMerchantBalance(balance);
  for (const [currency, before] of currencies) wyre.setPartnerBalance(currency, before);
}
