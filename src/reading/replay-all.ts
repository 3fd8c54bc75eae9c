import { existsSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { Replayable, ReplayableHistory, ReplayableRun } from '../client/health/replayable';
import { whyUnread } from '../client/health/history';
import type { HistoryEvent } from '../client/health/movement-events';
import { isId } from '../client/shell';
import { NotReadError } from './not-read';
import { beQuiet } from './quiet';
import { codeOfWorkers, replayOptions } from './replay-options';

/** What a replay of many histories came to. */
export interface ReplayReport {
  /** Those that replay. */
  replayed: { running: number; closed: number };
  /** Those that do not, and why: the workers of this release would freeze them, or what takes the same way. */
  failed: ToldRun[];
  /** Those that could not be read or decrypted here, and why. */
  unread: ToldRun[];
  /** Running ones that are pinned to their version, and never go over to this one. */
  pinned: number;
  /** Those that no worker has taken up yet: there is nothing to replay. */
  notBegun: number;
  /** Those beyond the limit. */
  leftOut: number;
}

/** A run that is told of by name. */
export type ToldRun = ReplayableRun & { why: string };

/** How many histories are replayed, and on what code. */
export interface ReplayOptions {
  concurrency: number;
  /** The workflow bundle, with its twin for payload keys beside it; those of `npm run build` when left out. */
  bundlePath?: string | undefined;
  read: (run: ReplayableRun) => Promise<ReplayableHistory>;
}

/**
 * Replays histories on the workflow code of this installation, as its workers would go on with them. Nothing is sent
 * anywhere: a replay only follows what has happened.
 * @throws NotReadError where there is no such code
 */
export async function replayAll(found: Replayable, options: ReplayOptions): Promise<ReplayReport> {
  const codePath = codeOfWorkers(found, options.bundlePath);
  if (!existsSync(codePath)) throw new NotReadError('The workflow code is not built: npm run build');
  beQuiet();
  const { leftOut } = found;
  const report: ReplayReport = {
    ...{ replayed: { running: 0, closed: 0 }, failed: [], unread: [], pinned: 0, notBegun: 0, leftOut },
  };
  const left = found.runs.values();
  const lanes = Array.from({ length: Math.min(options.concurrency, found.runs.length) }, async () => {
    while (await replayInTurn({ left, found, codePath, report, read: options.read })) {
      // A history that ended the replay worker is told of; another worker goes on with the rest.
    }
  });
  await Promise.all(lanes);
  return report;
}

interface Lane {
  /** The runs that no lane has taken yet. */
  left: Iterator<ReplayableRun>;
  found: Replayable;
  codePath: string;
  report: ReplayReport;
  read: ReplayOptions['read'];
}

/** Replays one history after another. @returns whether it was cut off, and some may be left */
async function replayInTurn({ left, found, codePath, report, read }: Lane): Promise<boolean> {
  const { options, keys } = replayOptions(codePath, found);
  const current: { run?: ReplayableRun } = {};
  async function* histories() {
    for (let next = left.next(); !next.done; next = left.next()) {
      const run = next.value;
      const events = await eventsOf(run, read, report);
      if (!events) continue;
      keys.areMissing = false;
      current.run = run;
      yield { workflowId: run.workflowId, history: { events } };
      delete current.run;
    }
  }
  const settle = (error: unknown) => {
    const { run } = current;
    if (!run) return;
    if (keys.areMissing) report.unread.push({ ...run, why: 'its keys are not in PAYLOAD_KEYS' });
    else if (error === undefined) report.replayed[run.state] += 1;
    else report.failed.push({ ...run, why: whyNot(error) });
  };
  try {
    for await (const { error } of Worker.runReplayHistories(options, histories())) settle(error);
    return false;
  } catch (error) {
    settle(error);
    return current.run !== undefined;
  }
}

async function eventsOf(
  run: ReplayableRun,
  read: ReplayOptions['read'],
  report: ReplayReport,
): Promise<HistoryEvent[] | undefined> {
  try {
    const history = await read(run);
    if (history.kind === 'history') return [...history.events];
    report[history.kind] += 1;
  } catch (error) {
    report.unread.push({ ...run, why: whyUnread(error) });
  }
  return undefined;
}

/** The SDK's own words hold events, and payloads in them; what workflow code fails with may hold anything. */
function whyNot(error: unknown): string {
  if (!(error instanceof DeterminismViolationError)) return 'its workflow task fails';
  const [, details = ''] = /\[TMPRL1100\] ([^{["\n]*)/.exec(error.message) ?? [];
  const named = details.replace(/'([^']*)'/g, (_, text: string) => (isId(text) ? `'${text}'` : "'…'"));
  return named.trim().slice(0, LONGEST_TOLD) || 'the code does not fit the history';
}

/** Characters. */
const LONGEST_TOLD = 200;
