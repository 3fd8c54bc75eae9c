import { WorkerUnavailableError } from '../client';
import { REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { renderMarkdown } from './markdown';
import { showState } from './show';
import { cutOffHint } from './status';

/** `refund show`. */
export function registerShow({ add, execute }: CommandLine): void {
  add('show', 'all that is known of a refund, and what to do next: the current details of the Temporal UI')
    .argument(...REFUND_ID)
    .action((id: string, options: Json) => execute(showCommand(id, options), options));
}

function showCommand(refundId: string, { json = false }: Json): Command {
  return async (client) => {
    const row = await client.overview(refundId);
    try {
      if (json) {
        const [state, briefing] = await Promise.all([client.state(refundId), client.briefing(refundId)]);
        return { json: { state, briefing }, text: '' };
      }
      const title = `Refund ${refundId} of order ${row.orderId ?? '?'}\n\n`;
      return { json: null, text: title + renderMarkdown(await client.story(refundId)), ...cutOffHint(row) };
    } catch (error) {
      if (!(error instanceof WorkerUnavailableError) || row.run !== 'COMPLETED') throw error;
      // What has ended needs no worker to be told, in short.
      const state = await client.state(refundId);
      return { json: state, text: showState(state) };
    }
  };
}
