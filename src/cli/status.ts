import { WorkerUnavailableError } from '../client/operator';
import type { OperatorClient, RefundRow, RefundState } from '../client/operator';
import { orFromHistory } from './away';
import type { ReadRun } from './away';
import { REFUND_ID } from './command-line';
import type { Reply, Command, CommandLine, Json, Note } from './command-line';
import { olderRunsHint, runsBehind } from './older-runs';
import { pastJson, tellPast } from './past';
import { showRows, showState, statusOf, wasCutOff } from './show';
import { historyProblem } from '../client/health/history';
import { idInCommand } from '../client/shell';

/** `refund status` and `refund wait`. */
export function registerStatus({ add, execute, note, readRun }: CommandLine): void {
  add('status', 'where a refund stands, in short; with --json exactly as order services see it')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(statusCommand(id, readRun), options));
  add('wait', 'wait for the end of a refund')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(waitCommand(id, note), options));
}

function statusCommand(refundId: string, readRun: ReadRun): Command {
  return async (live) => {
    const client = orFromHistory(live, readRun);
    const row = await client.overview(refundId);
    const hint = hintOf([runHint(row).hint ?? '', olderRunsHint(row, await runsBehind(client, row))]);
    try {
      const state = await client.state(refundId);
      const past = client.pastOf(refundId);
      return {
        json: { ...state, ...pastJson(past) },
        text: async () => [...tellPast(past), await shown(client, state)].join('\n\n'),
        ...(hint !== undefined && { hint }),
      };
    } catch (error) {
      if (hint === undefined || !(error instanceof WorkerUnavailableError)) throw error;
      // What the server alone knows of it is better than nothing.
      return { json: row, text: showRows([row]), hint: `${error.message}\n${hint}`, failed: true };
    }
  };
}

/** Tells at once what is waited for, then waits for the end of a refund; only `refunded` is a success. */
export function waitCommand(refundId: string, note: Note): Command {
  return async (client) => {
    // Whoever cannot be asked now is told of, or waited for, below.
    const row = await client.overview(refundId).catch(() => undefined);
    if (row && row.closedAt === undefined) note(whatIsAwaited(row));
    const state = await client.result(refundId);
    return { ...stateReply(client, state), failed: state.status !== 'refunded' };
  };
}

function whatIsAwaited({ refundId, status, waitingOn, needsAttention }: RefundRow): string {
  const stands = status === null ? '' : ` (now ${statusOf({ status, waitingOn })})`;
  const why = needsAttention ? ` What a person must do: refund show ${idInCommand(refundId)}` : '';
  return `Waiting for the end of refund ${refundId}${stands}. Ctrl-C ends the wait, and not the refund.${why}`;
}

/** Where a refund stands, as a reply. */
export function stateReply(client: OperatorClient, state: RefundState): Reply {
  return { json: state, text: () => shown(client, state) };
}

async function shown(client: OperatorClient, state: RefundState): Promise<string> {
  // The state is the reply; without a worker it lacks only the amounts of what is not done.
  return showState(state, await client.briefing(state.refundId).catch(() => undefined));
}

/** The same after a message was accepted, whose effect is still to come. */
export function acceptedReply(client: OperatorClient, state: RefundState): Reply {
  const next = `Accepted. Follow it with: refund watch ${idInCommand(state.refundId)}`;
  const text = async () => `${await shown(client, state)}\n\n${next}`;
  return { json: state, text };
}

/** What to tell of a run that ended without bringing its refund to an end, or that no survey can look into. */
export function runHint(row: RefundRow): Pick<Reply, 'hint'> {
  const size = historyProblem(row.historyBytes);
  const hint = hintOf([
    wasCutOff(row)
      ? `The run of this refund was cut off (${row.run.toLowerCase()}): nothing continues it, and what had moved stays ` +
        'moved. Compare it with the providers.'
      : '',
    size === undefined
      ? ''
      : `"refund stuck" does not look into this run: ${size}. Compare its legs with the providers.`,
  ]);
  return hint === undefined ? {} : { hint };
}

function hintOf(hints: readonly string[]): string | undefined {
  const told = hints.filter((text) => text !== '');
  return told.length === 0 ? undefined : told.join('\n');
}
