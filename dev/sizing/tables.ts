import { table } from '../bench/report/markdown';
import { ACTION_KINDS, sumOfActions } from './actions';
import type { BilledRun } from './histories';
import { HOURLY, needsOf, usedOfSmallest } from './loads';
import type { Measured, ShapeFigures } from './measured';
import type { Point } from './curves';

/** What one refund costs in CPU and writes, a row for each shape. */
export function workTable({ shapes }: Measured): string {
  return table(
    [
      'one refund',
      'CPU ms: worker',
      'of that main thread',
      'server',
      'database',
      'transactions',
      'rows written',
      'lists asked',
      'log KB',
      'of that visibility',
      'log flushes',
    ],
    shapes.map(({ title, cpuMs, transactions, rowsWritten, listQueries, walBytes, walSyncs }) => [
      title,
      ...[cpuMs.worker, cpuMs.workerMainThread, cpuMs.server, cpuMs.database].map((ms) => ms.toFixed(0)),
      (transactions.main + transactions.visibility).toFixed(0),
      (rowsWritten.main + rowsWritten.visibility).toFixed(0),
      listQueries.toFixed(1),
      kilobytes(walBytes.sum),
      percent(walBytes.visibility / walBytes.sum),
      walSyncs?.toFixed(0) ?? '–',
    ]),
  );
}

/** How fast the closed loop went. */
export function rateTable({ shapes, atOnce }: Measured): string {
  const latency = ({ latencyMs }: ShapeFigures, name: 'p50' | 'p99') => latencyMs?.[name].toFixed(0) ?? '–';
  return table(
    [`${atOnce} at once`, 'refunds', 'refunds/s', 'p50 ms', 'p99 ms'],
    shapes.map((shape) => [
      shape.title,
      String(shape.refunds),
      shape.perSecond.toFixed(1),
      latency(shape, 'p50'),
      latency(shape, 'p99'),
    ]),
  );
}

/** What is kept of a refund, a row for each shape. */
export function bytesTable({ shapes }: Measured): string {
  return table(
    ['one refund, KB', 'history', 'executions', 'tasks', 'visibility', 'sum', 'sum before packing'],
    shapes.map(({ title, bytes, bytesUnpacked }) => [
      title,
      ...[bytes.history, bytes.executions, bytes.tasks, bytes.visibility].map(kilobytes),
      kilobytes(bytes.history + bytes.executions + bytes.tasks + bytes.visibility),
      kilobytes(bytesUnpacked),
    ]),
  );
}

/** What is spent while nothing happens. */
export function idleTable({ idle, parked }: Measured): string {
  const row = (title: string, figures: typeof idle) => [
    title,
    ...[figures.cpuMs.worker, figures.cpuMs.server, figures.cpuMs.database].map((ms) => ms.toFixed(1)),
    figures.transactions.toFixed(1),
    (figures.walBytes / 1e3).toFixed(1),
  ];
  return table(
    ['each second', 'CPU ms: worker', 'server', 'database', 'transactions', 'log KB'],
    [row('idle, one worker', idle), row(`the difference that ${parked.refunds} parked refunds make`, parked)],
  );
}

/** What each load needs. */
export function needsTable(measured: Measured): string {
  const needs = HOURLY.map((hourly) => needsOf(hourly, measured));
  const row = (title: string, figure: (need: (typeof needs)[number]) => string) => [
    title,
    ...needs.map(figure),
  ];
  return table(
    ['refunds an hour', ...HOURLY.map(count)],
    [
      row('refunds a second', ({ perSecond }) => figure(perSecond)),
      row('workers of two cores', ({ workers }) => String(workers)),
      row('cores of the server', ({ coresOfServer }) => figure(coresOfServer)),
      row('cores of the database', ({ coresOfDatabase }) => figure(coresOfDatabase)),
      row('shards, at least', ({ shards }) => String(shards)),
      row('connections in use, all providers', ({ connectionsInUse }) => figure(connectionsInUse)),
      row('transactions a second', ({ transactionsPerSecond }) => figure(transactionsPerSecond)),
      row('lists asked a second', ({ listsPerSecond }) => figure(listsPerSecond)),
      row('log, MB a second', ({ walMegabytesPerSecond }) => figure(walMegabytesPerSecond)),
      row('kept: histories, GB', ({ gigabytesKept }) => figure(gigabytesKept.history)),
      row('kept: executions and tasks, GB', ({ gigabytesKept: kept }) =>
        figure(kept.executions + kept.tasks),
      ),
      row('kept: visibility, GB', ({ gigabytesKept }) => figure(gigabytesKept.visibility)),
      row('rows of the visibility table, millions', ({ rowsOfVisibility }) => figure(rowsOfVisibility / 1e6)),
    ],
  );
}

