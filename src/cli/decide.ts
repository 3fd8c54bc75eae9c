import type { Decision } from '../client';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { stateAnswer } from './status';

interface DecisionOptions {
  by: string;
  note?: string;
  signal?: boolean;
}

/** `refund approve` and `refund reject`. */
export function registerDecisions({ add, execute }: CommandLine): void {
  for (const decision of ['approve', 'reject'] as const) {
    add(decision, `${decision} a refund that waits for a person`)
      .argument(...REFUND_ID)
      .requiredOption('--by <name>', 'who decides; not whoever requested the refund')
      .option('--note <text>', 'why')
      .option('--signal', 'send the signal, which is not answered')
      .action((id: string, { by, note, signal = false, ...options }: Json & DecisionOptions) =>
        execute(
          decideCommand({ refundId: id, decision, by, ...(note !== undefined && { note }) }, signal),
          options,
        ),
      );
  }
}

/** Approves or rejects: by the update, which is answered, or by the signal. */
function decideCommand(decision: Decision, signal: boolean): Command {
  const { refundId, decision: verb, by, note } = decision;
  return async (client) => {
    if (!signal) return stateAnswer(await client.decide(decision));
    await client[verb](refundId, { by, ...(note !== undefined && { note }) });
    const text = `Sent; whether it counts is seen with: refund status ${refundId}`;
    return { json: { refundId, sent: verb }, text };
  };
}
