import type { RefundClient, RefundRow, RefundState } from '../client';
import { REFUND_ID } from './command-line';
import type { Answer, Command, CommandLine, Json } from './command-line';
import { showState, wasCutOff } from './show';

/** `refund status` and `refund wait`. */
export function registerStatus({ add, execute }: CommandLine): void {
  add('status', 'where a refund stands, in short; with --json exactly as order services see it')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(statusCommand(id), options));
  add('wait', 'wait for the end of a refund')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(waitCommand(id), options));
}

function statusCommand(refundId: string): Command {
  return async (client) => {
    const [state, row] = await Promise.all([client.state(refundId), client.overview(refundId)]);
    return { ...stateAnswer(client, state), ...cutOffHint(row) };
  };
}

/** Waits for the end of a refund; only `refunded` is a success. */
export function waitCommand(refundId: string): Command {
  return async (client) => {
    const state = await client.result(refundId);
    return { ...stateAnswer(client, state), failed: state.status !== 'refunded' };
  };
}

/** Where a refund stands, as an answer. */
export function stateAnswer(client: RefundClient, state: RefundState): Answer {
  return { json: state, text: () => shown(client, state) };
}

async function shown(client: RefundClient, state: RefundState): Promise<string> {
  // The state is the answer; without a worker it lacks only the amounts of what is not done.
  return showState(state, await client.briefing(state.refundId).catch(() => undefined));
}

/** The same after a person has spoken: what comes of it is yet to be seen. */
export function answerTo(client: RefundClient, state: RefundState): Answer {
  const next = `Accepted. What comes of it: refund watch ${state.refundId}`;
  const text = async () => `${await shown(client, state)}\n\n${next}`;
  return { json: state, text };
}

/** What to tell of a run that ended without bringing its refund to an end. */
export function cutOffHint(row: RefundRow): Pick<Answer, 'hint'> {
  if (!wasCutOff(row)) return {};
  const hint =
    `The run of this refund was cut off (${row.run.toLowerCase()}): nothing goes on, and what had moved stays ` +
    'moved. Compare it with the providers.';
  return { hint };
}
