import { attentionCommand } from './attention';
import type { ReadRun } from './away';
import type { Command, CommandLine, Json } from './command-line';
import { fitted } from './layout';
import { readSigner } from './signing';
import type { Terminal } from './terminal';

interface InboxOptions {
  by?: string;
  key?: string;
}

/** `refund inbox`. */
export function registerInbox({ add, execute, terminal, readRun, reach }: CommandLine): void {
  add('inbox', 'choose from what waits for a person, read it and answer it, on the whole terminal')
    .option('--by <name>', 'who answers; asked for each time if left out')
    .option('--key <file>', 'your private key (PEM), where words must be signed')
    .action(async ({ json = false, ...options }: Json & InboxOptions) => {
      const isFull = terminal && !json;
      const command = isFull
        ? await inboxCommand(terminal, { readRun, reach }, options)
        : withoutTerminal(readRun);
      await execute(command, { json });
    });
}

async function inboxCommand(
  terminal: Terminal,
  { readRun, reach }: Pick<CommandLine, 'readRun' | 'reach'>,
  { by, key }: InboxOptions,
): Promise<Command> {
  const show = (text: string) => void terminal.output.write(`${fitted(text)}\n`);
  const signer = key === undefined ? undefined : await readSigner(key, show);
  // Loaded only here: it takes as long as all the rest.
  const { openInbox } = await import('./inbox/open.js');
  return openInbox(terminal, { by, signer, readRun, reach });
}

function withoutTerminal(readRun: ReadRun): Command {
  return async (client) => {
    const { hint, ...reply } = await attentionCommand({}, readRun)(client);
    return {
      ...reply,
      hint: ['There is no terminal here, so that this is refund attention.', hint ?? ''].join('\n').trim(),
    };
  };
}
