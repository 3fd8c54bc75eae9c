import { Command as Program } from 'commander';
import { registerAttention } from './attention';
import { registerCancel } from './cancel';
import type { CommandLine } from './command-line';
import { registerDecisions } from './decide';
import { registerShow } from './details';
import { EXIT_CODES_HELP } from './exit-codes';
import { registerHeal } from './heal';
import { registerList } from './list';
import { registerResolve } from './resolve';
import { registerStart } from './start';
import { registerStatus } from './status';
import { registerStuck } from './stuck';
import { registerWatch } from './watch';

/** The groups of commands, in the order in which the help lists them. */
const GROUPS: readonly ((commandLine: CommandLine) => void)[] = [
  registerStart,
  registerAttention,
  registerShow,
  registerStatus,
  registerWatch,
  registerDecisions,
  registerResolve,
  registerCancel,
  registerStuck,
  registerHeal,
  registerList,
];

/** The commands and options of `refund`. */
export function createProgram(tools: Omit<CommandLine, 'add'>): Program {
  const program = new Program('refund')
    .description('Starts refunds, shows where they stand, and speaks for the people who decide.')
    .addHelpText('after', EXIT_CODES_HELP)
    .showHelpAfterError('(refund --help explains)');
  const add: CommandLine['add'] = (usage, description) =>
    program
      .command(usage)
      .description(description)
      .option('--json', 'print JSON')
      .addHelpText('after', EXIT_CODES_HELP);
  for (const register of GROUPS) register({ add, ...tools });
  return program;
}
