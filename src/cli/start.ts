import { checkRequest } from '../client/start';
import type { Command, CommandLine, Json } from './command-line';
import { readRequest } from './input';
import type { TextSource } from './input';
import { waitCommand } from './status';

/** `refund start`. */
export function registerStart({ add, execute, stdin }: CommandLine): void {
  add('start', 'start a refund, or attach to the same one')
    .argument('<file>', 'the request as JSON; - reads standard input')
    .option('--wait', 'wait for its end')
    .action(async (file: string, options: Json & { wait?: boolean }) =>
      execute(await startCommand(file, stdin, options.wait ?? false), options),
    );
}

/** Reads and checks a request before anything is connected; the command then starts it. */
async function startCommand(file: string, stdin: TextSource, wait: boolean): Promise<Command> {
  const request = checkRequest(await readRequest(file, stdin));
  return async (client) => {
    const started = await client.start(request);
    const text = `Refund ${started.refundId} ${started.existing ? 'was started before' : 'started'} (${started.workflowId}).`;
    return wait ? { ...(await waitCommand(started.refundId)(client)), hint: text } : { json: started, text };
  };
}
