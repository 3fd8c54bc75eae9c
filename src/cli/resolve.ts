import type { Resolution, ResolveLegMessage } from '../client';
import { LEG_NAMES } from '../domain/plan';
import { OUTCOMES } from '../domain/resolution';
import { choice, REFUND_ID } from './command-line';
import type { Command, CommandLine, Json } from './command-line';
import { stateAnswer } from './status';

type ResolveOptions = Omit<ResolveLegMessage, 'providerReference'> & { reference?: string };

/** `refund resolve`. */
export function registerResolve({ add, execute }: CommandLine): void {
  add('resolve', 'settle a parked leg')
    .argument(...REFUND_ID)
    .addOption(choice('--leg <leg>', 'the parked leg', LEG_NAMES).makeOptionMandatory())
    .addOption(choice('--outcome <outcome>', 'what became of it', OUTCOMES).makeOptionMandatory())
    .requiredOption('--by <name>', 'who settles it; not whoever requested the refund')
    .requiredOption('--evidence <text>', 'what you saw at the provider')
    .option('--reference <reference>', "the provider's reference; needed for refunded")
    .action((id: string, { json, reference, ...said }: Json & ResolveOptions) => {
      const providerReference = reference === undefined ? {} : { providerReference: reference };
      return execute(resolveCommand({ refundId: id, ...said, ...providerReference }), { json });
    });
}

function resolveCommand(resolution: Resolution): Command {
  return async (client) => stateAnswer(await client.resolve(resolution));
}
