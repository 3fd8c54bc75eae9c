import { Option } from 'commander';
import type { Replayable } from '../client/operator';
import type { ReplayOptions, ReplayReport, ToldRun } from '../reading/replay-all';
import { durationOf } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { UsageError } from './exit-codes';
import { countOption } from './list';
import { plain } from './text';

/** Replays many histories on the workflow code of this installation. */
export type ReplayAll = (found: Replayable, options: ReplayOptions) => Promise<ReplayReport>;

interface ReplayFlags {
  fromServer?: boolean;
  limit: number;
  concurrency: number;
  closedWithin: number;
}

/** `refund replay`: whether the workers of this installation could go on with what runs in a namespace. */
export function registerReplay({ add, execute, replayAll }: CommandLine): void {
  add('replay', "replay histories on this installation's workflow code, before its workers are made current")
    .option('--from-server', 'the running and the recently closed ones of the namespace; needs no worker')
    .addOption(countOption('--limit <count>', 'of each type of workflow, running and closed each', 1_000))
    .addOption(countOption('--concurrency <count>', 'how many at the same time', 2))
    .addOption(
      new Option('--closed-within <duration>', 'how recently closed')
        .argParser(durationOf('7d'))
        .default(7 * 86_400_000, '7d'),
    )
    .action(({ json, ...flags }: Json & ReplayFlags) => {
      if (!flags.fromServer) throw new UsageError('Say where the histories are: refund replay --from-server');
      return execute(replayCommand(flags, replayAll), { json });
    });
}

function replayCommand({ limit, concurrency, closedWithin }: ReplayFlags, replayAll: ReplayAll): Command {
  return async (client) => {
    const closedAfter = new Date(Date.now() - closedWithin).toISOString();
    const found = await client.replayable({ limit, closedAfter });
    const report = await replayAll(found, { concurrency, read: (run) => client.readReplayable(run) });
    const { failed, unread, leftOut } = report;
    const hint = `${leftOut} more were not replayed, and may or may not replay: a higher --limit reaches them. Until then this is no leave to make the release current.`;
    return {
      json: report,
      text: showReport(report),
      ...(leftOut > 0 && { hint }),
      failed: failed.length + unread.length + leftOut > 0,
    };
  };
}

function showReport({ replayed, failed, unread, pinned, notBegun }: ReplayReport): string {
  const running = failed.filter(({ state }) => state === 'running');
  const closed = failed.filter(({ state }) => state === 'closed');
  return [
    `Replayed: ${replayed.running} running and ${replayed.closed} closed.`,
    ...(pinned > 0 ? [`Pinned to their version, and not replayed: ${pinned} running.`] : []),
    ...(notBegun > 0 ? [`Taken up by no worker yet: ${notBegun}.`] : []),
    ...told('Do not replay: workers of this release would freeze them.', running),
    ...told(CLOSED, closed),
    ...told('Could not be read, and may or may not replay.', unread),
    ...(running.length > 0 ? ['Do not make this release current.'] : []),
    ...(running.length === 0 && closed.length > 0
      ? ['Do not make this release current before you know why.']
      : []),
  ].join('\n');
}

const CLOSED =
  'Are closed and do not replay: nothing goes on with them, but what takes the same way would freeze. Where a release ' +
  'made them that was taken back, leave them out by --closed-within.';

/** A terminal shows so many by name. */
const MOST_NAMED = 20;

function told(title: string, runs: readonly ToldRun[]): string[] {
  if (runs.length === 0) return [];
  const named = runs.slice(0, MOST_NAMED);
  const rest = runs.length - named.length;
  return [
    `${title} ${runs.length}:`,
    ...named.map(({ workflowId, runId, state, why }) =>
      plain(`  ${workflowId} (${state}, run ${runId}): ${why}`),
    ),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}
