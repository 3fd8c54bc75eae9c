import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { idInCommand } from '../client/shell';
import { sending } from './sending';

/** `refund cancel`. */
export function registerCancel({ add, execute }: CommandLine): void {
  add('cancel', 'ask a refund to start no further leg')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(cancelCommand(id), options));
}

function cancelCommand(refundId: string): Command {
  return async (client) => {
    const show = `refund show ${idInCommand(refundId)}`;
    await sending(show, () => client.cancel(refundId));
    const text = `Asked to stop: no further leg is started, and what is in flight is finished first. See: ${show}`;
    return { json: { refundId, cancelRequested: true }, text };
  };
}
