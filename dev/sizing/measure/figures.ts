import type { BytesAtRest, Cpu, IdleFigures, ShapeFigures } from '../measured';
import { sumOf } from './database';
import type { Sizes } from './database';
import type { Used } from './reading';
import { latencyOf } from './shapes';
import type { Driven, Shape } from './shapes';

/** What a refund of a shape cost: what was used, less what an idle deployment spends, by their number. */
export function figuresOf(
  { name, title, isDecided }: Shape,
  refunds: number,
  {
    driven: { durationsMs, seconds } = { durationsMs: [], seconds: 0 },
    used,
    idle,
    before,
    after,
  }: { driven: Driven | undefined; used: Used; idle: IdleFigures; before: Sizes; after: Sizes },
): ShapeFigures {
  const each = (sum: number, idlePerSecond = 0) => Math.max(0, sum - idlePerSecond * used.seconds) / refunds;
  const byDatabase = ({ main, visibility }: { main: number; visibility: number }) => ({
    main: each(main),
    visibility: each(visibility),
  });
  const bytes = Object.fromEntries(
    (Object.keys(after.packed) as (keyof BytesAtRest)[]).map((kept) => [
      kept,
      each(after.packed[kept] - before.packed[kept]),
    ]),
  ) as unknown as BytesAtRest;
  return {
    ...{ name, title, refunds, perSecond: refunds / seconds },
    ...(!isDecided && { latencyMs: latencyOf(durationsMs) }),
    cpuMs: mapCpu((part) => each(used.cpuMs[part], idle.cpuMs[part])),
    transactions: byDatabase({
      main: used.transactions.main - idle.transactions * used.seconds,
      visibility: used.transactions.visibility,
    }),
    rowsWritten: byDatabase(used.rowsWritten),
    listQueries: each(used.listQueries),
    walBytes: { sum: each(used.walBytes.sum, idle.walBytes), ...byDatabase(used.walBytes) },
    walFullPages: each(used.walFullPages),
    walSyncs: used.walSyncs === undefined ? null : each(used.walSyncs),
    bytes,
    bytesUnpacked: each(after.unpacked - sumOf(before.packed)),
  };
}

/** What was used in a second. */
export function perSecond({ seconds, cpuMs, transactions, walBytes }: Used): IdleFigures {
  return {
    seconds,
    cpuMs: mapCpu((part) => cpuMs[part] / seconds),
    transactions: (transactions.main + transactions.visibility) / seconds,
    walBytes: walBytes.sum / seconds,
  };
}

/** CPU, part by part. */
export function mapCpu(value: (part: keyof Cpu) => number): Cpu {
  return {
    worker: value('worker'),
    workerMainThread: value('workerMainThread'),
    workerWorkflowThread: value('workerWorkflowThread'),
    server: value('server'),
    database: value('database'),
  };
}

/** CPU in a line. */
export function showCpu({ worker, server, database }: Cpu): string {
  return `CPU ms: worker ${worker.toFixed(1)}, server ${server.toFixed(1)}, database ${database.toFixed(1)}`;
}
