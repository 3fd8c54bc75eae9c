import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Providers } from '../environment';
import type { Variant } from '../variants';
import { startDbos } from './dbos';
import { PEERS } from './packages';
import { startRestate } from './restate';

/** Starts the other engines that are installed; says what is missing of the others. */
export async function startPeers(providers: Providers, log: (line: string) => void): Promise<Variant[]> {
  if (!existsSync(path.join(PEERS, 'node_modules'))) {
    log('DBOS and Restate are not installed, so they are left out: npm --prefix dev/bench/peers ci');
    return [];
  }
  const started: Variant[] = [];
  for (const start of [startDbos, startRestate]) {
    const peer = await start(providers);
    if (typeof peer === 'string') log(peer);
    else started.push(peer);
  }
  return started;
}
