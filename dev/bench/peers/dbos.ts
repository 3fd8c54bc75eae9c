import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../../temporal-server/ports';
import { startLoop } from '../environment';
import { unprivileged } from '../processes/unprivileged';
import type { Providers } from '../environment';
import { inItsProcess } from '../variants';
import type { Variant } from '../variants';
import { overEngine, startEngine } from './engine';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';

/** Starts DBOS over a PostgreSQL of its own, with its durable settings. */
export async function startDbos(providers: Providers): Promise<Variant | string> {
  const programs = programsOfPostgres();
  if (programs === undefined)
    return 'PostgreSQL is not installed, so DBOS is left out: apt install postgresql';
  const folder = await mkdtemp(path.join(tmpdir(), 'refund-bench-postgres-'));
  const user = await unprivileged();
  if (user) await chown(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder };
  await run(path.join(programs, 'initdb'), ['-D', `${folder}/data`, '-U', 'bench', '-A', 'trust'], options);
  const port = await findFreePort();
  const parameters = ['-D', `${folder}/data`, '-k', folder, '-p', String(port), '-h', '127.0.0.1'];
  const engine = startEngine(path.join(programs, 'postgres'), parameters, options);
  const worker = await startLoop('peers/dbos-main.js', {
    ...providers.environment,
    DBOS_SYSTEM_DATABASE_URL: `postgresql://bench@127.0.0.1:${port}/dbos`,
  });
  return overEngine(inItsProcess('DBOS', worker, providers, engine.pid), engine, folder);
}

function programsOfPostgres(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const newest = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : path.join(VERSIONS, newest, 'bin');
}
