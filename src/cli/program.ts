import { Command as Program, InvalidArgumentError, Option } from 'commander';
import type { RefundFilter, ResolveLegMessage } from '../client';
import { LEG_NAMES, PROVIDER_NAMES } from '../domain/plan';
import { OUTCOMES } from '../domain/resolution';
import { FINAL_STATUSES } from '../domain/state';
import {
  cancelCommand,
  decideCommand,
  listCommand,
  resolveCommand,
  startCommand,
  statusCommand,
  waitCommand,
} from './commands';
import type { Command } from './commands';
import { EXIT_CODES_HELP } from './exit-codes';
import { healCommand } from './heal';
import type { Heal } from './heal';
import type { TextSource } from './input';
import { registerStuck } from './stuck';

/** Runs a command that needs a connection, and prints its answer. */
export type Execute = (command: Command, options: { json?: boolean }) => Promise<void>;

const STATUSES = ['planning', 'awaitingApproval', 'refunding', 'compensating', ...FINAL_STATUSES, 'invalid'];

/** The commands and options of `refund`. */
export function createProgram(execute: Execute, stdin: TextSource, heal: Heal): Program {
  const program = new Program('refund')
    .description('Starts refunds, shows where they stand, and speaks for the people who decide.')
    .addHelpText('after', EXIT_CODES_HELP)
    .showHelpAfterError('(refund --help explains)');
  const command = (usage: string, description: string) =>
    program
      .command(usage)
      .description(description)
      .option('--json', 'print JSON')
      .addHelpText('after', EXIT_CODES_HELP);

  command('start', 'start a refund, or attach to the same one')
    .argument('<file>', 'the request as JSON; - reads standard input')
    .option('--wait', 'wait for its end')
    .action(async (file: string, options: Json & { wait?: boolean }) =>
      execute(await startCommand(file, stdin, options.wait ?? false), options),
    );
  command('status', 'show where a refund stands')
    .argument('<id>', 'refund id')
    .action((id: string, options: Json) => execute(statusCommand(id), options));
  command('wait', 'wait for the end of a refund')
    .argument('<id>', 'refund id')
    .action((id: string, options: Json) => execute(waitCommand(id), options));
  for (const decision of ['approve', 'reject'] as const) {
    command(decision, `${decision} a refund that waits for a person`)
      .argument('<id>', 'refund id')
      .requiredOption('--by <name>', 'who decides; not whoever requested the refund')
      .option('--note <text>', 'why')
      .option('--signal', 'send the signal, which is not answered')
      .action((id: string, { by, note, signal = false, ...options }: Json & DecisionOptions) =>
        execute(
          decideCommand({ refundId: id, decision, by, ...(note !== undefined && { note }) }, signal),
          options,
        ),
      );
  }
  command('resolve', 'settle a parked leg')
    .argument('<id>', 'refund id')
    .addOption(choice('--leg <leg>', 'the parked leg', LEG_NAMES).makeOptionMandatory())
    .addOption(choice('--outcome <outcome>', 'what became of it', OUTCOMES).makeOptionMandatory())
    .requiredOption('--by <name>', 'who settles it; not whoever requested the refund')
    .requiredOption('--evidence <text>', 'what you saw at the provider')
    .option('--reference <reference>', "the provider's reference; needed for refunded")
    .action((id: string, { json, reference, ...said }: Json & ResolveOptions) => {
      const providerReference = reference === undefined ? {} : { providerReference: reference };
      return execute(resolveCommand({ refundId: id, ...said, ...providerReference }), { json });
    });
  command('cancel', 'ask a refund to start no further leg')
    .argument('<id>', 'refund id')
    .action((id: string, options: Json) => execute(cancelCommand(id), options));
  command('heal', 'reset a refund whose run hangs to its last completed workflow task')
    .argument('<id>', 'refund id')
    .action((id: string, options: Json) => execute(healCommand(id, heal), options));
  registerStuck({ add: command, execute });
  command('list', 'list refunds, the newest first')
    .addOption(choice('--status <status>', 'only with this status', STATUSES))
    .option('--order <id>', 'only of this order')
    .addOption(choice('--waiting-on <whom>', 'only waiting for', ['approval', 'operator', ...PROVIDER_NAMES]))
    .option('--attention', 'only those for which a person must act')
    .option('--limit <count>', 'at most so many, 1 to 1000', parseLimit, 50)
    .action(({ json, order, attention, ...filter }: Json & ListOptions) =>
      execute(
        listCommand({
          ...filter,
          ...(order !== undefined && { orderId: order }),
          ...(attention && { needsAttention: true }),
        }),
        { json },
      ),
    );
  return program;
}

interface Json {
  json?: boolean;
}

interface DecisionOptions {
  by: string;
  note?: string;
  signal?: boolean;
}

type ResolveOptions = Omit<ResolveLegMessage, 'providerReference'> & { reference?: string };

type ListOptions = Pick<RefundFilter, 'status' | 'waitingOn'> & {
  order?: string;
  attention?: boolean;
  limit: number;
};

function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

function parseLimit(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 1_000) throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
  return limit;
}
