import { checkRequest } from '../client/start';
import type { StartedRefund } from '../client/operator';
import { idInCommand } from '../client/shell';
import type { Command, CommandLine, Json } from './command-line';
import { readRequest } from './input';
import { UsageError } from './exit-codes';
import { countOption } from './list';
import { sending } from './sending';
import { startLinesCommand } from './start-lines';
import { waitCommand } from './status';

type StartOptions = Json & { wait?: boolean; lines?: string; parallel: number; yes?: boolean };

/** `refund start`. */
export function registerStart({ add, execute, ...tools }: CommandLine): void {
  add('start', 'start a refund, or attach to the same one; or as many as a file has lines')
    .argument('[file]', 'the request as JSON; - reads standard input')
    .option('--wait', 'wait for its end')
    .option(
      '--lines <file>',
      'a file with a request on each line (- reads standard input); prints a JSON line for each',
    )
    .addOption(countOption('--parallel <count>', 'of those, how many at a time', 20))
    .option('--yes', 'of those, start them without asking')
    .action(async (file: string | undefined, { lines, parallel, ...options }: StartOptions) => {
      if ((file === undefined) === (lines === undefined)) throw new UsageError(ONE_OF);
      if (lines !== undefined && options.wait) throw new UsageError(NO_WAIT);
      await (lines === undefined
        ? execute(await startCommand(file ?? '', options, tools), options)
        : execute(await startLinesCommand({ ...options, lines, parallel }, tools), {}));
    });
}

const ONE_OF = 'Give either a file with one request, or --lines with a file of many; nothing was started.';
const NO_WAIT = '--wait is for one refund; nothing was started. Follow many with: refund list';

/** Reads and checks a request before anything is connected; the command then starts it. */
async function startCommand(
  file: string,
  { wait }: { wait?: boolean },
  { stdin, note }: Pick<CommandLine, 'stdin' | 'note'>,
): Promise<Command> {
  const request = checkRequest(await readRequest(file, stdin));
  return async (client) => {
    const show = `refund show ${idInCommand(request.refundId)}`;
    const started = await sending(show, () => client.start(request));
    const { refundId, workflowId, existing } = started;
    const text = `Refund ${refundId} ${existing ? 'was already started' : 'started'} (${workflowId}).${howItStands(started)}`;
    if (!wait) return { json: started, text };
    note(text);
    return waitCommand(refundId, note)(client);
  };
}

/** How a run stands that was there before; what was started just now needs no word. */
function howItStands({ refundId, run }: StartedRefund): string {
  const show = `refund show ${idInCommand(refundId)}`;
  switch (run) {
    case 'RUNNING':
    case 'COMPLETED':
      return '';
    case 'PAUSED':
      return ` It is paused: ${show}`;
    case 'FAILED':
      return ` Its run has failed: nothing goes on, and nothing was started now. Why: ${show}`;
    default:
      return ` Its run was cut off: nothing continues it, and nothing was started now. See: ${show}`;
  }
}
