import type { RefundChange, RefundState } from '../client';
import { LEG_NAMES } from '../domain/plan';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { statusOf } from './show';
import { waitCommand } from './status';
import { plain } from './text';

/** `refund watch`. */
export function registerWatch({ add, execute, say }: CommandLine): void {
  add('watch', 'follow a refund to its end, a line for each change; ends as "wait" does')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) =>
      execute(
        watchCommand(id, (line) => say(line, options)),
        options,
      ),
    );
}

function watchCommand(refundId: string, say: (line: string) => void): Command {
  return async (client) => {
    for await (const change of client.watch(refundId)) {
      say(plain(`${new Date().toISOString().slice(11, 19)}  ${lineOf(change, refundId)}`));
    }
    return waitCommand(refundId)(client);
  };
}

function lineOf(change: RefundChange, refundId: string): string {
  switch (change.kind) {
    case 'state':
      return stateLine(change.state, refundId);
    case 'reset':
      return `the run was reset; run ${change.runId} goes on, and asks the providers what was sent before`;
    case 'noWorker':
      return change.message;
  }
}

function stateLine(state: RefundState, refundId: string): string {
  const legs = LEG_NAMES.flatMap((name) => {
    const leg = state.legs[name];
    return leg ? [`${name} ${leg.status}`] : [];
  });
  const next =
    state.waitingOn === 'approval' || state.waitingOn === 'operator' ? [`do: refund show ${refundId}`] : [];
  return [statusOf(state), ...legs, ...next].join(' · ');
}