/** What is used up first, load by load. */
export function usedTable(measured: Measured): string {
  return table(
    ['refunds an hour', 'used of the smallest deployment, the most used first'],
    HOURLY.map((hourly) => [
      count(hourly),
      usedOfSmallest(hourly, measured)
        .slice(0, 4)
        .map(([name, share]) => `${name} ${percent(share)}`)
        .join(', '),
    ]),
  );
}

/** What the simulation says of fleets of workers. */
export function simulatedTable(points: readonly Point[]): string {
  const fleets = [...new Set(points.map(({ workers }) => workers))];
  const rates = [...new Set(points.map(({ perSecond }) => perSecond))];
  const cell = (workers: number, rate: number) => {
    const { latencyMs } = points.find((point) => point.workers === workers && point.perSecond === rate) ?? {};
    return latencyMs ? `${latencyMs.p50.toFixed(0)} / ${latencyMs.p99.toFixed(0)}` : 'too much';
  };
  return table(
    ['refunds/s', ...fleets.map((workers) => `${workers} worker${workers === 1 ? '' : 's'}: p50 / p99 ms`)],
    rates.map((rate) => [String(rate), ...fleets.map((workers) => cell(workers, rate))]),
  );
}

/** The actions that Temporal Cloud bills. */
export function actionsTable(runs: readonly BilledRun[]): string {
  const kinds = ACTION_KINDS.filter((kind) => runs.some(({ actions }) => actions[kind] > 0));
  return table(
    ['a run', 'actions', ...kinds, 'history'],
    runs.map(({ title, history, actions }) => [
      title,
      String(sumOfActions(actions)),
      ...kinds.map((kind) => (actions[kind] === 0 ? '–' : String(actions[kind]))),
      `\`${history}\``,
    ]),
  );
}

/** Where and when it was measured, and whether that can be believed. */
export function measuredOn({
  date,
  machine,
  versions,
  shards,
  atOnce,
  idleSeconds,
  providerDelayMs,
  shapes,
  doubts,
}: Measured): string {
  const refunds = shapes[0]?.refunds ?? 0;
  const conclusion =
    doubts.length === 0
      ? 'The machine was quiet enough: these figures can be believed.'
      : `**The machine was too noisy to believe these figures:** ${doubts.join('; ')}.`;
  return [
    `\`npm run sizing -- --measure --refunds ${refunds} --at-once ${atOnce} --shards ${shards} --delay ${providerDelayMs} --idle ${idleSeconds}\` on ${date}:`,
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node},`,
    `Temporal ${versions.temporal}, PostgreSQL ${versions.postgres.split(' ')[0] ?? ''}, all on one machine.`,
    conclusion,
  ].join(' ');
}

function kilobytes(bytes: number): string {
  return (bytes / 1e3).toFixed(1);
}

function percent(share: number): string {
  const hundredths = share * 100;
  return `${hundredths < 10 ? hundredths.toFixed(1) : hundredths.toFixed(0)} %`;
}

function count(number: number): string {
  return number.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Two digits are what such arithmetic is worth. */
function figure(number: number): string {
  if (number >= 1_000) return count(Number(number.toPrecision(2)));
  return number >= 100 ? number.toFixed(0) : String(Number(number.toPrecision(2)));
}
