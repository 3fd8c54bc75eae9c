import { Command as Program } from 'commander';
import type { OutputConfiguration } from 'commander';
import { registerAttention } from './attention';
import { registerCancel } from './cancel';
import { registerCheck } from './check';
import type { CommandLine } from './command-line';
import { addConnectionOptions } from './connection-options';
import { registerDecisions } from './decide';
import { registerShow } from './details';
import { EXIT_CODES_HELP } from './exit-codes';
import { registerHeal } from './heal';
import { registerInbox } from './inbox';
import { fitted, screenWidth } from './layout';
import { registerList } from './list';
import { registerOrder } from './order';
import { registerProvider } from './provider';
import { registerReplay } from './replay';
import { registerResolve } from './resolve';
import { registerStart } from './start';
import { registerStatus } from './status';
import { registerStuck } from './stuck';
import { registerVersions } from './versions';
import { registerWatch } from './watch';

/** The groups of commands, in the order in which the help lists them. */
const GROUPS: readonly ((commandLine: CommandLine) => void)[] = [
  registerStart,
  registerCheck,
  registerAttention,
  registerInbox,
  registerShow,
  registerStatus,
  registerWatch,
  registerDecisions,
  registerResolve,
  registerCancel,
  registerStuck,
  registerVersions,
  registerReplay,
  registerHeal,
  registerList,
  registerOrder,
  registerProvider,
];

/** What the program itself writes, and what it is. */
export interface ProgramOptions {
  output: OutputConfiguration;
  version: string;
}

/** The commands and options of `refund`. */
export function createProgram(tools: Omit<CommandLine, 'add'>, { output, version }: ProgramOptions): Program {
  const program = new Program('refund')
    .description('Starts refunds, shows where they stand, and sends the decisions of people.')
    .version(version, '--version', 'print the version')
    .exitOverride()
    .configureOutput({ getOutHelpWidth: screenWidth, getErrHelpWidth: screenWidth, ...output })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', () => fitted(EXIT_CODES_HELP))
    .showHelpAfterError('(refund --help explains)');
  addConnectionOptions(program);
  const add: CommandLine['add'] = (usage, description) =>
    program
      .command(usage)
      .description(description)
      .option('--json', 'print JSON')
      .addHelpText('after', () => fitted(EXIT_CODES_HELP));
  for (const register of GROUPS) register({ add, ...tools });
  return program;
}
