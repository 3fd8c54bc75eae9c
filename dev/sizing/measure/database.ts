import type { ByDatabase, BytesAtRest } from '../measured';
import type { Postgres } from './postgres';
import { DATABASES } from './temporal';

const NAMES = ['main', 'visibility'] as const;

/** What the databases have done until now. */
export interface DatabaseCounters {
  transactions: ByDatabase;
  rowsWritten: ByDatabase;
  listQueries: number;
  walBytes: { sum: number } & ByDatabase;
  walFullPages: number;
  /** Undefined where this version of PostgreSQL tells it elsewhere. */
  walSyncs: number | undefined;
}

/** So long until every connection has told what it did: one that is idle tells within ten seconds. Milliseconds. */
export const COUNTERS_LAG_MS = 11_000;

const COUNTERS = `
  select d.datname, d.xact_commit + d.xact_rollback, d.tup_inserted + d.tup_updated + d.tup_deleted,
    (select coalesce(sum(wal_bytes), 0) from pg_stat_statements s where s.dbid = d.datid)
  from pg_stat_database d where d.datname in ('${DATABASES.main}', '${DATABASES.visibility}')`;
const LIST_QUERIES = `
  select coalesce(sum(calls), 0) from pg_stat_statements
  where dbid = (select oid from pg_database where datname = '${DATABASES.visibility}')
    and query ~* '^\\s*select' and query ~* 'executions_visibility'`;
const WAL = `select pg_current_wal_lsn() - '0/0', wal_fpi, to_jsonb(w) ->> 'wal_sync' from pg_stat_wal w`;

/** Reads the counters. */
export async function readCounters(postgres: Postgres): Promise<DatabaseCounters> {
  const [rows, [wal], [lists]] = await Promise.all([
    postgres.query('postgres', COUNTERS),
    postgres.query('postgres', WAL),
    postgres.query('postgres', LIST_QUERIES),
  ]);
  const column = (index: number): ByDatabase => {
    const valueOf = (name: (typeof NAMES)[number]) =>
      Number(rows.find(([database]) => database === DATABASES[name])?.[index] ?? Number.NaN);
    return { main: valueOf('main'), visibility: valueOf('visibility') };
  };
  const [sum = '', fullPages = '', syncs = ''] = wal ?? [];
  return {
    transactions: column(1),
    rowsWritten: column(2),
    listQueries: Number(lists?.[0]),
    walBytes: { sum: Number(sum), ...column(3) },
    walFullPages: Number(fullPages),
    walSyncs: syncs === '' ? undefined : Number(syncs),
  };
}

const SIZES = `
  select relname, pg_total_relation_size(oid) from pg_class
  where relkind = 'r' and relnamespace = 'public'::regnamespace`;

/** What is in the tables of both databases, with their indexes, as they stand and packed. */
export interface Sizes {
  packed: BytesAtRest;
  unpacked: number;
}

/** Weighs the tables, packs them, and weighs them again. */
export async function weighAndPack(postgres: Postgres): Promise<Sizes> {
  const unpacked = sumOf(await weigh(postgres));
  for (const name of NAMES) await postgres.query(DATABASES[name], 'vacuum full');
  return { packed: await weigh(postgres), unpacked };
}

/** All bytes together. */
export function sumOf({ history, executions, tasks, visibility }: BytesAtRest): number {
  return history + executions + tasks + visibility;
}

async function weigh(postgres: Postgres): Promise<BytesAtRest> {
  const bytes: BytesAtRest = { history: 0, executions: 0, tasks: 0, visibility: 0 };
  for (const name of NAMES) {
    for (const [table = '', size = ''] of await postgres.query(DATABASES[name], SIZES)) {
      const kept = name === 'visibility' ? 'visibility' : keptFor(table);
      if (kept) bytes[kept] += Number(size);
    }
  }
  return bytes;
}

/** What a table of the main database is for; undefined: what the server keeps of itself. */
function keptFor(table: string): keyof BytesAtRest | undefined {
  if (/^history_(node|tree)$/.test(table)) return 'history';
  if (/_tasks$|^tasks/.test(table)) return 'tasks';
  return /executions$|_maps$|_sets$|^buffered_events$/.test(table) ? 'executions' : undefined;
}
