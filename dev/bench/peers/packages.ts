import { createRequire } from 'node:module';
import path from 'node:path';

/** Where the peers' packages are installed: they are no dependencies of this project. */
export const PEERS = path.resolve(__dirname, '../../../../dev/bench/peers');

/** Loads a package of theirs; what it is like is known only to whoever asks. */
export const load = createRequire(path.join(PEERS, 'package.json')) as (name: string) => unknown;
