import { checkRequest } from '../client/start';
import { requestHash } from '../client/operator';
import type { RefundRequest } from '../client/operator';
import { LEG_NAMES } from '../domain/plan';
import type { ProviderStop } from '../domain/provider-stop';
import { timeWithAge } from './ages';
import type { Command, CommandLine, Json, Reply } from './command-line';
import { UsageError } from './exit-codes';
import { readRequest } from './input';
import { readLines } from './lines';
import { showPreview } from './show-preview';
import { showSums } from './sums';
import { plain } from './text';

type CheckOptions = Json & { ask?: boolean; lines?: string };

/** `refund check`. */
export function registerCheck({ add, execute, print, stdin }: CommandLine): void {
  add('check', 'check a request, and with --ask what it would meet; starts nothing')
    .argument('[file]', 'the request as JSON; - reads standard input')
    .option('--lines <file>', 'a file with a request on each line; - reads standard input')
    .option('--ask', 'ask its providers and its order, through a worker; no refund id is used up')
    .action(async (file: string | undefined, { ask, lines, ...options }: CheckOptions) => {
      if ((file === undefined) === (lines === undefined)) throw new UsageError(ONE_OF);
      if (lines !== undefined) {
        if (ask) throw new UsageError(ASK_FOR_ONE);
        await print(checkedLines((await readLines(lines, stdin)).map(({ request }) => request)), options);
        return;
      }
      const request = checkRequest(await readRequest(file ?? '', stdin));
      await (ask ? execute(askCommand(request), options) : print(checked(request), options));
    });
}

const ONE_OF = 'Give either a file with one request, or --lines with a file of many; nothing was checked.';
const ASK_FOR_ONE = '--ask is for one refund; nothing was checked.';

function checked(request: RefundRequest): Reply {
  const { refundId, orderId } = request;
  return {
    json: { refundId, orderId, requestHash: requestHash(request) },
    text: `Valid: ${showSums([request])}\n\n${ONLY_READ}`,
  };
}

const ONLY_READ = 'The request alone was checked. What its providers and its order say: add --ask.';

function checkedLines(requests: readonly RefundRequest[]): Reply {
  const told = requests.map((request) => ({
    ...{ refundId: request.refundId, orderId: request.orderId },
    requestHash: requestHash(request),
  }));
  return { json: told, text: `All are valid: ${showSums(requests)}` };
}

function askCommand(request: RefundRequest): Command {
  return async (client) => {
    const preview = await client.preview(request);
    const named: readonly unknown[] = LEG_NAMES.map((leg) => request[leg]?.provider);
    const stops = (await client.providers()).flatMap(({ provider, stop }) =>
      stop && named.includes(provider) ? [stop] : [],
    );
    const isFine = preview.outlook === 'goesThrough' || preview.outlook === 'needsApproval';
    const failed = !isFine || preview.idInUse !== 'no';
    const text = [showPreview(request, preview), ...stops.map(showStop)].join('\n\n');
    return { json: { ...preview, stopped: stops }, text, failed };
  };
}

function showStop({ provider, by, since, reason }: ProviderStop): string {
  return plain(
    `${provider} has been stopped since ${timeWithAge(since)} by ${by}: ${reason}. Nothing would be sent to it until it ` +
      'is resumed.',
  );
}
