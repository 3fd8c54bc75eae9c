import type { RefundChange, RefundState } from '../client/operator';
import { LEG_NAMES } from '../domain/plan';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json, Note } from './command-line';
import { statusOf } from './show';
import { waitCommand } from './status';
import { hanging } from './layout';
import { plain } from './text';
import { idInCommand } from '../client/shell';

/** `refund watch`. */
export function registerWatch({ add, execute, say, note }: CommandLine): void {
  add('watch', 'follow a refund to its end, a line for each change; ends as "wait" does')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) =>
      execute(watchCommand(id, { say: (line) => say(line, options), note }), options),
    );
}

function watchCommand(refundId: string, { say, note }: { say: (line: string) => void; note: Note }): Command {
  return async (client) => {
    for await (const change of client.watch(refundId)) {
      say(hanging(`${new Date().toISOString().slice(11, 19)}  `, plain(lineOf(change, refundId))));
    }
    return waitCommand(refundId, note)(client);
  };
}

function lineOf(change: RefundChange, refundId: string): string {
  switch (change.kind) {
    case 'state':
      return stateLine(change.state, refundId);
    case 'reset':
      return `the run was reset; run ${change.runId} continues, and asks the providers what was sent before`;
    case 'startedAnew':
      return `somebody started run ${change.runId} under this id; it asks the providers what was sent before`;
    case 'refused':
      return `a start under this id was refused as invalid; run ${change.runId} has sent nothing`;
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
    state.waitingOn === 'approval' || state.waitingOn === 'operator'
      ? [`do: refund show ${idInCommand(refundId)}`]
      : [];
  return [statusOf(state), ...legs, ...next].join(' · ');
}
