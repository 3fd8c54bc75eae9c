import type { RefundState } from '../client';
import { REFUND_ID } from './command-line';
import type { Answer, Command, CommandLine, Json } from './command-line';
import { showState, wasCutOff } from './show';

/** `refund status` and `refund wait`. */
export function registerStatus({ add, execute }: CommandLine): void {
  add('status', 'show where a refund stands')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(statusCommand(id), options));
  add('wait', 'wait for the end of a refund')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(waitCommand(id), options));
}

function statusCommand(refundId: string): Command {
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

/** Where a refund stands, as an answer. */
export function stateAnswer(state: RefundState): Answer {
  return { json: state, text: showState(state) };
}
