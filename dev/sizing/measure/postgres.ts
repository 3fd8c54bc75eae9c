import { execFile } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { startEngine, untilItWorks } from '../../bench/peers/engine';
import { unprivileged } from '../../bench/processes/unprivileged';
import { findFreePort } from '../../temporal-server/ports';
import type { Programs } from './programs';

const run = promisify(execFile);

/** The user that the server connects as; nobody else reaches this database. */
export const DATABASE_USER = 'temporal';

/** A PostgreSQL of its own, with the settings that it is shipped with. */
export interface Postgres {
  port: number;
  pid: number;
  /** The rows of a query, each a list of texts. */
  query(database: string, statement: string): Promise<string[][]>;
  stop(): Promise<void>;
}

/** Makes a database cluster in a folder and starts it. */
export async function startPostgres(programs: Programs, folder: string): Promise<Postgres> {
  const user = await unprivileged();
  const home = path.join(folder, 'postgres');
  await mkdir(home);
  if (user) await chown(home, user.uid, user.gid);
  const options = { ...user, cwd: home };
  await run(
    programs.initdb,
    ['-D', `${home}/data`, '-U', DATABASE_USER, '-A', 'trust', '-E', 'UTF8'],
    options,
  );
  const port = await findFreePort();
  const engine = startEngine(
    programs.postgres,
    // Which database wrote how much of the log is told by this extension alone.
    [
      ...['-D', `${home}/data`, '-k', home, '-p', String(port), '-h', '127.0.0.1'],
      ...['-c', 'shared_preload_libraries=pg_stat_statements', '-c', 'pg_stat_statements.max=10000'],
    ],
    options,
  );
  const query = async (database: string, statement: string): Promise<string[][]> => {
    const parameters = [
      '--no-psqlrc',
      '--tuples-only',
      '--no-align',
      '--field-separator=\t',
      '--command',
      statement,
    ];
    const address = [
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--username',
      DATABASE_USER,
      '--dbname',
      database,
    ];
    const { stdout } = await run(programs.psql, [...address, ...parameters], { maxBuffer: 1e8 });
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
  };
  await untilItWorks(() => query('postgres', 'create extension if not exists pg_stat_statements'));
  if (engine.pid === undefined) throw new Error('PostgreSQL did not start');
  return { port, pid: engine.pid, query, stop: () => engine.stop() };
}
