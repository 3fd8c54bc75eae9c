import { Argument, Option } from 'commander';
import type { ProviderRow, StoppedProvider } from '../client/operator';
import { PROVIDER_NAMES } from '../domain/plan';
import type { ProviderName } from '../domain/plan';
import { resumeCommand } from '../domain/provider-stop';
import { time } from '../domain/details/markdown';
import { timeWithAge } from './ages';
import { durationOf } from './command-line';
import type { CommandLine, Json } from './command-line';
import { table } from './layout';
import { sending } from './sending';
import { plain } from './text';

interface StopOptions {
  by: string;
  reason: string;
  wait: number;
}

/** `refund provider list`, `stop` and `resume`. */
export function registerProvider({ add, execute, note }: CommandLine): void {
  const provider = add('provider', 'stop a provider and resume it: refunds wait for it meanwhile');
  const json = (options: Json): Json => ({ ...provider.opts<Json>(), ...options });
  provider
    .command('list')
    .description('which providers are stopped, and how many processes serve each; needs no worker')
    .option('--json', 'print JSON')
    .action((options: Json) =>
      execute(async (client) => {
        const rows = await client.providers();
        return { json: rows, text: table(TITLES, rows.map(showRow)) };
      }, json(options)),
    );
  provider
    .command('stop')
    .description('send no refund and no reversal to a provider until it is resumed; needs no worker')
    .addArgument(NAME())
    .requiredOption('--reason <text>', 'why; operators read it at every refund that waits')
    .requiredOption('--by <id>', 'who stops it')
    .addOption(
      new Option('--wait <duration>', 'how long to wait for calls that have begun')
        .argParser(durationOf('1m'))
        .default(USUAL_WAIT_MS, '1m'),
    )
    .option('--json', 'print JSON')
    .action((name: ProviderName, { by, reason, wait, ...options }: StopOptions & Json) =>
      execute(async (client) => {
        note(`Stopping ${name}, and waiting for the calls that have begun …`);
        const stopped = await sending('refund provider list', () =>
          client.stopProvider({ provider: name, by, reason }, { waitMs: wait }),
        );
        return { json: stopped, text: showStopped(stopped), failed: stopped.inFlight.length > 0 };
      }, json(options)),
    );
  provider
    .command('resume')
    .description('resume a provider: what waits for that is sent within half a minute')
    .addArgument(NAME())
    .requiredOption('--by <id>', 'who resumes it')
    .option('--note <text>', 'what others should know')
    .option('--json', 'print JSON')
    .action((name: ProviderName, { by, note: text, ...options }: { by: string; note?: string } & Json) =>
      execute(async (client) => {
        const message = { provider: name, by, ...(text !== undefined && { note: text }) };
        const stop = await sending('refund provider list', () => client.resumeProvider(message));
        return {
          json: stop,
          text: `${name} is resumed; it was stopped since ${timeWithAge(stop.since)}. ${SENT_SOON}`,
        };
      }, json(options)),
    );
}

const NAME = () => new Argument('<provider>', 'the provider').choices(PROVIDER_NAMES);

const SENT_SOON =
  'What waits for that is sent within half a minute; what waited for its next attempt when it was stopped, when that is due.';

const TITLES = ['PROVIDER', 'WORKERS', 'STATE', 'SINCE', 'BY', 'REASON'];

const USUAL_WAIT_MS = 60_000;

function showRow({ provider, workers, stop }: ProviderRow): string[] {
  const state = stop
    ? ['stopped', timeWithAge(stop.since), stop.by, plain(stop.reason)]
    : ['not stopped', '', '', ''];
  return [provider, String(workers), ...state];
}

const UNSERVED =
  'No worker that would take up its refunds polls that task queue. If it is not the one of your refunds, they are still ' +
  'sent: say which one it is by REFUND_TASK_QUEUE.';

function showStopped({ stop, taskQueue, isServed, existing, inFlight }: StoppedProvider): string {
  const { provider, by, since, reason } = stop;
  const whose = `for the refunds of the task queue ${JSON.stringify(taskQueue)}`;
  const said = existing
    ? `${provider} was stopped ${whose} before, since ${timeWithAge(since)} by ${by}: ${reason}`
    : `${provider} is stopped ${whose}.`;
  const last = inFlight
    .map(({ until }) => until)
    .toSorted()
    .at(-1);
  const calls =
    last === undefined
      ? 'No call that could move money is in flight, and none begins until it is resumed.'
      : `Calls that had begun before may still move money, until ${time(last)} at the latest ` +
        `(${inFlight.map(({ refundId }) => refundId).join(', ')}); no other begins until it is resumed.`;
  return [
    plain(said),
    ...(isServed ? [] : [UNSERVED]),
    plain(calls),
    'Refunds wait for it and are sent by themselves once it is resumed; look-ups go on.',
    `Resume it with: ${resumeCommand(provider)}`,
  ].join('\n');
}
