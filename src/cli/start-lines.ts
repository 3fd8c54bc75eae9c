import { TemporalServerError } from '../client/operator';
import type { StartResult } from '../client/operator';
import type { Command, CommandLine } from './command-line';
import { UsageError } from './exit-codes';
import type { RequestLine } from './lines';
import { readLines } from './lines';
import { showProgress } from './progress';
import { counted, showSums } from './sums';
import { talk } from './terminal';
import { jsonLine } from './text';

/** How many refunds are started from one file. */
export interface LinesOptions {
  lines: string;
  parallel: number;
  yes?: boolean;
}

/** Reads and checks all lines, and asks whether they are meant, before anything is connected; the command then starts them. */
export async function startLinesCommand(
  { lines: file, parallel, yes }: LinesOptions,
  { stdin, terminal, screen, say }: Pick<CommandLine, 'stdin' | 'terminal' | 'screen' | 'say'>,
): Promise<Command> {
  const lines = await readLines(file, stdin);
  const requests = lines.map(({ request }) => request);
  const sums = showSums(requests);
  if (!yes && !terminal) throw new UsageError(`${sums}\n${NEEDS_YES}`);
  if (!yes && terminal) {
    await talk(terminal, async ({ tell, confirm }) => {
      tell(sums);
      await confirm(`Start ${counted(requests.length, 'refund')}?`);
    });
  }
  return async (client) => {
    const progress = showProgress(lines.length, 'refunds', screen);
    const stop = new AbortController();
    const stopAtOnce = () => stop.abort();
    process.once('SIGINT', stopAtOnce);
    const onResult = (result: StartResult, index: number) =>
      progress.step(() => say(jsonLine(lineOf(result, lines[index])), {}));
    try {
      const results = await client.startAll(requests, { parallel, signal: stop.signal, onResult });
      return replyTo(results, stop.signal);
    } finally {
      process.off('SIGINT', stopAtOnce);
      progress.end();
    }
  };
}

const NEEDS_YES =
  'Missing: --yes; nothing was started. In a terminal you would be asked whether these are meant.';

/** One line for programs. */
function lineOf(result: StartResult, line: RequestLine | undefined): object {
  const { outcome, refundId } = result;
  const named = { line: line?.line, refundId, outcome };
  switch (result.outcome) {
    case 'started':
    case 'existing': {
      const { workflowId, runId, run } = result.started;
      return { ...named, workflowId, runId, run };
    }
    case 'conflict':
    case 'failed':
    case 'unknown':
      return { ...named, code: result.error.code, message: result.error.message };
    case 'notBegun':
      return named;
  }
}

type Outcome = StartResult['outcome'];

const OUTCOMES: Record<Outcome, (count: number) => string> = {
  started: (count) => `${count} started`,
  existing: (count) => `${count} already there, as requested`,
  conflict: (count) => `${count} not started, because the id is used for a different refund`,
  failed: (count) => `${count} refused`,
  unknown: (count) => `${count} not known: no answer came, and they may have been started`,
  notBegun: (count) => `${count} not begun`,
};

function replyTo(results: readonly StartResult[], stopped: AbortSignal) {
  const text = summaryOf(results);
  const has = (outcome: Outcome) => results.some((result) => result.outcome === outcome);
  const isUnfinished = has('unknown') || has('notBegun');
  const isCutOff = results.some((result) => 'started' in result && NOT_GOING_ON.includes(result.started.run));
  const hint = [
    text,
    ...(isUnfinished
      ? [stopped.aborted ? `Stopped by you. ${RUN_AGAIN}` : `${SERVER_AWAY} ${RUN_AGAIN}`]
      : []),
    ...(isCutOff ? [CUT_OFF] : []),
  ].join('\n');
  const isUnreachable = results.some(
    (result) => 'error' in result && result.error instanceof TemporalServerError,
  );
  if (isUnreachable && !stopped.aborted) throw new TemporalServerError('unanswered', hint);
  const failed = isUnfinished || isCutOff || has('conflict') || has('failed');
  return { json: results, text: '', hint, failed };
}

function summaryOf(results: readonly StartResult[]): string {
  const told = Object.entries(OUTCOMES).flatMap(([outcome, tell]) => {
    const count = results.filter((result) => result.outcome === outcome).length;
    return count === 0 ? [] : [tell(count)];
  });
  return `${counted(results.length, 'refund')}: ${told.join('; ')}.`;
}

const NOT_GOING_ON: readonly string[] = ['FAILED', 'TERMINATED', 'CANCELED', 'TIMED_OUT'];
const SERVER_AWAY = 'The Temporal server does not answer, or refused calls.';
const RUN_AGAIN =
  'Run the same command again: what was started is attached to, and nothing is started twice.';
const CUT_OFF =
  'Some were there already, and nothing goes on with them ("run" is FAILED or cut off): look at each with refund show.';
