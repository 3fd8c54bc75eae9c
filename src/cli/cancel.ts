import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';

/** `refund cancel`. */
export function registerCancel({ add, execute }: CommandLine): void {
  add('cancel', 'ask a refund to start no further leg')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(cancelCommand(id), options));
}

function cancelCommand(refundId: string): Command {
  return async (client) => {
    await client.cancel(refundId);
    const text = `Asked to stop: no further leg is begun, and what is in flight is finished first. See: refund show ${refundId}`;
    return { json: { refundId, cancelRequested: true }, text };
  };
}
