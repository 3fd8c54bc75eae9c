import { checkRequest } from '../client/start';
import type { Decision, RefundClient, RefundFilter, RefundState, Resolution } from '../client';
import { readRequest } from './input';
import type { TextSource } from './input';
import { showRows, showState, wasCutOff } from './show';

/** What a command answers: for programs, for people, and whether it ends in failure. */
export interface Answer {
  json: unknown;
  text: string;
  /** For standard error, when a person reads. */
  hint?: string;
  failed?: boolean;
}

/** A command that still needs a connection. */
export type Command = (client: RefundClient) => Promise<Answer>;

/** Reads and checks a request before anything is connected; the command then starts it. */
export async function startCommand(file: string, stdin: TextSource, wait: boolean): Promise<Command> {
  const request = checkRequest(await readRequest(file, stdin));
  return async (client) => {
    const started = await client.start(request);
    const text = `Refund ${started.refundId} ${started.existing ? 'was started before' : 'started'} (${started.workflowId}).`;
    return wait ? { ...(await waitCommand(started.refundId)(client)), hint: text } : { json: started, text };
  };
}

/** Shows where a refund stands. */
export function statusCommand(refundId: string): Command {
  return async (client) => {
    const [state, row] = await Promise.all([client.state(refundId), client.overview(refundId)]);
    const hint =
      `The run of this refund was cut off (${row.run.toLowerCase()}): nothing goes on, and what had moved stays ` +
      'moved. Compare it with the providers.';
    return { ...stateAnswer(state), ...(wasCutOff(row) && { hint }) };
  };
}

/** Waits for the end of a refund; only `refunded` is a success. */
export function waitCommand(refundId: string): Command {
  return async (client) => {
    const state = await client.result(refundId);
    return { ...stateAnswer(state), failed: state.status !== 'refunded' };
  };
}

/** Approves or rejects: by the update, which is answered, or by the signal. */
export function decideCommand(decision: Decision, signal: boolean): Command {
  const { refundId, decision: verb, by, note } = decision;
  return async (client) => {
    if (!signal) return stateAnswer(await client.decide(decision));
    await client[verb](refundId, { by, ...(note !== undefined && { note }) });
    const text = `Sent; whether it counts is seen with: refund status ${refundId}`;
    return { json: { refundId, sent: verb }, text };
  };
}

/** Settles a parked leg. */
export function resolveCommand(resolution: Resolution): Command {
  return async (client) => stateAnswer(await client.resolve(resolution));
}

/** Asks to start no further leg. */
export function cancelCommand(refundId: string): Command {
  return async (client) => {
    await client.cancel(refundId);
    const text = `Asked to stop: no further leg is begun, and what is in flight is finished first. See: refund status ${refundId}`;
    return { json: { refundId, cancelRequested: true }, text };
  };
}

/** Lists refunds. */
export function listCommand(filter: RefundFilter & { limit: number }): Command {
  return async (client) => {
    const rows = await client.list(filter);
    const hint = `Only the newest ${filter.limit} are shown; there may be more (--limit).`;
    return { json: rows, text: showRows(rows), ...(rows.length === filter.limit && { hint }) };
  };
}

function stateAnswer(state: RefundState): Answer {
  return { json: state, text: showState(state) };
}
